package dev.linkd.oracle.program;

import java.util.ArrayList;
import java.util.List;

/** Constants, variables, zeroed memory or a table of pointers. */
final class DataObject extends Entity {
  /** What an object holds. */
  enum Kind {
    CONSTANTS,
    VARIABLES,
    ZEROS,
    FUNCTION_POINTERS,
    DATA_POINTERS;

    boolean words() {
      return this == CONSTANTS || this == VARIABLES;
    }

    boolean pointers() {
      return this == FUNCTION_POINTERS || this == DATA_POINTERS;
    }
  }

  Kind kind;

  /** 32-bit words of constants and variables. */
  int[] words = new int[0];

  /** Size of zeroed memory, a multiple of 4. */
  int zeros;

  /** Entries of a table of pointers. */
  final List<Referable> pointers = new ArrayList<>();

  /** Level of the functions in a table is at most this. */
  final int level;

  DataObject(String key, String name, String stream, Kind kind, int level) {
    super(key, name, stream);
    this.kind = kind;
    this.level = level;
    alignment = kind.pointers() ? 8 : 4;
  }

  /** Number of elements that a step can choose from. */
  int count() {
    return switch (kind) {
      case CONSTANTS, VARIABLES -> words.length;
      case ZEROS -> zeros / 4;
      case FUNCTION_POINTERS, DATA_POINTERS -> pointers.size();
    };
  }
}
