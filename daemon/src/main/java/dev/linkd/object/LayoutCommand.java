package dev.linkd.object;

import java.util.List;
import java.util.Optional;

/** A command of a linker script that lays out an image; {@code at} is its offset in the script. */
public sealed interface LayoutCommand {

  int at();

  /** When and how an assignment defines its symbol. */
  enum Scope {
    ALWAYS,
    /** Local to the image. */
    HIDDEN,
    /** Only when something refers to it and nothing else defines it. */
    PROVIDE,
    PROVIDE_HIDDEN;

    public boolean onDemand() {
      return this == PROVIDE || this == PROVIDE_HIDDEN;
    }

    public boolean hidden() {
      return this == HIDDEN || this == PROVIDE_HIDDEN;
    }
  }

  /** {@code symbol = value}; compound operators are resolved already. */
  record Assign(int at, String symbol, LayoutExpression value, Scope scope)
      implements LayoutCommand {

    public boolean dot() {
      return symbol.equals(LayoutExpression.Name.DOT);
    }
  }

  /** {@code ASSERT(condition, "message")}. */
  record Assertion(int at, LayoutExpression condition, String message) implements LayoutCommand {}

  /** SHF_ flags that an input section must have, and such that it must not have. */
  record InputFlags(long required, long forbidden) {
    public static final InputFlags ANY = new InputFlags(0, 0);

    public boolean allow(long flags) {
      return (flags & required) == required && (flags & forbidden) == 0;
    }
  }

  /**
   * Input sections of files.
   *
   * @param byFile those of files whose names are less come first
   */
  record Inputs(
      int at,
      boolean keep,
      InputFlags flags,
      boolean byFile,
      String files,
      List<String> excludedFiles,
      List<Pattern> sections)
      implements LayoutCommand {
    public Inputs {
      excludedFiles = List.copyOf(excludedFiles);
      sections = List.copyOf(sections);
    }
  }

  /** How the sections that a pattern takes are ordered; outermost first. */
  enum Sort {
    NONE,
    /** As NONE, also with {@code --sort-section}. */
    INPUTS,
    NAME,
    ALIGNMENT,
    INIT_PRIORITY
  }

  /** Names of input sections. */
  record Pattern(String name, List<String> excludedFiles, Sort sort, Sort inner) {
    public Pattern {
      excludedFiles = List.copyOf(excludedFiles);
    }
  }

  /** {@code BYTE}, {@code SHORT}, {@code LONG}, {@code QUAD}: a number in the image. */
  record Data(int at, int bytes, LayoutExpression value) implements LayoutCommand {}

  /**
   * {@code FILL(value)}: what the gaps of the section contain from here on.
   *
   * @param digits the bytes in hexadecimal, when they are given so; else the value has four bytes
   */
  record Fill(int at, LayoutExpression value, String digits) implements LayoutCommand {}

  /** Which inputs an output section requires. */
  enum Constraint {
    NONE,
    ONLY_IF_RO,
    ONLY_IF_RW
  }

  /** How an output section comes into memory. */
  enum Loading {
    USUAL,
    /** Part of the image without bytes in the file. */
    ROOM,
    /** With an address, but no part of the image; its bytes lie behind the others. */
    APART,
    /** At the same addresses as others of an OVERLAY. */
    OVERLAID
  }

  /**
   * What a script says of the type of an output section.
   *
   * @param readOnly it cannot be written whatever its inputs say
   * @param elfType its SHT_ number when there is only what the script puts there itself; that of
   *     its inputs when it has any
   */
  record SectionType(Loading loading, boolean readOnly, int elfType) {
    /** {@link #elfType} when the script does not say it. */
    public static final int OF_INPUTS = -1;

    static final SectionType USUAL = new SectionType(Loading.USUAL, false, OF_INPUTS);
    static final SectionType OVERLAID = new SectionType(Loading.OVERLAID, false, OF_INPUTS);
  }

  /** An output section. */
  record Section(
      int at,
      String name,
      Optional<LayoutExpression> address,
      SectionType type,
      Optional<LayoutExpression> loadAddress,
      Optional<LayoutExpression> alignment,
      Optional<LayoutExpression> inputAlignment,
      Constraint constraint,
      List<LayoutCommand> body,
      Optional<Fill> fill,
      String region,
      String loadRegion,
      List<String> segments,
      boolean alignWithInput)
      implements LayoutCommand {

    /** What matches inputs that are left out. */
    public static final String DISCARD = "/DISCARD/";

    public Section {
      body = List.copyOf(body);
      segments = List.copyOf(segments);
    }

    public boolean discards() {
      return name.equals(DISCARD);
    }
  }

  /** A region of {@code MEMORY}. */
  record Region(
      int at, String name, String attributes, LayoutExpression origin, LayoutExpression length)
      implements LayoutCommand {}

  /** The commands before this one, from the last such on, belong before or behind a section. */
  record Insert(int at, boolean after, String section) implements LayoutCommand {}

  /**
   * Output sections that must not refer to each other.
   *
   * @param toFirst only the others must not refer to the first
   */
  record NoCrossReferences(int at, List<String> sections, boolean toFirst)
      implements LayoutCommand {
    public NoCrossReferences {
      sections = List.copyOf(sections);
    }
  }

  /** A program header of {@code PHDRS}. */
  record Header(
      int at,
      String name,
      LayoutExpression type,
      boolean fileHeader,
      boolean programHeaders,
      Optional<LayoutExpression> address,
      Optional<LayoutExpression> flags)
      implements LayoutCommand {}
}
