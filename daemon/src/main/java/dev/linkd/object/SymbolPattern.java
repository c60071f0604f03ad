package dev.linkd.object;

/**
 * What a version script or a dynamic list says about names.
 *
 * @param text the name itself, or a {@link Glob}
 * @param exact the text is a name, whatever characters it has
 * @param cpp the text is compared with the demangled name
 */
public record SymbolPattern(String text, boolean exact, boolean cpp) {

  /** A pattern as a command line gives it. */
  public static SymbolPattern glob(String text) {
    return new SymbolPattern(text, !Glob.special(text), false);
  }
}
