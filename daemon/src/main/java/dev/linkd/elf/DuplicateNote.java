package dev.linkd.elf;

/**
 * Says in one line that a symbol is defined twice, in the words of GNU ld and mold, which scripts
 * and editors look for.
 */
public final class DuplicateNote {
  private DuplicateNote() {}

  /**
   * The note.
   *
   * @param first input with the first definition
   * @param other input with another one
   */
  public static String text(String symbol, String first, String other) {
    return "multiple definition of `%s', %s: first defined here; duplicate symbol: %s: %s: %s"
        .formatted(symbol, first, first, other, symbol);
  }
}
