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

  /** Slots of the hash table; offset 0 marks an empty one. */
  private int[] offsets = new int[CAPACITY_MIN];

  private int[] hashes = new int[CAPACITY_MIN];
  private int[] references = new int[CAPACITY_MIN];
  private int strings;
  private int size = 1;

  /** Starts a table with the empty string in {@code store}. */
  public StringTableImage(ByteStore store) {
    this.store = store;
    store.ensure(1);
    Segments.setByte(store.segment(), store.base(), (byte) 0);
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
    int hash = hash(bytes, offset, length);
    int slot = find(bytes, offset, length, hash);
    if (offsets[slot] != 0) {
      references[slot] = Math.incrementExact(references[slot]);
      return offsets[slot];
    }
    int at = place(length);
    if (at == FULL) {
      return FULL;
    }
    MemorySegment table = store.segment();
    long to = store.base() + at;
    Segments.copy(bytes, offset, table, to, length);
    Segments.setByte(table, to + length, (byte) 0);
    store.dirty(at, at + length + 1L);
    offsets[slot] = at;
    hashes[slot] = hash;
    references[slot] = 1;
    strings++;
    if (strings * 2L > offsets.length) {
      resize(offsets.length * 2);
    }
    return at;
  }

  /** Adds another use of a string that is in the table. */
  public void retain(int offset) {
    if (offset != 0) {
      int slot = slotOf(offset);
      references[slot] = Math.incrementExact(references[slot]);
    }
  }

  /** Ends one use of a string. */
  public void release(int offset) {
    if (offset == 0) {
      return;
    }
    int slot = slotOf(offset);
    if (--references[slot] > 0) {
      return;
    }
    int bytes = length(offset) + 1;
    removeSlot(slot);
    Segments.fill(store.segment(), store.base() + offset, bytes, (byte) 0);
    store.dirty(offset, (long) offset + bytes);
    free.give(offset, bytes);
    size = free.takeLast(size);
  }

  /** How many uses a string has; the empty string is not counted and has 1. */
  public int references(int offset) {
    return offset == 0 ? 1 : references[slotOf(offset)];
  }

  /** Length in bytes of the string at an offset, without its NUL. */
  public int length(int offset) {
    MemorySegment segment = store.segment();
    long at = store.base() + offset;
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
    size += length + 1;
    return at;
  }

  /** The slot that holds the string, or the empty one where it belongs. */
  private int find(MemorySegment bytes, long offset, int length, int hash) {
    int mask = offsets.length - 1;
    int slot = hash & mask;
    while (offsets[slot] != 0
        && (hashes[slot] != hash || !equal(offsets[slot], bytes, offset, length))) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private boolean equal(int stored, MemorySegment bytes, long offset, int length) {
    if (length >= size - stored) {
      return false;
    }
    MemorySegment segment = store.segment();
    long at = store.base() + stored;
    return Segments.getByte(segment, at + length) == 0
        && Segments.equal(segment, at, bytes, offset, length);
  }

  private int slotOf(int offset) {
    if (offset > 0 && offset < size) {
      int mask = offsets.length - 1;
      int slot = hash(store.segment(), store.base() + offset, length(offset)) & mask;
      for (; offsets[slot] != 0; slot = slot + 1 & mask) {
        if (offsets[slot] == offset) {
          return slot;
        }
      }
    }
    throw new IllegalArgumentException("no string starts at " + offset);
  }

  /** Empties a slot and moves later ones of its run back over it. */
  private void removeSlot(int hole) {
    int mask = offsets.length - 1;
    for (int slot = hole + 1 & mask; offsets[slot] != 0; slot = slot + 1 & mask) {
      if ((slot - hashes[slot] & mask) >= (slot - hole & mask)) {
        move(slot, hole);
        hole = slot;
      }
    }
    offsets[hole] = 0;
    strings--;
    if (offsets.length > CAPACITY_MIN && strings * 8L < offsets.length) {
      resize(offsets.length / 2);
    }
  }

  private void move(int from, int to) {
    offsets[to] = offsets[from];
    hashes[to] = hashes[from];
    references[to] = references[from];
  }

  private void resize(int capacity) {
    int[] oldOffsets = offsets;
    int[] oldHashes = hashes;
    int[] oldReferences = references;
    offsets = new int[capacity];
    hashes = new int[capacity];
    references = new int[capacity];
    for (int i = 0; i < oldOffsets.length; i++) {
      if (oldOffsets[i] != 0) {
        int slot = oldHashes[i] & capacity - 1;
        while (offsets[slot] != 0) {
          slot = slot + 1 & capacity - 1;
        }
        offsets[slot] = oldOffsets[i];
        hashes[slot] = oldHashes[i];
        references[slot] = oldReferences[i];
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
