package dev.linkd.mapped;

import java.util.Arrays;

/**
 * Ranges of the file that changed since they were last cleared: sorted, disjoint, and joined when
 * they are close, because writing a few clean bytes is cheaper than another system call. When there
 * are very many, ranges that are farther apart are joined too, so that the memory is bounded.
 */
public final class DirtyRanges {

  /** Ranges with at most this many clean bytes between them become one. */
  static final int JOIN_BYTES = 64;

  static final int COUNT_MAX = 16 * 1024;

  private long[] from = new long[64];
  private long[] to = new long[64];
  private int count;
  private boolean sorted = true;

  /** How many ranges, from the first on, were in order when all were put in order last. */
  private int ordered;

  DirtyRanges() {}

  void add(long start, long end) {
    if (start >= end) {
      return;
    }
    int last = count - 1;
    if (last >= 0 && start <= to[last] + JOIN_BYTES && end + JOIN_BYTES >= from[last]) {
      sorted &= start >= from[last];
      from[last] = Math.min(from[last], start);
      to[last] = Math.max(to[last], end);
      return;
    }
    if (covered(start, end)) {
      return;
    }
    if (count == COUNT_MAX) {
      reduce();
    } else if (count == from.length) {
      from = Arrays.copyOf(from, count * 2);
      to = Arrays.copyOf(to, count * 2);
    }
    sorted &= count == 0 || start > to[count - 1];
    from[count] = start;
    to[count++] = end;
  }

  /**
   * Whether a range that was put in order contains another. Ranges that were joined from very many
   * contain most of what is added later, which would be sorted again and again.
   */
  private boolean covered(long start, long end) {
    int low = 0;
    int high = ordered;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (from[middle] <= start) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low > 0 && from[low - 1] <= start && end <= to[low - 1];
  }

  /** Number of ranges. The indexes of the other methods are valid until the next change. */
  public int count() {
    normalise(JOIN_BYTES);
    return count;
  }

  /** Number of ranges before they are put in order. */
  int unordered() {
    return count;
  }

  /** First byte of a range. */
  public long from(int range) {
    return from[range];
  }

  /** End of a range. */
  public long to(int range) {
    return to[range];
  }

  /** Bytes in all ranges. */
  public long bytes() {
    normalise(JOIN_BYTES);
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += to[i] - from[i];
    }
    return sum;
  }

  public boolean isEmpty() {
    return count == 0;
  }

  public void clear() {
    count = 0;
    ordered = 0;
    sorted = true;
  }

  /** Forgets what is behind the end of the file. */
  void truncate(long size) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (from[i] < size) {
        from[kept] = from[i];
        to[kept++] = Math.min(to[i], size);
      }
    }
    count = kept;
    ordered = 0;
  }

  /** Joins ranges over growing distances until half of the space is free. */
  private void reduce() {
    long distance = JOIN_BYTES;
    normalise(distance);
    while (count > COUNT_MAX / 2) {
      distance *= 4;
      join(distance);
    }
  }

  private void normalise(long distance) {
    if (!sorted) {
      sort();
      join(distance);
      sorted = true;
    }
  }

  private void join(long distance) {
    int kept = 0;
    for (int i = 1; i < count; i++) {
      if (from[i] <= to[kept] + distance) {
        to[kept] = Math.max(to[kept], to[i]);
      } else {
        kept++;
        from[kept] = from[i];
        to[kept] = to[i];
      }
    }
    count = Math.min(count, kept + 1);
    ordered = count;
  }

  /** Heap sort by start: in place, and never quadratic. */
  private void sort() {
    for (int root = count / 2 - 1; root >= 0; root--) {
      sift(root, count);
    }
    for (int end = count - 1; end > 0; end--) {
      swap(0, end);
      sift(0, end);
    }
  }

  private void sift(int start, int end) {
    int root = start;
    while (2 * root + 1 < end) {
      int child = 2 * root + 1;
      if (child + 1 < end && from[child] < from[child + 1]) {
        child++;
      }
      if (from[root] >= from[child]) {
        return;
      }
      swap(root, child);
      root = child;
    }
  }

  private void swap(int a, int b) {
    long start = from[a];
    from[a] = from[b];
    from[b] = start;
    long end = to[a];
    to[a] = to[b];
    to[b] = end;
  }
}
