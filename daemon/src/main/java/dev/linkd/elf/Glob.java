package dev.linkd.elf;

/** Patterns of linker scripts for names of files and sections: {@code *}, {@code ?}, {@code []}. */
final class Glob {
  private Glob() {}

  static boolean wild(String pattern) {
    return pattern.indexOf('*') >= 0 || pattern.indexOf('?') >= 0 || pattern.indexOf('[') >= 0;
  }

  static boolean matches(String pattern, String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int retry = 0;
    while (n < name.length()) {
      int next = p < pattern.length() && pattern.charAt(p) != '*' ? one(pattern, p, name, n) : -1;
      if (next >= 0) {
        p = next;
        n++;
      } else if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        retry = n;
      } else if (star >= 0) {
        p = star + 1;
        n = ++retry;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /** Matches one character; returns where the pattern goes on, or -1. */
  private static int one(String pattern, int p, String name, int n) {
    char c = name.charAt(n);
    switch (pattern.charAt(p)) {
      case '?':
        return p + 1;
      case '\\':
        return p + 1 < pattern.length() && pattern.charAt(p + 1) == c ? p + 2 : -1;
      case '[':
        return set(pattern, p, c);
      default:
        return pattern.charAt(p) == c ? p + 1 : -1;
    }
  }

  private static int set(String pattern, int p, char c) {
    int end = pattern.indexOf(']', p + 2);
    if (end < 0) {
      return c == '[' ? p + 1 : -1;
    }
    boolean negated = pattern.charAt(p + 1) == '!' || pattern.charAt(p + 1) == '^';
    boolean found = false;
    for (int i = p + (negated ? 2 : 1); i < end; i++) {
      if (i + 2 < end && pattern.charAt(i + 1) == '-') {
        found |= pattern.charAt(i) <= c && c <= pattern.charAt(i + 2);
        i += 2;
      } else {
        found |= pattern.charAt(i) == c;
      }
    }
    return found == negated ? -1 : end + 1;
  }
}
