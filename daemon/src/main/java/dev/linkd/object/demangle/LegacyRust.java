package dev.linkd.object.demangle;

/**
 * Rust names in the clothes of C++ nested names: {@code _ZN4core3fmt5write17h0123456789abcdefE}.
 * The last component is a hash, which is left out; characters that assemblers do not like are
 * escaped.
 */
final class LegacyRust {
  private static final int HASH_DIGITS = 16;

  private LegacyRust() {}

  /** Empty when the name is not of that kind. */
  static String demangle(String name) {
    int suffix = name.indexOf('E', name.length() - 1);
    int dot = name.indexOf(".llvm.");
    int end = dot > 0 ? dot - 1 : suffix;
    if (!name.startsWith("_ZN") || end < 0 || name.charAt(end) != 'E') {
      return "";
    }
    StringBuilder path = new StringBuilder();
    int at = 3;
    while (at < end) {
      int length = 0;
      while (at < end && Character.isDigit(name.charAt(at)) && length <= end) {
        length = length * 10 + Character.digit(name.charAt(at++), 10);
      }
      if (length == 0 || length > end - at) {
        return "";
      }
      String part = name.substring(at, at + length);
      at += length;
      if (at == end) {
        return isHash(part) ? path.toString() : "";
      }
      path.append(path.isEmpty() ? "" : "::").append(unescaped(part));
    }
    return "";
  }

  private static boolean isHash(String part) {
    if (part.length() != HASH_DIGITS + 1 || part.charAt(0) != 'h') {
      return false;
    }
    return part.chars().skip(1).allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  private static String unescaped(String part) {
    String rest = part.startsWith("_$") ? part.substring(1) : part;
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < rest.length()) {
      char c = rest.charAt(at);
      int end = c == '$' ? rest.indexOf('$', at + 1) : -1;
      String meaning = end < 0 ? "" : escape(rest.substring(at + 1, end));
      if (!meaning.isEmpty()) {
        text.append(meaning);
        at = end + 1;
      } else if (rest.startsWith("..", at)) {
        text.append("::");
        at += 2;
      } else {
        text.append(c);
        at++;
      }
    }
    return text.toString();
  }

  private static String escape(String word) {
    return switch (word) {
      case "SP" -> "@";
      case "BP" -> "*";
      case "RF" -> "&";
      case "LT" -> "<";
      case "GT" -> ">";
      case "LP" -> "(";
      case "RP" -> ")";
      case "C" -> ",";
      default -> codePoint(word);
    };
  }

  private static String codePoint(String word) {
    if (!word.matches("u[0-9a-f]{1,6}")) {
      return "";
    }
    int value = Integer.parseInt(word.substring(1), 16);
    return Character.isValidCodePoint(value) && !Character.isISOControl(value)
        ? Character.toString(value)
        : "";
  }
}
