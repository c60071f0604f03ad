package dev.linkd.table;

/**
 * A wildcard as linkers use it for names: {@code *} any text, {@code ?} one character, {@code
 * [a-z]} and {@code [!a-z]} sets, a backslash takes the next character as it is.
 */
public final class Glob {

  private final String pattern;

  public Glob(String pattern) {
    this.pattern = pattern;
  }

  /** Whether the whole of a name matches; time is the product of both lengths at most. */
  public boolean matches(String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int resume = 0;
    while (n < name.length()) {
      int after = p < pattern.length() ? single(p, name.charAt(n)) : -1;
      if (after >= 0) {
        p = after;
        n++;
      } else if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = n;
      } else if (star >= 0) {
        p = star + 1;
        n = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /** Place behind the part of the pattern that matches one character; -1 when it does not. */
  private int single(int p, char c) {
    switch (pattern.charAt(p)) {
      case '*':
        return -1;
      case '?':
        return p + 1;
      case '[':
        int end = pattern.indexOf(']', p + 2);
        return end < 0 ? literal(p, c) : set(p + 1, end, c);
      case '\\':
        return p + 1 < pattern.length() ? literal(p + 1, c) : literal(p, c);
      default:
        return literal(p, c);
    }
  }

  private int literal(int p, char c) {
    return pattern.charAt(p) == c ? p + 1 : -1;
  }

  private int set(int from, int end, char c) {
    char first = pattern.charAt(from);
    boolean negated = (first == '!' || first == '^') && end > from + 1;
    boolean found = false;
    int p = negated ? from + 1 : from;
    while (p < end) {
      boolean range = p + 2 < end && pattern.charAt(p + 1) == '-';
      char low = pattern.charAt(p);
      char high = range ? pattern.charAt(p + 2) : low;
      found |= low <= c && c <= high;
      p += range ? 3 : 1;
    }
    return found != negated ? end + 1 : -1;
  }
}
