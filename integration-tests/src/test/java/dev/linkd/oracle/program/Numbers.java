package dev.linkd.oracle.program;

import java.util.Map;
import java.util.TreeMap;

/** The absolute symbols of a program. */
final class Numbers {
  /** Small values that fit an 8-bit field, always defined. */
  static final int ALWAYS = 8;

  /** Names that may be undefined; they are only asked whether they exist. */
  static final int SOMETIMES = 8;

  private final Map<String, Long> values = new TreeMap<>();

  static String always(int index) {
    return "number_" + Math.floorMod(index, ALWAYS);
  }

  static String sometimes(int index) {
    return "maybe_" + Math.floorMod(index, SOMETIMES);
  }

  Map<String, Long> values() {
    return values;
  }

  long value(String name) {
    return values.getOrDefault(name, 0L);
  }
}
