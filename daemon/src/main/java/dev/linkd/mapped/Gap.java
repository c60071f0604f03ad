package dev.linkd.mapped;

/** Arithmetic of gaps between siblings. Offsets are below {@link MappedFile#MAX_BYTES}. */
final class Gap {

  /** No place was found. */
  static final long NOWHERE = -1;

  private Gap() {}

  static long alignUp(long offset, int alignment) {
    long mask = (1L << alignment) - 1;
    return (offset + mask) & ~mask;
  }

  static boolean aligned(long offset, int alignment) {
    return (offset & (1L << alignment) - 1) == 0;
  }

  /** Whether a gap of this length can be filled. */
  static boolean valid(long length, int minGap) {
    return length == 0 || length >= minGap;
  }

  /** First aligned offset from {@code start} on that leaves a valid gap behind {@code end}. */
  static long after(long end, long start, int alignment, int minGap) {
    long offset = alignUp(start, alignment);
    return valid(offset - end, minGap) ? offset : alignUp(end + minGap, alignment);
  }

  /**
   * Place for a child in the gap {@code from..to}.
   *
   * @param start where the part begins that may be used; the rest is slack of the child before
   * @param slack room wanted behind the child
   * @return the offset, or {@link #NOWHERE}
   */
  static long place(
      long from, long start, long to, long size, long slack, int alignment, int minGap) {
    long offset = after(from, start, alignment, minGap);
    if (to - offset < size + slack) {
      return NOWHERE;
    }
    if (valid(to - offset - size, minGap)) {
      return offset;
    }
    long flush = to - size;
    return aligned(flush, alignment) && valid(flush - from, minGap) ? flush : NOWHERE;
  }

  /** End of a container whose last child ends at {@code extent}: not before {@code size}. */
  static long container(long extent, long size, int minGap) {
    if (extent >= size) {
      return extent;
    }
    return valid(size - extent, minGap) ? size : extent + minGap;
  }
}
