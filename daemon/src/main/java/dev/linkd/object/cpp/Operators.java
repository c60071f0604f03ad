package dev.linkd.object.cpp;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The codes of operators and of fundamental types. */
final class Operators {
  private static final Map<String, String> OPERATORS = new HashMap<>();
  private static final Map<Character, String> BUILTINS = new HashMap<>();
  private static final Map<Character, String> EXTENDED = new HashMap<>();

  static {
    String operators =
        "nw new|na new[]|dl delete|da delete[]|aw co_await|ps +|ng -|ad &|de *|co ~|pl +|mi -"
            + "|ml *|dv /|rm %|an &|or \u0001|eo ^|aS =|pL +=|mI -=|mL *=|dV /=|rM %=|aN &=|oR \u0001="
            + "|eO ^=|ls <<|rs >>|lS <<=|rS >>=|eq ==|ne !=|lt <|gt >|le <=|ge >=|ss <=>|nt !"
            + "|aa &&|oo \u0001\u0001|pp ++|mm --|cm ,|pm ->*|pt ->|cl ()|ix []|qu ?";
    for (String entry : operators.split("\\|", -1)) {
      String sign = entry.substring(3).replace('\u0001', '|');
      boolean word = Character.isLetter(sign.charAt(0));
      OPERATORS.put(entry.substring(0, 2), "operator" + (word ? " " : "") + sign);
    }
    String builtins =
        "v void|w wchar_t|b bool|c char|a signed char|h unsigned char|s short|t unsigned short"
            + "|i int|j unsigned int|l long|m unsigned long|x long long|y unsigned long long"
            + "|n __int128|o unsigned __int128|f float|d double|e long double|g __float128|z ...";
    fill(BUILTINS, builtins);
    String extended =
        "d decimal64|e decimal128|f decimal32|h half|i char32_t|s char16_t|u char8_t|a auto"
            + "|c decltype(auto)|n decltype(nullptr)";
    fill(EXTENDED, extended);
  }

  private Operators() {}

  private static void fill(Map<Character, String> map, String entries) {
    for (String entry : entries.split("\\|", -1)) {
      map.put(entry.charAt(0), entry.substring(2));
    }
  }

  /** Name of an operator function by its two letters; null when there is none. */
  static @Nullable String name(String code) {
    return OPERATORS.get(code);
  }

  static @Nullable String builtin(char code) {
    return BUILTINS.get(code);
  }

  /** A fundamental type whose code begins with D. */
  static @Nullable String extended(char code) {
    return EXTENDED.get(code);
  }
}
