package dev.linkd.table;

import java.security.SecureRandom;

/**
 * Map from a pair of ints, such as (scope, name), to an int, such as a row number. Open addressing
 * with linear probing outside the Java heap; deletion shifts later entries back, so there are no
 * tombstones, and the table shrinks again. For one thread at a time.
 */
public final class PairIndex implements AutoCloseable {

  public static final int NONE = -1;

  private static final int SLOT_BYTES = 12;
  private static final int A = 0;
  private static final int B = 4;

  /** Value plus one; zero marks an empty slot, which is how fresh memory looks. */
  private static final int VALUE = 8;

  private static final int SLOTS_MIN = 1024;
  private static final int SLOTS_MAX = 1 << 30;

  private final String name;

  /** Odd and unknown outside, so that nobody can choose pairs that collide. */
  private final long key = new SecureRandom().nextLong() | 1;

  private Region region;
  private Memory slots;
  private int mask;
  private int size;

  public PairIndex(String name) {
    this.name = name;
    this.region = newSlots(SLOTS_MIN);
    this.slots = region.memory();
    this.mask = SLOTS_MIN - 1;
  }

  /** The value of a pair, or NONE. */
  public int get(int a, int b) {
    return value(find(a, b));
  }

  /**
   * Reads where the search for a pair begins, so that the cache misses of several that are looked
   * up soon overlap.
   *
   * @return something that depends on what was read
   */
  public int touch(int a, int b) {
    return value(start(a, b));
  }

  /**
   * Sets the value of a pair.
   *
   * @param value anything but {@link #NONE}
   */
  public void put(int a, int b, int value) {
    if (value == NONE) {
      throw new IllegalArgumentException(name + ": value " + value);
    }
    int slot = find(a, b);
    if (value(slot) == NONE) {
      if (size + 1 > slots() / 3 * 2) {
        if (slots() == SLOTS_MAX) {
          throw new TableFullException(name, SLOTS_MAX / 3 * 2, "entries");
        }
        rehash(slots() * 2);
        slot = find(a, b);
      }
      size++;
    }
    set(slot, a, b, value);
  }

  /**
   * Removes a pair.
   *
   * @return the value that it had, or NONE
   */
  public int remove(int a, int b) {
    int hole = find(a, b);
    int removed = value(hole);
    if (removed == NONE) {
      return NONE;
    }
    for (int slot = next(hole); value(slot) != NONE; slot = next(slot)) {
      int distance = slot - start(a(slot), b(slot)) & mask;
      if (distance >= (slot - hole & mask)) {
        set(hole, a(slot), b(slot), value(slot));
        hole = slot;
      }
    }
    set(hole, 0, 0, NONE);
    size--;
    if (size < slots() / 16 && slots() > SLOTS_MIN) {
      rehash(Math.max(SLOTS_MIN, slots() / 4));
    }
    return removed;
  }

  public int size() {
    return size;
  }

  /** Bytes of committed memory. */
  public long bytes() {
    return region.committed();
  }

  @Override
  public void close() {
    region.close();
  }

  private int slots() {
    return mask + 1;
  }

  private static long at(int slot) {
    return (long) slot * SLOT_BYTES;
  }

  private int a(int slot) {
    return slots.getInt(at(slot) + A);
  }

  private int b(int slot) {
    return slots.getInt(at(slot) + B);
  }

  private int value(int slot) {
    return slots.getInt(at(slot) + VALUE) - 1;
  }

  private void set(int slot, int a, int b, int value) {
    long at = at(slot);
    slots.setInt(at + A, a);
    slots.setInt(at + B, b);
    slots.setInt(at + VALUE, value + 1);
  }

  private int next(int slot) {
    return slot + 1 & mask;
  }

  private int start(int a, int b) {
    long x = ((long) a << 32 | b & 0xffffffffL) * key;
    x = (x ^ x >>> 32) * 0xd6e8feb86659fd93L;
    return (int) (x ^ x >>> 32) & mask;
  }

  /** The slot of a pair, or the empty slot where it belongs. */
  private int find(int a, int b) {
    int slot = start(a, b);
    while (value(slot) != NONE && (a(slot) != a || b(slot) != b)) {
      slot = next(slot);
    }
    return slot;
  }

  private Region newSlots(int count) {
    Region fresh = new Region(name, at(count));
    try {
      fresh.ensure(at(count));
      fresh.populate();
    } catch (TableFullException e) {
      fresh.close();
      throw e;
    }
    return fresh;
  }

  private void rehash(int count) {
    Region old = region;
    Memory oldSlots = slots;
    int oldCount = slots();
    region = newSlots(count);
    slots = region.memory();
    mask = count - 1;
    for (int slot = 0; slot < oldCount; slot++) {
      int value = oldSlots.getInt(at(slot) + VALUE) - 1;
      if (value != NONE) {
        int a = oldSlots.getInt(at(slot) + A);
        int b = oldSlots.getInt(at(slot) + B);
        set(find(a, b), a, b, value);
      }
    }
    old.close();
  }
}
