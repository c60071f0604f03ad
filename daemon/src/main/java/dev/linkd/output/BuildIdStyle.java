package dev.linkd.output;

import java.util.HexFormat;
import java.util.Locale;

/**
 * What {@code .note.gnu.build-id} holds. All styles are made from the content, so that equal
 * outputs are called the same; they differ in size, which tools compare.
 *
 * @param size of the identity in bytes, 0 for none
 * @param uuid some of its bits say that it is a UUID of version 4
 * @param given hexadecimal digits of an identity that is not made from the content; may be empty
 */
public record BuildIdStyle(int size, boolean uuid, String given) {

  private static final int SIZE_MAX = 1 << 16;

  /** No identity. */
  public static final BuildIdStyle NONE = new BuildIdStyle(0, false, "");

  /** The size of a SHA-1, which tools expect. */
  public static final BuildIdStyle USUAL = new BuildIdStyle(20, false, "");

  /** The size of an MD5. */
  public static final BuildIdStyle SHORT = new BuildIdStyle(16, false, "");

  /** The size of a SHA-256. */
  public static final BuildIdStyle LONG = new BuildIdStyle(32, false, "");

  /** A UUID. */
  public static final BuildIdStyle UUID = new BuildIdStyle(16, true, "");

  /**
   * A given identity.
   *
   * @param digits an even number of hexadecimal digits
   * @throws IllegalArgumentException when they are something else
   */
  public static BuildIdStyle of(String digits) {
    int size = HexFormat.of().parseHex(digits).length;
    if (size == 0 || size > SIZE_MAX) {
      throw new IllegalArgumentException(size + " bytes");
    }
    return new BuildIdStyle(size, false, digits.toLowerCase(Locale.ROOT));
  }

  public boolean present() {
    return size > 0;
  }

  /** The bytes that are given; none when the identity is made from the content. */
  public byte[] bytes() {
    return HexFormat.of().parseHex(given);
  }
}
