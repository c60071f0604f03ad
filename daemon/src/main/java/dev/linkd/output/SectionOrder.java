package dev.linkd.output;

import java.util.List;

/**
 * The order in which a first link places what its sections contain. What comes later goes where
 * there is room.
 *
 * @param kind what decides
 * @param seed of the shuffling
 * @param names symbols or wildcards for names of sections, the first to be placed first
 */
public record SectionOrder(Kind kind, long seed, List<String> names) {

  /** What linkers do without options. */
  public static final SectionOrder USUAL = new SectionOrder(Kind.INPUTS, 0, List.of());

  public SectionOrder {
    names = List.copyOf(names);
  }

  /** What decides on the order. */
  public enum Kind {
    /** The order of the inputs. */
    INPUTS,
    /** The opposite one. */
    REVERSED,
    SHUFFLED,
    /** Sections that define listed symbols come first. */
    SYMBOLS,
    /** Sections with listed names come first. */
    SECTIONS
  }
}
