package dev.linkd.oracle.program;

import org.jspecify.annotations.Nullable;

/**
 * One computation in a function; its result goes into the function's value.
 *
 * @param target what it uses; null for {@link Kind#CONSTANT} and kinds that use a number
 * @param index element of the target, modulo their number; the constant for CONSTANT
 * @param byKey refer to the atom by its key where that is possible
 */
record Step(Kind kind, @Nullable Referable target, int index, boolean byKey) {

  /** The instruction that is used, and with it the relocation kind. */
  enum Kind {
    CONSTANT,
    CALL_PLT32,
    CALL_PC32,
    CALL_GOT,
    CALL_TABLE,
    LOAD_PC32,
    LOAD_GOT,
    LOAD_GOT_PLAIN,
    LOAD_32S,
    LOAD_32,
    LOAD_64,
    LOAD_PC64,
    LOAD_TABLE,
    STORE_AND_LOAD,
    ABSOLUTE_32,
    ABSOLUTE_16,
    ABSOLUTE_8,
    EXISTS;

    boolean callsFunction() {
      return this == CALL_PLT32 || this == CALL_PC32 || this == CALL_GOT;
    }

    boolean calls() {
      return callsFunction() || this == CALL_TABLE;
    }

    boolean loadsWord() {
      return ordinal() >= LOAD_PC32.ordinal() && ordinal() <= LOAD_PC64.ordinal();
    }

    /** Code that is an address itself would have to be written when the image is moved. */
    boolean holdsAddress() {
      return this == LOAD_32 || this == LOAD_32S || this == LOAD_64;
    }

    boolean usesNumber() {
      return ordinal() >= ABSOLUTE_32.ordinal();
    }
  }

  static Step constant(int value) {
    return new Step(Kind.CONSTANT, null, value, false);
  }

  boolean uses(Referable other) {
    return target != null && target.equals(other);
  }

  Step with(Referable other) {
    return new Step(kind, other, index, byKey);
  }
}
