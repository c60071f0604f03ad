package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;

/**
 * A string table in the output (.strtab, .dynstr, .shstrtab) that changes in place.
 *
 * <p>Equal strings are stored once and counted. When the last user releases a string its bytes
 * become zero, which keeps the table well-formed, and may be used by later strings; offsets of
 * strings in use never change. Offset 0 is the empty string and needs no counting. Tails are not
 * shared, because a shared tail could be released neither with its own nor with the longer string.
 *
 * <p>A hash table of offsets finds strings; the characters are only in the image.
 */
public final class StringTableImage {

  /** Returned when the table would exceed {@link #SIZE_MAX}. */
  public static final int FULL = -1;

  /** Largest size in bytes. */
  public static final int SIZE_MAX = Integer.MAX_VALUE;

  private static final int CAPACITY_MIN = 64;

  /** Odd and unknown outside, so that nobody can choose strings that collide. */
  private static final long KEY = new SecureRandom().nextLong() | 1;

  private final ByteStore store;
  private final FreeRanges free = new FreeRanges();

  // The fields of a slot, which lie side by side because a look-up is a cache miss.
  private static final int OFFSET = 0;
  private static final int HASH = 1;
  private static final int REFERENCES = 2;
  private static final int SLOT_INTS = 3;

  /** Slots of the hash table; offset 0 marks an empty one. */
  private int[] slots = new int[CAPACITY_MIN * SLOT_INTS];

  /** Number of slots less one. */
  private int mask = CAPACITY_MIN - 1;

  private int strings;

  /** Sum of what was read ahead last. */
  private int sum;

  private int size = 1;

  /** Where the table is, asked for once in an operation; it can move between two. */
  private long base;

  /** Starts a table with the empty string in {@code store}. */
  public StringTableImage(ByteStore store) {
    this.store = store;
    store.ensure(1);
    base = store.base();
    Segments.setByte(store.segment(), base, (byte) 0);
    store.dirty(0, 1);
  }

  /** Bytes from the start to the end of the last string in use: {@code sh_size}. */
  public int size() {
    return size;
  }

  /** Number of different strings in use, without the empty one. */
  public int strings() {
    return strings;
  }

  /** Bytes inside {@link #size} that no string uses. */
  public long unused() {
    return free.total();
  }

  /**
   * Adds a use of a string.
   *
   * @param bytes where it is, without a NUL
   * @return its offset in the table, or {@link #FULL}
   */
  public int add(MemorySegment bytes, long offset, int length) {
    if (length == 0) {
      return 0;
    }
    base = store.base();
    return add(bytes, offset, length, hash(bytes, offset, length));
  }

  /**
   * Adds a use of each of many strings. In a large table a string is two cache misses, one after
   * the other; here those of all strings are under way at once.
   *
   * @param offsets where each string is
   * @param lengths how long each is
   * @param places receives their offsets in the table, up to the first that is {@link #FULL}
   */
  public void add(MemorySegment bytes, long[] offsets, int[] lengths, int count, int[] places) {
    int[] hashes = places;
    int touched = 0;
    for (int i = 0; i < count; i++) {
      hashes[i] = lengths[i] == 0 ? 0 : hash(bytes, offsets[i], lengths[i]);
      touched += slots[at(hashes[i] & mask) + HASH];
    }
    MemorySegment table = store.segment();
    base = store.base();
    for (int i = 0; i < count; i++) {
      int at = at(hashes[i] & mask);
      if (slots[at + OFFSET] != 0 && slots[at + HASH] == hashes[i]) {
        touched += Segments.getByte(table, base + slots[at + OFFSET]);
      }
    }
    sum = touched;
    for (int i = 0; i < count; i++) {
      places[i] = lengths[i] == 0 ? 0 : add(bytes, offsets[i], lengths[i], hashes[i]);
      if (places[i] == FULL) {
        return;
      }
    }
  }

  /** Something that depends on every read ahead, so that no compiler may leave one out. */
  int sum() {
    return sum;
  }

  private int add(MemorySegment bytes, long offset, int length, int hash) {
    int slot = at(find(bytes, offset, length, hash));
    if (slots[slot + OFFSET] != 0) {
      slots[slot + REFERENCES] = Math.incrementExact(slots[slot + REFERENCES]);
      return slots[slot + OFFSET];
    }
    int at = place(length);
    if (at == FULL) {
      return FULL;
    }
    MemorySegment table = store.segment();
    long to = base + at;
    Segments.copy(bytes, offset, table, to, length);
    Segments.setByte(table, to + length, (byte) 0);
    store.dirty(at, at + length + 1L);
    slots[slot + OFFSET] = at;
    slots[slot + HASH] = hash;
    slots[slot + REFERENCES] = 1;
    strings++;
    if (strings * 2L > mask) {
      resize((mask + 1) * 2);
    }
    return at;
  }

  /** Adds another use of a string that is in the table. */
  public void retain(int offset) {
    if (offset != 0) {
      base = store.base();
      int at = at(slotOf(offset)) + REFERENCES;
      slots[at] = Math.incrementExact(slots[at]);
    }
  }

  /** Ends one use of a string. */
  public void release(int offset) {
    if (offset == 0) {
      return;
    }
    base = store.base();
    int slot = slotOf(offset);
    if (--slots[at(slot) + REFERENCES] > 0) {
      return;
    }
    int bytes = lengthAt(offset) + 1;
    removeSlot(slot);
    Segments.fill(store.segment(), base + offset, bytes, (byte) 0);
    store.dirty(offset, (long) offset + bytes);
    free.give(offset, bytes);
    size = free.takeLast(size);
  }

  /** How many uses a string has; the empty string is not counted and has 1. */
  public int references(int offset) {
    base = store.base();
    return offset == 0 ? 1 : slots[at(slotOf(offset)) + REFERENCES];
  }

  /** Length in bytes of the string at an offset, without its NUL. */
  public int length(int offset) {
    base = store.base();
    return lengthAt(offset);
  }

  private int lengthAt(int offset) {
    MemorySegment segment = store.segment();
    long at = base + offset;
    return (int) Segments.lengthUntilNul(segment, at, segment.byteSize());
  }

  /** A place for a string of {@code length} bytes and its NUL. */
  private int place(int length) {
    if (length == SIZE_MAX) {
      return FULL;
    }
    int reused = free.take(length + 1);
    if (reused != FreeRanges.NONE) {
      return reused;
    }
    int at = size;
    if (length + 1 > SIZE_MAX - size) {
      return FULL;
    }
    store.ensure((long) size + length + 1);
    base = store.base();
    size += length + 1;
    return at;
  }

  /** The slot that holds the string, or the empty one where it belongs. */
  private int find(MemorySegment bytes, long offset, int length, int hash) {
    int slot = hash & mask;
    for (int at = at(slot);
        slots[at + OFFSET] != 0
            && (slots[at + HASH] != hash || !equal(slots[at + OFFSET], bytes, offset, length));
        at = at(slot)) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private boolean equal(int stored, MemorySegment bytes, long offset, int length) {
    if (length >= size - stored) {
      return false;
    }
    MemorySegment segment = store.segment();
    long at = base + stored;
    return Segments.getByte(segment, at + length) == 0
        && Segments.equal(segment, at, bytes, offset, length);
  }

  private int slotOf(int offset) {
    if (offset > 0 && offset < size) {
      int slot = hash(store.segment(), base + offset, lengthAt(offset)) & mask;
      for (; slots[at(slot) + OFFSET] != 0; slot = slot + 1 & mask) {
        if (slots[at(slot) + OFFSET] == offset) {
          return slot;
        }
      }
    }
    throw new IllegalArgumentException("no string starts at " + offset);
  }

  /** Empties a slot and moves later ones of its run back over it. */
  private void removeSlot(int hole) {
    for (int slot = hole + 1 & mask; slots[at(slot) + OFFSET] != 0; slot = slot + 1 & mask) {
      if ((slot - slots[at(slot) + HASH] & mask) >= (slot - hole & mask)) {
        System.arraycopy(slots, at(slot), slots, at(hole), SLOT_INTS);
        hole = slot;
      }
    }
    slots[at(hole) + OFFSET] = 0;
    strings--;
    if (mask >= CAPACITY_MIN && strings * 8L <= mask) {
      resize((mask + 1) / 2);
    }
  }

  private static int at(int slot) {
    return slot * SLOT_INTS;
  }

  private void resize(int capacity) {
    int[] old = slots;
    slots = new int[Math.multiplyExact(capacity, SLOT_INTS)];
    mask = capacity - 1;
    for (int from = 0; from < old.length; from += SLOT_INTS) {
      if (old[from + OFFSET] != 0) {
        int slot = old[from + HASH] & mask;
        while (slots[at(slot) + OFFSET] != 0) {
          slot = slot + 1 & mask;
        }
        System.arraycopy(old, from, slots, at(slot), SLOT_INTS);
      }
    }
  }

  /** Words, the last one overlapping, each folded in. Rejects a NUL inside the string. */
  private static int hash(MemorySegment bytes, long offset, int length) {
    long hash = KEY ^ length;
    int done = 0;
    for (; done + Long.BYTES <= length; done += Long.BYTES) {
      hash = fold(hash ^ Segments.getLong(bytes, offset + done));
    }
    if (done < length) {
      hash = fold(hash ^ last(bytes, offset, length));
    }
    if (Segments.lengthUntilNul(bytes, offset, offset + length) != length) {
      throw new IllegalArgumentException("NUL in a string");
    }
    return (int) (hash ^ hash >>> 32);
  }

  /** The last eight bytes, or all of a shorter string. */
  private static long last(MemorySegment bytes, long offset, int length) {
    if (length >= Long.BYTES) {
      return Segments.getLong(bytes, offset + length - Long.BYTES);
    }
    long word = 0;
    for (int i = 0; i < length; i++) {
      word = word << 8 | Segments.getByte(bytes, offset + i) & 0xff;
    }
    return word;
  }

  private static long fold(long word) {
    return word * KEY ^ Math.unsignedMultiplyHigh(word, KEY);
  }
}
