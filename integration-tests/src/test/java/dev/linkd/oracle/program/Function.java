package dev.linkd.oracle.program;

import java.util.ArrayList;
import java.util.List;

/** A function that combines the results of its steps. */
final class Function extends Entity {
  /** A function calls only functions of lower levels, so every program ends. */
  final int level;

  int constant;
  final List<Step> steps = new ArrayList<>();

  /** Bytes after the code that are never executed. */
  int padding;

  /** Stream of a second, weak definition of the same name; empty for none. */
  String twinStream = "";

  int twinConstant;

  /** False while only the weak definition exists. */
  boolean strong = true;

  Function(String key, String name, String stream, int level, int constant) {
    super(key, name, stream);
    this.level = level;
    this.constant = constant;
  }

  boolean hasTwin() {
    return !twinStream.isEmpty();
  }

  @Override
  boolean hasFixedAtom() {
    return strong && !hasTwin();
  }

  long calls() {
    return steps.stream().filter(s -> s.kind().calls()).count();
  }
}
