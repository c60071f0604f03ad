package dev.linkd.object.demangle;

/** The letters of a Rust name, and the numbers and identifiers that they form. */
final class RustText {
  /** Behind {@code _R}, where back-references count from. */
  static final int START = 2;

  private final String text;
  private int at = START;

  RustText(String text) {
    this.text = text;
  }

  int at() {
    return at;
  }

  void seek(int place) {
    at = place;
  }

  int length() {
    return text.length();
  }

  boolean end() {
    return at >= text.length();
  }

  char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  char next() throws MangledNameException {
    if (at >= text.length()) {
      throw new MangledNameException();
    }
    return text.charAt(at++);
  }

  boolean accept(char c) {
    boolean present = peek() == c;
    at += present ? 1 : 0;
    return present;
  }

  /**
   * Digits, small letters and capitals up to {@code _}; one more than they say, 0 for none. Hashes
   * of crates fill all 64 bits, so whoever uses a value checks its range.
   */
  long base62() throws MangledNameException {
    long value = 0;
    if (accept('_')) {
      return 0;
    }
    for (char c = next(); c != '_'; c = next()) {
      int digit = digit62(c);
      if (digit < 0) {
        throw new MangledNameException();
      }
      value = value * 62 + digit;
    }
    return value + 1;
  }

  private static int digit62(char c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    if (c >= 'a' && c <= 'z') {
      return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'Z' ? c - 'A' + 36 : -1;
  }

  long optional62(char tag) throws MangledNameException {
    return accept(tag) ? base62() + 1 : 0;
  }

  String identifier() throws MangledNameException {
    boolean punycode = accept('u');
    int length = 0;
    if (!Character.isDigit(peek())) {
      throw new MangledNameException();
    }
    if (!accept('0')) {
      while (Character.isDigit(peek()) && length < text.length()) {
        length = length * 10 + Character.digit(next(), 10);
      }
    }
    accept('_');
    if (length > text.length() - at) {
      throw new MangledNameException();
    }
    String name = text.substring(at, at + length);
    at += length;
    return punycode ? Punycode.decode(name) : name;
  }

  String hexadecimal() throws MangledNameException {
    int start = at;
    while (next() != '_') {
      if (Character.digit(text.charAt(at - 1), 16) < 0) {
        throw new MangledNameException();
      }
    }
    return text.substring(start, at - 1);
  }
}
