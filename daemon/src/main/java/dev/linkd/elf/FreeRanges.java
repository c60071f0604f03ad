package dev.linkd.elf;

import java.util.Arrays;

/**
 * The unused byte ranges of a table, for reuse.
 *
 * <p>Ranges lie in lists by size class: one class for each size below 32, from there on eight for
 * each power of two, as in the two-level segregated fit of Masmano et al. A bitmap finds the
 * smallest class whose every range is large enough, so taking and giving cost the same whatever the
 * number of ranges. Ranges that touch are merged at once; two maps find the neighbours by where
 * they start and end.
 */
final class FreeRanges {

  static final int NONE = -1;

  private static final int EXACT = 32;
  private static final int EXACT_LOG2 = 5;
  private static final int STEPS_LOG2 = 3;
  private static final int CLASSES = EXACT + (31 - EXACT_LOG2 << STEPS_LOG2);

  /** How many ranges of the request's own class are looked at: some of them may be too small. */
  private static final int TRIES = 8;

  private final int[] heads = new int[CLASSES];
  private final long[] occupied = new long[CLASSES + 63 >>> 6];
  private final IntMap byStart = new IntMap();
  private final IntMap byEnd = new IntMap();

  private int[] starts = new int[16];
  private int[] lengths = new int[16];
  private int[] next = new int[16];
  private int[] previous = new int[16];
  private int rows;
  private int freeRow = NONE;
  private long total;

  FreeRanges() {
    Arrays.fill(heads, NONE);
  }

  /** Sum of the lengths of all ranges. */
  long total() {
    return total;
  }

  /** Number of ranges. */
  int count() {
    return byStart.size();
  }

  /** Takes {@code length} bytes out of some range and returns where, or {@link #NONE}. */
  int take(int length) {
    if (length <= 0) {
      throw new IllegalArgumentException("length " + length);
    }
    int row = fitting(length);
    if (row == NONE) {
      return NONE;
    }
    int start = starts[row];
    int rest = lengths[row] - length;
    remove(row);
    if (rest > 0) {
      insert(start + length, rest);
    }
    return start;
  }

  /** Gives a range back. It must not overlap one that is free already. */
  void give(int start, int length) {
    if (start < 0 || length <= 0 || length > Integer.MAX_VALUE - start) {
      throw new IllegalArgumentException("range of " + length + " at " + start);
    }
    int end = start + length;
    int left = byEnd.get(start);
    if (left != NONE) {
      start = starts[left];
      remove(left);
    }
    int right = byStart.get(end);
    if (right != NONE) {
      end += lengths[right];
      remove(right);
    }
    insert(start, end - start);
  }

  /** Takes the range that ends at {@code end} and returns its start; {@code end} if none does. */
  int takeLast(int end) {
    int row = byEnd.get(end);
    if (row == NONE) {
      return end;
    }
    int start = starts[row];
    remove(row);
    return start;
  }

  private int fitting(int length) {
    int own = sizeClass(length);
    int tries = TRIES;
    for (int row = heads[own]; row != NONE && tries > 0; row = next[row], tries--) {
      if (lengths[row] >= length) {
        return row;
      }
    }
    int larger = occupiedFrom(own + 1);
    return larger == NONE ? NONE : heads[larger];
  }

  private int occupiedFrom(int sizeClass) {
    int word = sizeClass >>> 6;
    if (word >= occupied.length) {
      return NONE;
    }
    long bits = occupied[word] & -1L << sizeClass;
    while (bits == 0) {
      if (++word == occupied.length) {
        return NONE;
      }
      bits = occupied[word];
    }
    return (word << 6) + Long.numberOfTrailingZeros(bits);
  }

  private static int sizeClass(int length) {
    if (length < EXACT) {
      return length;
    }
    int log2 = 31 - Integer.numberOfLeadingZeros(length);
    int step = length >>> log2 - STEPS_LOG2 & (1 << STEPS_LOG2) - 1;
    return EXACT + (log2 - EXACT_LOG2 << STEPS_LOG2) + step;
  }

  private void insert(int start, int length) {
    int row = newRow();
    int sizeClass = sizeClass(length);
    starts[row] = start;
    lengths[row] = length;
    previous[row] = NONE;
    next[row] = heads[sizeClass];
    if (next[row] != NONE) {
      previous[next[row]] = row;
    }
    heads[sizeClass] = row;
    occupied[sizeClass >>> 6] |= 1L << sizeClass;
    byStart.put(start, row);
    byEnd.put(start + length, row);
    total += length;
  }

  private void remove(int row) {
    int sizeClass = sizeClass(lengths[row]);
    if (next[row] != NONE) {
      previous[next[row]] = previous[row];
    }
    if (previous[row] != NONE) {
      next[previous[row]] = next[row];
    } else {
      heads[sizeClass] = next[row];
      if (next[row] == NONE) {
        occupied[sizeClass >>> 6] &= ~(1L << sizeClass);
      }
    }
    byStart.remove(starts[row]);
    byEnd.remove(starts[row] + lengths[row]);
    total -= lengths[row];
    next[row] = freeRow;
    freeRow = row;
  }

  private int newRow() {
    if (freeRow != NONE) {
      int row = freeRow;
      freeRow = next[row];
      return row;
    }
    if (rows == starts.length) {
      int capacity = rows * 2;
      starts = Arrays.copyOf(starts, capacity);
      lengths = Arrays.copyOf(lengths, capacity);
      next = Arrays.copyOf(next, capacity);
      previous = Arrays.copyOf(previous, capacity);
    }
    return rows++;
  }
}
