package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * An array of entries with gaps between them, in the output: slots of 8 bytes, of which a bitmap
 * tells whether they are live. A gap repeats the live entry before it, and gaps before the first
 * live entry repeat that one, so that all slots together are sorted and a reader that knows nothing
 * of gaps finds the right entry.
 *
 * <p>An entry is a {@code long} here, key in the upper half and value in the lower, so that entries
 * compare like their keys; in the file the key comes first.
 */
final class GapArray {

  static final int SLOT_BYTES = 8;

  private final ByteStore store;
  private final long start;
  private long[] live = new long[1];
  private int capacity;
  private long moved;

  GapArray(ByteStore store, long start) {
    this.store = store;
    this.start = start;
  }

  /** Number of slots. */
  int capacity() {
    return capacity;
  }

  /** How many live entries were written to a slot since the start. */
  long moved() {
    return moved;
  }

  /** Changes the number of slots. Entries in slots that go away are lost; new ones are gaps. */
  void capacity(int slots) {
    if (slots < capacity) {
      clear(slots, capacity);
    }
    store.ensure(start + (long) slots * SLOT_BYTES);
    live = Arrays.copyOf(live, slots + 63 >>> 6);
    capacity = slots;
  }

  long get(int slot) {
    return entryAt(store.segment(), store.base(), slot);
  }

  private long entryAt(MemorySegment segment, long base, int slot) {
    return Long.rotateLeft(Segments.getLong(segment, base + position(slot)), 32);
  }

  boolean live(int slot) {
    return (live[slot >>> 6] & 1L << slot) != 0;
  }

  /** Number of live slots in [from, to). */
  int count(int from, int to) {
    if (from == to) {
      return 0;
    }
    int last = to - 1 >>> 6;
    int count = 0;
    for (int word = from >>> 6; word <= last; word++) {
      count += Long.bitCount(live[word] & mask(word, from, to));
    }
    return count;
  }

  /** First live slot at or after {@code slot}, or the capacity. */
  int nextLive(int slot) {
    if (slot >= capacity) {
      return capacity;
    }
    int word = slot >>> 6;
    long bits = live[word] & -1L << slot;
    while (bits == 0) {
      if (++word == live.length) {
        return capacity;
      }
      bits = live[word];
    }
    return (word << 6) + Long.numberOfTrailingZeros(bits);
  }

  /** First slot whose entry is not less than {@code entry}, or the capacity. */
  int lowerBound(long entry) {
    MemorySegment segment = store.segment();
    long base = store.base();
    int low = 0;
    int high = capacity;
    while (low < high) {
      int middle = low + high >>> 1;
      if (entryAt(segment, base, middle) < entry) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Makes a slot live with an entry, and repeats it in the gaps that follow. */
  void put(int slot, long entry) {
    live[slot >>> 6] |= 1L << slot;
    moved++;
    fill(slot, nextLive(slot + 1), entry);
  }

  /** Makes a slot a gap. The caller fills it. */
  void clear(int slot) {
    live[slot >>> 6] &= ~(1L << slot);
  }

  /** Writes the same entry to the slots [from, to). */
  void fill(int from, int to, long entry) {
    write(store.segment(), store.base(), from, to, entry);
    store.dirty(position(from), position(to));
  }

  private void write(MemorySegment segment, long base, int from, int to, long entry) {
    long stored = Long.rotateLeft(entry, 32);
    long end = base + position(to);
    for (long at = base + position(from); at < end; at += SLOT_BYTES) {
      Segments.setLong(segment, at, stored);
    }
  }

  /** Writes packed entries to the first slots, to be spread. */
  void load(long[] entries, int count) {
    MemorySegment segment = store.segment();
    long at = store.base() + start;
    for (int i = 0; i < count; i++, at += SLOT_BYTES) {
      Segments.setLong(segment, at, Long.rotateLeft(entries[i], 32));
    }
  }

  /** Moves the live entries of [from, to) to its start and returns how many there are. */
  int pack(int from, int to) {
    MemorySegment segment = store.segment();
    long base = store.base();
    int packed = from;
    for (int slot = nextLive(from); slot < to; slot = nextLive(slot + 1)) {
      long stored = Segments.getLong(segment, base + position(slot));
      Segments.setLong(segment, base + position(packed++), stored);
    }
    return packed - from;
  }

  /**
   * Spreads {@code count} packed entries evenly over [from, to) and fills the gaps. Goes from the
   * last to the first, which never overwrites an entry that is still to be moved.
   */
  void spread(int from, int to, int count) {
    spread(from, to, count, -1, 0);
  }

  /** The same with one more entry, which becomes number {@code rank}. */
  void spread(int from, int to, int packed, int rank, long entry) {
    int count = rank < 0 ? packed : packed + 1;
    clear(from, to);
    MemorySegment segment = store.segment();
    long base = store.base();
    int end = to;
    for (int i = count - 1; i >= 0; i--) {
      int source = rank >= 0 && i > rank ? i - 1 : i;
      long moving = i == rank ? entry : entryAt(segment, base, from + source);
      int slot = from + (int) ((long) i * (to - from) / count);
      live[slot >>> 6] |= 1L << slot;
      write(segment, base, slot, end, moving);
      end = slot;
    }
    store.dirty(position(end), position(to));
    moved += count;
  }

  private void clear(int from, int to) {
    for (int word = from >>> 6; word <= to - 1 >>> 6; word++) {
      live[word] &= ~mask(word, from, to);
    }
  }

  /** The bits of a word that stand for slots in [from, to). */
  private static long mask(int word, int from, int to) {
    int first = word << 6;
    long mask = -1L;
    if (from > first) {
      mask <<= from;
    }
    if (to - first < 64) {
      mask &= (1L << to) - 1;
    }
    return mask;
  }

  private long position(int slot) {
    return start + (long) slot * SLOT_BYTES;
  }
}
