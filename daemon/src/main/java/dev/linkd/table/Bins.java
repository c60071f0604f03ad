package dev.linkd.table;

import java.util.Arrays;

/**
 * Heads of one free list per size bin, with a bitmap of the bins that are not empty. The lists
 * themselves are linked through the rows of their owner.
 */
public final class Bins {

  /** The head of an empty list. */
  public static final int NONE = -1;

  /** A piece of the heads that is added at once; most lists are of small sizes. */
  private static final int STEP = 64;

  private static final int[] NO_HEADS = {};

  /** As long as the highest bin that ever had a list needs. */
  private int[] heads = NO_HEADS;

  private final long[] occupied = new long[(SizeBins.COUNT + 63) / 64];

  public int head(int bin) {
    return bin < heads.length ? heads[bin] : NONE;
  }

  public void setHead(int bin, int head) {
    if (bin >= heads.length) {
      grow(bin);
    }
    heads[bin] = head;
    if (head == NONE) {
      occupied[bin >>> 6] &= ~(1L << bin);
    } else {
      occupied[bin >>> 6] |= 1L << bin;
    }
  }

  /** The first bin from {@code bin} on whose list is not empty, or {@link #NONE}. */
  public int nextOccupied(int bin) {
    int word = bin >>> 6;
    if (word >= occupied.length) {
      return NONE;
    }
    long bits = occupied[word] & (-1L << bin);
    while (bits == 0) {
      if (++word == occupied.length) {
        return NONE;
      }
      bits = occupied[word];
    }
    return (word << 6) + Long.numberOfTrailingZeros(bits);
  }

  /** Bytes of the heads. */
  long bytes() {
    return (long) heads.length * Integer.BYTES;
  }

  private void grow(int bin) {
    int before = heads.length;
    heads = Arrays.copyOf(heads, Math.min(SizeBins.COUNT, (bin / STEP + 1) * STEP));
    Arrays.fill(heads, before, heads.length, NONE);
  }
}
