package dev.linkd.table;

/**
 * A value of {@link Hasher}.
 *
 * @param high the upper half
 * @param low the lower half
 */
public record Hash128(long high, long low) {

  /** 32 hexadecimal digits. */
  @Override
  public String toString() {
    return hex(high) + hex(low);
  }

  private static String hex(long half) {
    String digits = Long.toHexString(half);
    return "0".repeat(16 - digits.length()) + digits;
  }
}
