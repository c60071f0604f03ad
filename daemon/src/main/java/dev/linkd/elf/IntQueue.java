package dev.linkd.elf;

import java.util.Arrays;

/** A list of row numbers that keeps its storage. */
final class IntQueue {
  private static final int CAPACITY_MIN = 64;
  private static final int KEPT_MAX = 16 * 1024;

  private int[] rows = new int[CAPACITY_MIN];
  private int size;

  void add(int row) {
    if (size == rows.length) {
      rows = Arrays.copyOf(rows, size * 2);
    }
    rows[size++] = row;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int get(int index) {
    return rows[index];
  }

  void set(int index, int row) {
    rows[index] = row;
  }

  /** A copy of all entries. */
  int[] toArray() {
    return Arrays.copyOf(rows, size);
  }

  int removeLast() {
    return rows[--size];
  }

  /** Removes an entry; the last one takes its place. */
  void removeAt(int index) {
    rows[index] = rows[--size];
  }

  void truncate(int newSize) {
    size = newSize;
  }

  void clear() {
    size = 0;
  }

  /** Clears, and gives storage back that only a change to everything needs. */
  void clearAndShrink() {
    size = 0;
    if (rows.length > KEPT_MAX) {
      rows = new int[CAPACITY_MIN];
    }
  }
}
