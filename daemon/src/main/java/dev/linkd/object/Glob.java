package dev.linkd.object;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * A pattern as a shell writes it: {@code *} stands for any bytes, {@code ?} for one, {@code [a-z]}
 * for one of a set, {@code [!a]} for one outside of it, and a backslash takes the next byte
 * literally.
 */
public record Glob(String pattern) {

  private static final String SPECIAL = "*?[\\";

  /** Whether the text contains anything that a pattern gives a meaning. */
  public static boolean special(String text) {
    return text.chars().anyMatch(c -> SPECIAL.indexOf(c) >= 0);
  }

  /** Whether the pattern matches everything. */
  public boolean all() {
    return pattern.equals("*");
  }

  public boolean matches(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Matcher(MemorySegment.ofArray(bytes), 0, bytes.length).run();
  }

  public boolean matches(MemorySegment bytes, long offset, int length) {
    return all() || new Matcher(bytes, offset, length).run();
  }

  /**
   * One attempt. After a mismatch only the last {@code *} has to take one byte more: an earlier one
   * cannot help.
   */
  private final class Matcher {
    private final MemorySegment bytes;
    private final long offset;
    private final int length;
    private final byte[] wanted = pattern.getBytes(StandardCharsets.UTF_8);
    private int p;

    Matcher(MemorySegment bytes, long offset, int length) {
      this.bytes = bytes;
      this.offset = offset;
      this.length = length;
    }

    boolean run() {
      int at = 0;
      int star = -1;
      int taken = 0;
      while (at < length) {
        if (p < wanted.length && wanted[p] == '*') {
          star = ++p;
          taken = at;
        } else if (p < wanted.length && one(Bytes.u8(bytes, offset + at))) {
          at++;
        } else if (star >= 0) {
          p = star;
          at = ++taken;
        } else {
          return false;
        }
      }
      while (p < wanted.length && wanted[p] == '*') {
        p++;
      }
      return p == wanted.length;
    }

    /** Matches one byte and steps over what matched it. */
    private boolean one(int c) {
      int before = p;
      boolean matched =
          switch (wanted[p]) {
            case '?' -> {
              p++;
              yield true;
            }
            case '[' -> set(c);
            case '\\' -> {
              p += p + 1 < wanted.length ? 1 : 0;
              yield c == (wanted[p++] & 0xff);
            }
            default -> c == (wanted[p++] & 0xff);
          };
      if (!matched) {
        p = before;
      }
      return matched;
    }

    /** A bracket that does not end stands for itself. */
    private boolean set(int c) {
      int at = p + 1;
      boolean negated = at < wanted.length && (wanted[at] == '!' || wanted[at] == '^');
      if (negated) {
        at++;
      }
      boolean found = false;
      int first = at;
      while (at < wanted.length && (wanted[at] != ']' || at == first)) {
        at += wanted[at] == '\\' && at + 1 < wanted.length ? 1 : 0;
        int low = wanted[at] & 0xff;
        boolean range = at + 2 < wanted.length && wanted[at + 1] == '-' && wanted[at + 2] != ']';
        int high = range ? wanted[at + 2] & 0xff : low;
        found |= low <= c && c <= high;
        at += range ? 3 : 1;
      }
      if (at == wanted.length) {
        p++;
        return c == '[';
      }
      p = at + 1;
      return found != negated;
    }
  }
}
