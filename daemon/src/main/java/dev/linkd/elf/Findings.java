package dev.linkd.elf;

import java.util.ArrayList;
import java.util.List;

/** What a verification found, at most {@value #LIMIT} lines. */
final class Findings {
  static final int LIMIT = 100;

  private final List<String> lines = new ArrayList<>();

  void add(String line) {
    if (lines.size() < LIMIT) {
      lines.add(line);
    }
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
