package dev.linkd.table;

/**
 * Open-addressing index from hash to name id with linear probing. Deletion shifts later entries
 * back instead of leaving tombstones, so that the length of a probe depends on the live entries
 * only. A slot holds the hash, so that most probes never touch the name.
 */
final class NameIndex implements AutoCloseable {

  static final int NONE = -1;

  private static final int SLOT_BYTES = 8;
  private static final int HASH = 0;

  /** Id plus one; zero marks an empty slot, which is how fresh memory looks. */
  private static final int ID = 4;

  private static final int SLOTS_MIN = 1024;
  private static final int SLOTS_MAX = 1 << 30;

  private final String name;
  private Region region;
  private Memory slots;
  private int mask;
  private int size;

  NameIndex(String name) {
    this.name = name;
    this.region = newSlots(SLOTS_MIN);
    this.slots = region.memory();
    this.mask = SLOTS_MIN - 1;
  }

  /** Slot where the probe for a hash starts. */
  int start(int hash) {
    return hash & mask;
  }

  int next(int slot) {
    return slot + 1 & mask;
  }

  /** Id in a slot, or NONE: then the probe ends. */
  int id(int slot) {
    return slots.getInt(at(slot) + ID) - 1;
  }

  int hash(int slot) {
    return slots.getInt(at(slot) + HASH);
  }

  /** Makes room for one more entry, so that {@link #add} cannot fail. */
  void ensureRoom() {
    if (size + 1 > slots() / 2) {
      if (slots() == SLOTS_MAX) {
        throw new TableFullException(name, SLOTS_MAX / 2, "names");
      }
      rehash(slots() * 2);
    }
  }

  void add(int hash, int id) {
    place(hash, id);
    size++;
  }

  void remove(int hash, int id) {
    int hole = start(hash);
    while (id(hole) != id) {
      if (id(hole) == NONE) {
        throw new IllegalStateException(name + ": id " + id + " is not in the index");
      }
      hole = next(hole);
    }
    for (int slot = next(hole); id(slot) != NONE; slot = next(slot)) {
      int distance = slot - start(hash(slot)) & mask;
      if (distance >= (slot - hole & mask)) {
        set(hole, hash(slot), id(slot));
        hole = slot;
      }
    }
    set(hole, 0, NONE);
    size--;
    if (size < slots() / 16 && slots() > SLOTS_MIN) {
      rehash(slots() / 4);
    }
  }

  long bytes() {
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

  private void place(int hash, int id) {
    int slot = start(hash);
    while (id(slot) != NONE) {
      slot = next(slot);
    }
    set(slot, hash, id);
  }

  private void set(int slot, int hash, int id) {
    slots.setInt(at(slot) + HASH, hash);
    slots.setInt(at(slot) + ID, id + 1);
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
    region = newSlots(Math.max(count, SLOTS_MIN));
    slots = region.memory();
    mask = Math.max(count, SLOTS_MIN) - 1;
    for (int slot = 0; slot < oldCount; slot++) {
      int id = oldSlots.getInt(at(slot) + ID) - 1;
      if (id != NONE) {
        place(oldSlots.getInt(at(slot) + HASH), id);
      }
    }
    old.close();
  }
}
