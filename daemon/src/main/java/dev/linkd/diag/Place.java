package dev.linkd.diag;

/**
 * Where a fault is. Parts that are not known are empty strings, and {@link #NO_OFFSET} for the
 * offset.
 *
 * @param input path of the input file, {@code archive(member)}, or the name of a stream
 * @param section name of the section or key of the atom
 * @param symbol name of the symbol concerned
 * @param offset byte offset inside the section, or inside the file when there is no section
 */
public record Place(String input, String section, String symbol, long offset) {

  public static final long NO_OFFSET = -1;

  public static final Place NONE = new Place("", "", "", NO_OFFSET);

  public static Place input(String input) {
    return new Place(input, "", "", NO_OFFSET);
  }

  public static Place offset(String input, long offset) {
    return new Place(input, "", "", offset);
  }

  public static Place section(String input, String section, long offset) {
    return new Place(input, section, "", offset);
  }

  public static Place symbol(String input, String symbol) {
    return new Place(input, "", symbol, NO_OFFSET);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(input);
    if (!section.isEmpty() || offset != NO_OFFSET) {
      text.append(input.isEmpty() ? "(" : ":(").append(section);
      if (offset != NO_OFFSET) {
        text.append("+0x").append(Long.toHexString(offset));
      }
      text.append(')');
    }
    return text.toString();
  }
}
