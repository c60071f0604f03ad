package dev.linkd.table;

/**
 * Numbering of sizes into bins for segregated free lists. Sizes below 16 have a bin each; above, a
 * power of two is divided into 8 bins, so that sizes in one bin differ by at most an eighth.
 */
public final class SizeBins {

  private static final int SUB_LOG2 = 3;
  private static final int EXACT = 2 << SUB_LOG2;

  /** Number of bins for sizes up to {@link Long#MAX_VALUE}. */
  public static final int COUNT = of(Long.MAX_VALUE) + 1;

  private SizeBins() {}

  /** Bin of a size; monotonic. */
  public static int of(long size) {
    if (size < EXACT) {
      return (int) size;
    }
    int log2 = 63 - Long.numberOfLeadingZeros(size);
    int sub = (int) (size >>> (log2 - SUB_LOG2)) & ((1 << SUB_LOG2) - 1);
    return (log2 - SUB_LOG2) * (1 << SUB_LOG2) + (1 << SUB_LOG2) + sub;
  }
}
