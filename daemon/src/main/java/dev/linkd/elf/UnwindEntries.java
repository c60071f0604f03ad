package dev.linkd.elf;

import dev.linkd.table.PairIndex;

/**
 * The entry in the search table that each unwind record has. Both numbers are distances from the
 * table; they are negative only when the program was laid out unusually, so that their signs are
 * kept apart.
 */
final class UnwindEntries implements AutoCloseable {
  private static final int KEY = 0;
  private static final int VALUE = 1;
  private static final int SIGNS = 2;
  private static final int KEY_SIGN = 1;
  private static final int VALUE_SIGN = 2;

  /** (atom, KEY or VALUE) to the low 31 bits, (atom, SIGNS) to signs when there are any. */
  private final PairIndex numbers = new PairIndex("unwind table entries");

  boolean has(int atom) {
    return numbers.get(atom, KEY) != PairIndex.NONE;
  }

  int key(int atom) {
    return signed(atom, KEY, KEY_SIGN);
  }

  int value(int atom) {
    return signed(atom, VALUE, VALUE_SIGN);
  }

  private int signed(int atom, int column, int sign) {
    int signs = numbers.get(atom, SIGNS);
    boolean negative = signs != PairIndex.NONE && (signs & sign) != 0;
    return numbers.get(atom, column) | (negative ? Integer.MIN_VALUE : 0);
  }

  void put(int atom, int key, int value) {
    numbers.put(atom, KEY, key & Integer.MAX_VALUE);
    numbers.put(atom, VALUE, value & Integer.MAX_VALUE);
    int signs = (key < 0 ? KEY_SIGN : 0) | (value < 0 ? VALUE_SIGN : 0);
    if (signs != 0) {
      numbers.put(atom, SIGNS, signs);
    }
  }

  void remove(int atom) {
    numbers.remove(atom, KEY);
    numbers.remove(atom, VALUE);
    numbers.remove(atom, SIGNS);
  }

  long bytes() {
    return numbers.bytes();
  }

  @Override
  public void close() {
    numbers.close();
  }
}
