package dev.linkd.driver;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which reports a command line asks for. Paths are empty for none; a dash is standard output. */
final class SideChoices {
  static final String STANDARD_OUTPUT = "-";

  String map = "";
  boolean printMap;
  boolean crossReferences;
  String dependencies = "";
  String whyExtract = "";

  /** Path of the archive of all inputs; empty for none. */
  String reproduce = "";

  /** The same, named after the output. */
  boolean reproduceBesideOutput;

  boolean members;
  boolean dependenciesOfInputs;
  boolean memory;
  String archives = "";
  final List<String> whyLive = new ArrayList<>();
  final Set<String> traced = new LinkedHashSet<>();

  /** Whether the inputs are archived, which every link does anew. */
  boolean reproduces() {
    return reproduceBesideOutput || !reproduce.isEmpty();
  }

  /** Whether the output has to be asked. */
  boolean asksOutput() {
    return !map.isEmpty()
        || printMap
        || crossReferences
        || !whyExtract.isEmpty()
        || !traced.isEmpty()
        || members
        || dependenciesOfInputs
        || memory
        || !dependencies.isEmpty()
        || !archives.isEmpty()
        || !whyLive.isEmpty();
  }
}
