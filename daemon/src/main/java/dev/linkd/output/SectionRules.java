package dev.linkd.output;

import java.util.Set;

/**
 * Which sections of the inputs become part of the image.
 *
 * @param collect leave out what nothing leads to ({@code --gc-sections})
 * @param keepExported what other modules could refer to leads to something, also in an executable
 * @param collectStartStop {@code __start_} and {@code __stop_} symbols do not keep the sections
 *     that they surround
 * @param folding which sections become one
 * @param discarded names of input sections that are left out whatever refers to them
 * @param zerosOmitted variables in sections of their own that are zero need no room in the file
 */
public record SectionRules(
    boolean collect,
    boolean keepExported,
    boolean collectStartStop,
    FoldingRules folding,
    Set<String> discarded,
    boolean zerosOmitted) {

  /** What linkers do without options. */
  public static final SectionRules USUAL =
      new SectionRules(false, false, false, FoldingRules.USUAL);

  public SectionRules {
    discarded = Set.copyOf(discarded);
  }

  /** Nothing is left out by its name. */
  public SectionRules(
      boolean collect, boolean keepExported, boolean collectStartStop, FoldingRules folding) {
    this(collect, keepExported, collectStartStop, folding, Set.of(), false);
  }
}
