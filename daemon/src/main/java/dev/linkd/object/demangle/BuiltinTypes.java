package dev.linkd.object.demangle;

/** Types with a letter of their own (Itanium C++ ABI, 5.1.5.2). */
final class BuiltinTypes {
  private BuiltinTypes() {}

  /** Empty for a letter that is none. */
  static String of(char letter) {
    return switch (letter) {
      case 'v' -> "void";
      case 'w' -> "wchar_t";
      case 'b' -> "bool";
      case 'c' -> "char";
      case 'a' -> "signed char";
      case 'h' -> "unsigned char";
      case 's' -> "short";
      case 't' -> "unsigned short";
      case 'i' -> "int";
      case 'j' -> "unsigned int";
      case 'l' -> "long";
      case 'm' -> "unsigned long";
      case 'x' -> "long long";
      case 'y' -> "unsigned long long";
      case 'n' -> "__int128";
      case 'o' -> "unsigned __int128";
      case 'f' -> "float";
      case 'd' -> "double";
      case 'e' -> "long double";
      case 'g' -> "__float128";
      case 'z' -> "...";
      default -> "";
    };
  }

  /** Those of two letters, the first of which is D. */
  static String ofD(char letter) {
    return switch (letter) {
      case 'd' -> "decimal64";
      case 'e' -> "decimal128";
      case 'f' -> "decimal32";
      case 'h' -> "half";
      case 'i' -> "char32_t";
      case 's' -> "char16_t";
      case 'u' -> "char8_t";
      case 'a' -> "auto";
      case 'c' -> "decltype(auto)";
      case 'n' -> "decltype(nullptr)";
      default -> "";
    };
  }

  /** What literals of the type end with; null text means that the type is written in front. */
  static String literalSuffix(char letter) {
    return switch (letter) {
      case 'i' -> "";
      case 'j' -> "u";
      case 'l' -> "l";
      case 'm' -> "ul";
      case 'x' -> "ll";
      case 'y' -> "ull";
      default -> "cast";
    };
  }
}
