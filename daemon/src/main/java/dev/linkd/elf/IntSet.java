package dev.linkd.elf;

import java.util.Arrays;

/** A set of row numbers (not negative) for the length of one pass. */
final class IntSet {
  private static final int EMPTY = -1;

  private static final int CAPACITY_MIN = 64;

  /** Storage that a set keeps: small beside its output, and enough for nearly all updates. */
  private static final int KEPT_MAX = 2048;

  private int[] slots = new int[CAPACITY_MIN];
  private int size;

  IntSet() {
    Arrays.fill(slots, EMPTY);
  }

  /** Adds a number; returns whether it is new. */
  boolean add(int value) {
    if (size * 2 >= slots.length) {
      grow();
    }
    int at = find(value);
    if (slots[at] == value) {
      return false;
    }
    slots[at] = value;
    size++;
    return true;
  }

  boolean contains(int value) {
    return slots[find(value)] == value;
  }

  /** Empties the set at the cost of what was in it, also after a pass with very many numbers. */
  void clear() {
    boolean oversized = slots.length > CAPACITY_MIN && size < slots.length / 8;
    if (oversized) {
      slots = new int[CAPACITY_MIN];
    }
    if (oversized || size > 0) {
      Arrays.fill(slots, EMPTY);
      size = 0;
    }
  }

  /** Empties the set, and gives storage back that only a pass with very many numbers needs. */
  void clearAndShrink() {
    if (slots.length > KEPT_MAX) {
      slots = new int[CAPACITY_MIN];
      Arrays.fill(slots, EMPTY);
      size = 0;
    } else {
      clear();
    }
  }

  /** Bytes of the storage. */
  long bytes() {
    return (long) slots.length * Integer.BYTES;
  }

  private int find(int value) {
    int mask = slots.length - 1;
    int at = (value * 0x9e3779b9) >>> 7 & mask;
    while (slots[at] != EMPTY && slots[at] != value) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    int[] old = slots;
    slots = new int[old.length * 2];
    Arrays.fill(slots, EMPTY);
    for (int value : old) {
      if (value != EMPTY) {
        slots[find(value)] = value;
      }
    }
  }
}
