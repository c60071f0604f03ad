package dev.linkd.object.dwarf;

/** Debug information that cannot be understood. It costs a message its source line, no more. */
public final class DwarfException extends Exception {
  private static final long serialVersionUID = 1L;

  DwarfException(String message) {
    super(message, null, false, false);
  }
}
