package dev.linkd.object.demangle;

/** Identifiers outside of ASCII (RFC 3492), with {@code _} between the two parts. */
final class Punycode {
  private static final int BASE = 36;
  private static final int LOWEST = 1;
  private static final int HIGHEST = 26;
  private static final int SKEW = 38;
  private static final int DAMP = 700;
  private static final int FIRST_BIAS = 72;
  private static final int FIRST_CODE_POINT = 128;

  private Punycode() {}

  static String decode(String name) throws MangledNameException {
    int separator = name.lastIndexOf('_');
    StringBuilder text = new StringBuilder(separator < 0 ? "" : name.substring(0, separator));
    long codePoint = FIRST_CODE_POINT;
    long insert = 0;
    int bias = FIRST_BIAS;
    int at = separator + 1;
    while (at < name.length()) {
      long before = insert;
      long weight = 1;
      for (int k = BASE; ; k += BASE) {
        int digit = digit(name, at++);
        insert += digit * weight;
        int threshold = Math.clamp((long) k - bias, LOWEST, HIGHEST);
        if (digit < threshold) {
          break;
        }
        weight *= BASE - threshold;
        if (weight > Integer.MAX_VALUE) {
          throw new MangledNameException();
        }
      }
      int length = text.codePointCount(0, text.length()) + 1;
      bias = adapt(insert - before, length, before == 0);
      codePoint += insert / length;
      insert %= length;
      if (codePoint > Character.MAX_CODE_POINT) {
        throw new MangledNameException();
      }
      int place = text.offsetByCodePoints(0, (int) insert);
      text.insert(place, Character.toString((int) codePoint));
      insert++;
    }
    return text.toString();
  }

  private static int digit(String name, int at) throws MangledNameException {
    char c = at < name.length() ? name.charAt(at) : 0;
    if (c >= 'a' && c <= 'z') {
      return c - 'a';
    }
    if (c >= '0' && c <= '9') {
      return c - '0' + HIGHEST;
    }
    throw new MangledNameException();
  }

  private static int adapt(long difference, int length, boolean first) {
    long delta = first ? difference / DAMP : difference / 2;
    delta += delta / length;
    int k = 0;
    while (delta > (BASE - LOWEST) * HIGHEST / 2) {
      delta /= BASE - LOWEST;
      k += BASE;
    }
    return (int) (k + (BASE - LOWEST + 1) * delta / (delta + SKEW));
  }
}
