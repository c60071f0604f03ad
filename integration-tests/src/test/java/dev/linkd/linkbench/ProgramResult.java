package dev.linkd.linkbench;

import java.util.LinkedHashMap;
import java.util.Map;

/** What was measured for one program: series by case and linker, and single values. */
final class ProgramResult {
  /** Name under which linkd is in the tables. */
  static final String LINKD = "linkd";

  /** Name of the case that is the full link of every other linker. */
  static final String FULL = "full link";

  /** Name of the case that is the daemon's part of a link after an edit of one function. */
  static final String IN_THE_FLUSH = "one function: in the flush";

  /** Names of the cases that are the whole time of such a link in the daemon. */
  static final String IN_THE_DAEMON = "one function: in the daemon";

  static final String IN_THE_DAEMON_UNWATCHED = "one function: in the daemon, without the watch";

  private final String name;
  private final String description;
  private final Map<String, Map<String, Series>> cases = new LinkedHashMap<>();
  private final Map<String, Double> values = new LinkedHashMap<>();

  ProgramResult(String name, String description) {
    this.name = name;
    this.description = description;
  }

  String name() {
    return name;
  }

  String description() {
    return description;
  }

  Series series(String caseName, String linker) {
    return cases
        .computeIfAbsent(caseName, key -> new LinkedHashMap<>())
        .computeIfAbsent(linker, key -> new Series());
  }

  Map<String, Map<String, Series>> cases() {
    return cases;
  }

  void value(String key, double value) {
    values.put(key, value);
  }

  Map<String, Double> values() {
    return values;
  }
}
