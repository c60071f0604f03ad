package dev.linkd.object.demangle;

import java.math.BigInteger;

/** Types of one letter, and constants of such types (RFC 2603). */
final class RustTypes {
  private static final int DIGITS_MAX = 32;

  private RustTypes() {}

  /** Empty for a letter that is none. */
  static String basic(char letter) {
    return switch (letter) {
      case 'a' -> "i8";
      case 'b' -> "bool";
      case 'c' -> "char";
      case 'd' -> "f64";
      case 'e' -> "str";
      case 'f' -> "f32";
      case 'h' -> "u8";
      case 'i' -> "isize";
      case 'j' -> "usize";
      case 'l' -> "i32";
      case 'm' -> "u32";
      case 'n' -> "i128";
      case 'o' -> "u128";
      case 's' -> "i16";
      case 't' -> "u16";
      case 'u' -> "()";
      case 'v' -> "...";
      case 'x' -> "i64";
      case 'y' -> "u64";
      case 'z' -> "!";
      case 'p' -> "_";
      default -> "";
    };
  }

  /**
   * A constant as Rust writes it.
   *
   * @param digits hexadecimal; none means 0
   */
  static String constant(char type, boolean negative, String digits) throws MangledNameException {
    if (digits.length() > DIGITS_MAX) {
      return (negative ? "-0x" : "0x") + digits;
    }
    BigInteger value = new BigInteger(digits.isEmpty() ? "0" : digits, 16);
    switch (type) {
      case 'b':
        return value.signum() == 0 ? "false" : "true";
      case 'c':
        return "'" + Character.toString(codePoint(value)) + "'";
      case 'a', 's', 'l', 'x', 'n', 'i', 'h', 't', 'm', 'y', 'o', 'j':
        return (negative ? "-" : "") + value;
      default:
        throw new MangledNameException();
    }
  }

  private static int codePoint(BigInteger value) throws MangledNameException {
    if (value.bitLength() > 21 || !Character.isValidCodePoint(value.intValue())) {
      throw new MangledNameException();
    }
    return value.intValue();
  }
}
