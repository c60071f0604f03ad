package dev.linkd.linkbench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Values of options: {@code --name=value}, or {@code --name} alone. */
final class Values {
  private final Map<String, String> values = new TreeMap<>();

  void take(String word) {
    int sign = word.indexOf('=');
    if (sign < 0) {
      values.put(word, "");
    } else {
      values.put(word.substring(0, sign), word.substring(sign + 1));
    }
  }

  boolean flag(String name) {
    return values.remove(name) != null;
  }

  int number(String name, int standard) {
    String value = values.remove(name);
    return value == null ? standard : positive(name, value);
  }

  List<String> list(String name, List<String> standard) {
    String value = values.remove(name);
    return value == null ? standard : List.of(value.split(",", -1));
  }

  Path path(String name, Path standard) {
    String value = values.remove(name);
    return value == null ? standard : Path.of(value);
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(values.remove(name));
  }

  static int positive(String name, String value) {
    try {
      int number = Integer.parseInt(value);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + ": not a number: " + value, e);
    }
    throw new IllegalArgumentException(name + ": has to be positive: " + value);
  }

  /** What nobody asked for is a mistake. */
  void rejectOthers() {
    if (!values.isEmpty()) {
      throw new IllegalArgumentException("no such option: " + values.keySet().iterator().next());
    }
  }
}
