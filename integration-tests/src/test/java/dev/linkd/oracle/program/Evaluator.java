package dev.linkd.oracle.program;

import java.util.IdentityHashMap;
import java.util.Map;

/** What a program computes, from its description alone. */
final class Evaluator {
  private final Program program;
  private final Map<Function, Integer> known = new IdentityHashMap<>();

  Evaluator(Program program) {
    this.program = program;
  }

  int checksum() {
    int sum = 0;
    for (Function root : program.roots()) {
      sum = sum * 31 + value(root);
    }
    return sum;
  }

  private int value(Function function) {
    if (!function.strong) {
      return function.twinConstant;
    }
    Integer memo = known.get(function);
    if (memo != null) {
      return memo;
    }
    int value = function.constant;
    for (Step step : function.steps) {
      value = value * 31 + value(step);
    }
    known.put(function, value);
    return value;
  }

  private int value(Step step) {
    Referable target = step.target();
    if (step.kind().usesNumber()) {
      boolean exists = program.numbers().values().containsKey(Numbers.sometimes(step.index()));
      return step.kind() == Step.Kind.EXISTS
          ? (exists ? 1 : 0)
          : (int) program.numbers().value(Numbers.always(step.index()));
    }
    if (target == null) {
      return step.index();
    }
    return switch (target.entity()) {
      case Function function -> value(function);
      case DataObject object -> element(object, step.index());
    };
  }

  private int element(DataObject object, int index) {
    if (object.count() == 0) {
      return 0;
    }
    int element = Math.floorMod(index, object.count());
    return switch (object.kind) {
      case CONSTANTS, VARIABLES -> object.words[element];
      case ZEROS -> index;
      case FUNCTION_POINTERS, DATA_POINTERS ->
          switch (object.pointers.get(element).entity()) {
            case Function function -> value(function);
            case DataObject pointed -> element(pointed, 0);
          };
    };
  }
}
