package dev.linkd.table;

/**
 * Allocator of contiguous runs of rows. Free runs are kept inside the rows themselves (boundary
 * tags): the first row holds the length and the links of its bin, the last row holds the length
 * again, so that a run that is freed finds its free neighbours without a search. Segregated lists
 * give a near-best fit. Two free runs are never adjacent, and the table never ends with one.
 *
 * <pre>
 * free run:  first row  0 length | 4 next in bin | 8 previous in bin
 *            last row  12 length
 * </pre>
 */
final class RunAllocator implements AutoCloseable {

  static final int NONE = -1;

  /** Least size of a row: the tags of a free run of one row must fit. */
  static final int ROW_BYTES_MIN = 16;

  private static final int LENGTH = 0;
  private static final int NEXT = 4;
  private static final int PREVIOUS = 8;
  private static final int LAST_LENGTH = 12;

  /** Free runs of the request's own bin that are looked at; runs of higher bins fit always. */
  private static final int SCAN_MAX = 8;

  /** Memory is given back in aligned blocks of this size that are entirely free. */
  private static final long DISCARD_BYTES = 64 * 1024;

  private final String name;
  private final int rowBytes;
  private final int maxRows;
  private final Region region;
  private final LiveBits liveBits;
  private final Bins bins = new Bins();
  private final Memory rows;
  private int highWater;
  private int size;

  /** The highest value of {@link #highWater}. */
  private int peak;

  RunAllocator(String name, int rowBytes, int maxRows) {
    this(name, rowBytes, maxRows, Populator.DAEMON);
  }

  /**
   * Reserves address space.
   *
   * @param populator populates the memory ahead of the owner
   */
  RunAllocator(String name, int rowBytes, int maxRows, Populator populator) {
    if (rowBytes < ROW_BYTES_MIN || maxRows <= 0) {
      throw new IllegalArgumentException(name + ": " + maxRows + " rows of " + rowBytes);
    }
    this.name = name;
    this.rowBytes = rowBytes;
    this.maxRows = maxRows;
    this.region = new Region(name, (long) rowBytes * maxRows, populator);
    this.liveBits = new LiveBits(name, maxRows);
    this.rows = region.memory();
  }

  Region region() {
    return region;
  }

  int size() {
    return size;
  }

  int highWater() {
    return highWater;
  }

  /** One more than the highest row ever in use: all beyond is zero, as nobody wrote there. */
  int peak() {
    return peak;
  }

  boolean live(int row) {
    return liveBits.get(row);
  }

  long bytes() {
    return region.committed() + liveBits.bytes();
  }

  int allocate(int length) {
    requireLength(length);
    int first = takeFit(length);
    if (first == NONE) {
      first = highWater;
      growTop(length);
    }
    liveBits.set(first, length);
    size += length;
    return first;
  }

  void free(int first, int length) {
    requireLength(length);
    requireLive(first, length);
    liveBits.clear(first, length);
    size -= length;
    release(first, length);
  }

  /** Changes the length of a run without moving it; false, and nothing changed, if it cannot. */
  boolean resize(int first, int oldLength, int newLength) {
    requireLength(oldLength);
    requireLength(newLength);
    requireLive(first, oldLength);
    int end = first + oldLength;
    if (newLength < oldLength) {
      liveBits.clear(first + newLength, oldLength - newLength);
      release(first + newLength, oldLength - newLength);
    } else if (newLength > oldLength) {
      int more = newLength - oldLength;
      if (end == highWater) {
        if (more > maxRows - highWater) {
          return false;
        }
        growTop(more);
      } else if (!liveBits.get(end) && rows.getInt(at(end) + LENGTH) >= more) {
        take(end, more);
      } else {
        return false;
      }
      liveBits.set(end, more);
    }
    size += newLength - oldLength;
    return true;
  }

  @Override
  public void close() {
    region.close();
    liveBits.close();
  }

  private long at(int row) {
    return (long) row * rowBytes;
  }

  private void requireLength(int length) {
    if (length <= 0) {
      throw new IllegalArgumentException(name + ": run of " + length + " rows");
    }
  }

  private void requireLive(int first, int length) {
    if (!liveBits.all(first, length)) {
      throw new IllegalStateException(name + ": " + length + " rows at " + first + " not in use");
    }
  }

  private void growTop(int length) {
    if (length > maxRows - highWater) {
      throw new TableFullException(name, maxRows, "rows");
    }
    long rowsNeeded = (long) highWater + length;
    liveBits.ensure(rowsNeeded);
    region.ensure(rowsNeeded * rowBytes);
    highWater += length;
    peak = Math.max(peak, highWater);
  }

  /** Takes rows from the best free run that is found within bounds, or returns NONE. */
  private int takeFit(int length) {
    int bin = SizeBins.of(length);
    int best = NONE;
    int bestLength = Integer.MAX_VALUE;
    int scanned = 0;
    for (int run = bins.head(bin);
        run != NONE && scanned < SCAN_MAX && bestLength != length;
        run = rows.getInt(at(run) + NEXT), scanned++) {
      int runLength = rows.getInt(at(run) + LENGTH);
      if (runLength >= length && runLength < bestLength) {
        best = run;
        bestLength = runLength;
      }
    }
    if (best == NONE) {
      int higher = bins.nextOccupied(bin + 1);
      if (higher == NONE) {
        return NONE;
      }
      best = bins.head(higher);
    }
    take(best, length);
    return best;
  }

  /** Takes the first rows of a free run; the rest stays free. */
  private void take(int run, int length) {
    int runLength = rows.getInt(at(run) + LENGTH);
    unlink(run, runLength);
    if (runLength > length) {
      link(run + length, runLength - length);
    }
  }

  /** Makes rows free that are not live any more, joined with their free neighbours. */
  private void release(int first, int length) {
    int start = first;
    int end = first + length;
    if (start > 0 && !liveBits.get(start - 1)) {
      int before = rows.getInt(at(start - 1) + LAST_LENGTH);
      start -= before;
      unlink(start, before);
    }
    if (end == highWater) {
      highWater = start;
      discard(at(start), at(first), at(end), region.committed());
      return;
    }
    if (!liveBits.get(end)) {
      int after = rows.getInt(at(end) + LENGTH);
      unlink(end, after);
      end += after;
    }
    link(start, end - start);
    discard(at(start) + rowBytes, at(first), at(first + length), at(end) - rowBytes);
  }

  /**
   * Gives back the blocks that became entirely free, that is, those that the range just freed
   * touches and that lie between {@code low} and {@code high}.
   */
  private void discard(long low, long freedFrom, long freedTo, long high) {
    long from = freedFrom / DISCARD_BYTES * DISCARD_BYTES;
    if (from < low) {
      from += DISCARD_BYTES;
    }
    long to = Math.min(freedTo + DISCARD_BYTES - 1, high) / DISCARD_BYTES * DISCARD_BYTES;
    if (low <= from && from < to) {
      region.discard(from, to);
    }
  }

  private void link(int run, int length) {
    int bin = SizeBins.of(length);
    int head = bins.head(bin);
    long at = at(run);
    rows.setInt(at + LENGTH, length);
    rows.setInt(at + NEXT, head);
    rows.setInt(at + PREVIOUS, NONE);
    rows.setInt(at(run + length - 1) + LAST_LENGTH, length);
    if (head != NONE) {
      rows.setInt(at(head) + PREVIOUS, run);
    }
    bins.setHead(bin, run);
  }

  private void unlink(int run, int length) {
    long at = at(run);
    int next = rows.getInt(at + NEXT);
    int previous = rows.getInt(at + PREVIOUS);
    if (previous == NONE) {
      bins.setHead(SizeBins.of(length), next);
    } else {
      rows.setInt(at(previous) + NEXT, next);
    }
    if (next != NONE) {
      rows.setInt(at(next) + PREVIOUS, previous);
    }
  }
}
