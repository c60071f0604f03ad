package dev.linkd.elf;

import java.util.Arrays;

/**
 * Map from non-negative ints to non-negative ints: open addressing with linear probing, at most
 * half full. A removed entry is closed up by moving later ones of its run back, so that there are
 * no tombstones and an endless series of changes costs nothing extra.
 */
final class IntMap {

  static final int NONE = -1;

  private static final int CAPACITY_MIN = 16;

  private int[] keys = new int[CAPACITY_MIN];
  private int[] values = new int[CAPACITY_MIN];
  private int size;

  IntMap() {
    Arrays.fill(keys, NONE);
  }

  int size() {
    return size;
  }

  /** The value of a key, or {@link #NONE}. */
  int get(int key) {
    int at = find(key);
    return keys[at] == key ? values[at] : NONE;
  }

  void put(int key, int value) {
    if (key < 0 || value < 0) {
      throw new IllegalArgumentException("negative: " + key + " -> " + value);
    }
    int at = find(key);
    if (keys[at] != key) {
      keys[at] = key;
      size++;
    }
    values[at] = value;
    if (size * 2 > keys.length) {
      resize(keys.length * 2);
    }
  }

  /** Removes a key and returns its value, or {@link #NONE} when there was none. */
  int remove(int key) {
    int hole = find(key);
    if (keys[hole] != key) {
      return NONE;
    }
    int value = values[hole];
    int mask = keys.length - 1;
    for (int at = hole + 1 & mask; keys[at] != NONE; at = at + 1 & mask) {
      int home = home(keys[at]);
      if ((at - home & mask) >= (at - hole & mask)) {
        keys[hole] = keys[at];
        values[hole] = values[at];
        hole = at;
      }
    }
    keys[hole] = NONE;
    size--;
    if (keys.length > CAPACITY_MIN && size * 8 < keys.length) {
      resize(keys.length / 2);
    }
    return value;
  }

  /** Where the key is, or the empty place where it belongs. */
  private int find(int key) {
    int mask = keys.length - 1;
    int at = home(key);
    while (keys[at] != NONE && keys[at] != key) {
      at = at + 1 & mask;
    }
    return at;
  }

  private int home(int key) {
    int mixed = key * 0x9e3779b9;
    return (mixed ^ mixed >>> 15) & keys.length - 1;
  }

  private void resize(int capacity) {
    int[] oldKeys = keys;
    int[] oldValues = values;
    keys = new int[capacity];
    values = new int[capacity];
    Arrays.fill(keys, NONE);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != NONE) {
        int at = find(oldKeys[i]);
        keys[at] = oldKeys[i];
        values[at] = oldValues[i];
      }
    }
  }
}
