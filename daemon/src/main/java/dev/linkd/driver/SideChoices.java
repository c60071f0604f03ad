package dev.linkd.driver;

import java.util.LinkedHashSet;
import java.util.Set;

/** Which reports a command line asks for. Paths are empty for none; a dash is standard output. */
final class SideChoices {
  static final String STANDARD_OUTPUT = "-";

  String map = "";
  boolean printMap;
  boolean crossReferences;
  String dependencies = "";
  String whyExtract = "";
  String reproduce = "";
  final Set<String> traced = new LinkedHashSet<>();

  /** Whether the output has to be asked. */
  boolean asksOutput() {
    return !map.isEmpty()
        || printMap
        || crossReferences
        || !whyExtract.isEmpty()
        || !traced.isEmpty();
  }
}
