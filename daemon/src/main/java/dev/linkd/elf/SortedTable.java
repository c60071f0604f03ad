package dev.linkd.elf;

/**
 * A sorted table of (key, value) pairs of ints in the output that changes at the cost of the
 * change: the search table of {@code .eh_frame_hdr}.
 *
 * <h2>Packed-memory array</h2>
 *
 * <p>The entries lie in an array of a power of two of slots with gaps (Bender, Demaine,
 * Farach-Colton, "Cache-oblivious B-trees", 2000). The array is cut into leaves of 8 to 32 slots;
 * two neighbouring leaves form a window of level 1, two of these a window of level 2, and so on up
 * to the whole. A window may be full between two densities, which are wide apart for a leaf and
 * closer together towards the whole array. An insertion or removal that leaves its leaf outside of
 * them looks for the smallest window around it that is within, and spreads the entries of that
 * window evenly. As a freshly spread window is well inside the limits of its parts, that many
 * entries must come or go before it needs to be spread again: amortised O(log² n) entries are moved
 * for each change. When the whole array is too full or too empty, its size doubles or halves.
 *
 * <p>The lower limit also bounds the length of a run of gaps, which all have to be rewritten when
 * the entry that they repeat goes away.
 */
public final class SortedTable {

  /** Slots of the smallest array; it may become empty. */
  private static final int CAPACITY_MIN = 16;

  private static final int CAPACITY_MAX = 1 << 28;
  private static final int LEAF_MIN = 8;
  private static final int LEAF_MAX = 32;

  /** Densities in units of 1/DENSITY, for a leaf and for the whole array. */
  private static final long DENSITY = 1 << 10;

  private static final long LEAF_FULL = DENSITY;
  private static final long ARRAY_FULL = DENSITY * 3 / 4;
  private static final long LEAF_EMPTY = DENSITY / 8;
  private static final long ARRAY_EMPTY = DENSITY / 4;

  private final GapArray array;
  private int size;
  private int leaf = LEAF_MIN;
  private int levels;

  /**
   * An empty table.
   *
   * @param start position of the first entry in {@code store}; its bytes are the table's from there
   */
  public SortedTable(ByteStore store, long start) {
    array = new GapArray(store, start);
  }

  /** Number of entries. */
  public int size() {
    return size;
  }

  /** Number of entries that a reader sees: with the gaps. */
  public int slots() {
    return size == 0 ? 0 : array.capacity();
  }

  /** How many entries were written to a slot since the start. */
  public long moved() {
    return array.moved();
  }

  /** Whether the pair is in the table. */
  public boolean contains(int key, int value) {
    return size > 0 && slotOf(entry(key, value)) >= 0;
  }

  /** Value of the first entry with that key, or {@code missing}. */
  public int value(int key, int missing) {
    if (size == 0) {
      return missing;
    }
    int slot = array.lowerBound((long) key << 32);
    if (slot == array.capacity() || keyOf(array.get(slot)) != key) {
      return missing;
    }
    return (int) array.get(slot);
  }

  /**
   * Adds a pair. The same key may occur with different values.
   *
   * @return false when the pair is in the table already
   */
  public boolean insert(int key, int value) {
    long entry = entry(key, value);
    if (size == 0) {
      resize(CAPACITY_MIN);
      array.put(0, entry);
      size = 1;
      return true;
    }
    int slot = array.lowerBound(entry);
    if (slot < array.capacity() && array.get(slot) == entry) {
      return false;
    }
    size++;
    if (slot > 0 && !array.live(slot - 1)) {
      array.put(slot - 1, entry);
    } else if (slot == 0 && !array.live(0)) {
      array.put(0, entry);
    } else {
      insertBetween(Math.max(slot - 1, 0), slot, entry);
    }
    return true;
  }

  /**
   * Removes a pair.
   *
   * @return whether it was there
   */
  public boolean remove(int key, int value) {
    int slot = size == 0 ? -1 : slotOf(entry(key, value));
    if (slot < 0) {
      return false;
    }
    size--;
    if (size == 0) {
      array.clear(slot);
      array.fill(0, array.capacity(), 0);
      return true;
    }
    removeAt(slot);
    return true;
  }

  /**
   * Changes a pair into another, in place when the order allows it: a function that moved without
   * passing another, or an unwind record that moved.
   *
   * @return false when the old pair is missing or the new one is in the table already; then nothing
   *     changed
   */
  public boolean replace(int key, int value, int newKey, int newValue) {
    long replacement = entry(newKey, newValue);
    int slot = size == 0 ? -1 : slotOf(entry(key, value));
    if (slot < 0 || array.get(slot) == replacement) {
      return slot >= 0;
    }
    int next = array.nextLive(slot + 1);
    boolean first = slot == 0 || array.get(slot - 1) == array.get(slot);
    boolean above = first || array.get(slot - 1) < replacement;
    if (above && (next == array.capacity() || replacement < array.get(next))) {
      array.fill(first ? 0 : slot, next, replacement);
      return true;
    }
    return insert(newKey, newValue) && remove(key, value);
  }

  /**
   * Fills an empty table at linear cost, half full so that the next insertions are cheap.
   *
   * @param entries made by {@link #entry}, ascending
   * @param count how many of them
   */
  public void build(long[] entries, int count) {
    if (size != 0) {
      throw new IllegalStateException("the table has entries");
    }
    for (int i = 1; i < count; i++) {
      if (entries[i - 1] >= entries[i]) {
        throw new IllegalArgumentException("entry " + i + " is not greater than the one before");
      }
    }
    if (count > CAPACITY_MAX / 2) {
      throw new IllegalArgumentException("too many entries: " + count);
    }
    if (count > 0) {
      resize(Math.max(CAPACITY_MIN, Integer.highestOneBit(2 * count - 1) << 1));
      array.load(entries, count);
      array.spread(0, array.capacity(), count);
      size = count;
    }
  }

  /** Removes all entries. */
  public void clear() {
    if (size > 0) {
      int capacity = array.capacity();
      array.spread(0, capacity, 0);
      array.fill(0, capacity, 0);
      size = 0;
    }
  }

  /** Spreads a window so that an entry fits in before {@code slot}, which is no gap's end. */
  private void insertBetween(int near, int slot, long entry) {
    int level = 0;
    int from = 0;
    int to = 0;
    boolean found = false;
    for (; level <= levels && !found; level++) {
      int width = leaf << level;
      from = near & -width;
      to = from + width;
      found = (array.count(from, to) + 1) * DENSITY <= full(level) * width;
    }
    if (!found) {
      from = 0;
      to = array.capacity();
    }
    int rank = array.count(from, slot);
    int packed = array.pack(from, to);
    if (!found) {
      resize(array.capacity() * 2);
      to = array.capacity();
    }
    array.spread(from, to, packed, rank, entry);
    fillBehind(to);
  }

  private void removeAt(int slot) {
    boolean first = slot == 0 || array.get(slot - 1) == array.get(slot);
    array.clear(slot);
    if (leafWithinLimits(slot)) {
      int next = array.nextLive(slot);
      if (first) {
        array.fill(0, next, array.get(next));
      } else {
        array.fill(slot, next, array.get(slot - 1));
      }
      return;
    }
    int level = 1;
    int from = 0;
    int to = array.capacity();
    for (boolean found = false; level <= levels && !found; level++) {
      int width = leaf << level;
      from = slot & -width;
      to = from + width;
      found = array.count(from, to) * DENSITY >= empty(level) * width;
    }
    boolean halve =
        to - from == array.capacity()
            && size * DENSITY < ARRAY_EMPTY * array.capacity()
            && array.capacity() > CAPACITY_MIN;
    int packed = array.pack(from, to);
    if (halve) {
      resize(array.capacity() / 2);
      to = array.capacity();
    }
    array.spread(from, to, packed);
    if (first) {
      array.fill(0, from, array.get(from));
    }
    fillBehind(to);
  }

  private boolean leafWithinLimits(int slot) {
    int from = slot & -leaf;
    return array.count(from, from + leaf) * DENSITY >= LEAF_EMPTY * leaf;
  }

  /** Gaps at the start of a window repeat the last entry of the one before. */
  private void fillBehind(int to) {
    if (to < array.capacity() && !array.live(to)) {
      array.fill(to, array.nextLive(to), array.get(to - 1));
    }
  }

  private long full(int level) {
    return levels == 0 ? ARRAY_FULL : LEAF_FULL - (LEAF_FULL - ARRAY_FULL) * level / levels;
  }

  private long empty(int level) {
    return levels == 0 ? ARRAY_EMPTY : LEAF_EMPTY + (ARRAY_EMPTY - LEAF_EMPTY) * level / levels;
  }

  private void resize(int capacity) {
    if (capacity > CAPACITY_MAX) {
      throw new IllegalStateException("more than " + CAPACITY_MAX + " slots");
    }
    array.capacity(capacity);
    int log2 = 31 - Integer.numberOfLeadingZeros(capacity);
    leaf = Math.clamp(Integer.highestOneBit(2 * log2 - 1), LEAF_MIN, LEAF_MAX);
    levels = log2 - Integer.numberOfTrailingZeros(leaf);
  }

  /** The live slot of an entry, or -1. */
  private int slotOf(long entry) {
    int slot = array.lowerBound(entry);
    if (slot == array.capacity() || array.get(slot) != entry) {
      return -1;
    }
    return array.nextLive(slot);
  }

  /** The form of a pair for {@link #build}; ascends with the key, then with the value. */
  public static long entry(int key, int value) {
    return (long) key << 32 | Integer.toUnsignedLong(value);
  }

  private static int keyOf(long entry) {
    return (int) (entry >> 32);
  }
}
