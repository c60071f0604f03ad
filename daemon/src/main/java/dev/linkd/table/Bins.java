package dev.linkd.table;

import java.util.Arrays;

/**
 * Heads of one free list per size bin, with a bitmap of the bins that are not empty. The lists
 * themselves are linked through the rows of their owner.
 */
public final class Bins {

  /** The head of an empty list. */
  public static final int NONE = -1;

  private final int[] heads = new int[SizeBins.COUNT];
  private final long[] occupied = new long[(SizeBins.COUNT + 63) / 64];

  public Bins() {
    Arrays.fill(heads, NONE);
  }

  public int head(int bin) {
    return heads[bin];
  }

  public void setHead(int bin, int head) {
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
}
