package dev.linkd.table;

/** One bit per row that says whether the row is in use. Rows never touched are not in use. */
final class LiveBits implements AutoCloseable {
  private final Region region;
  private final Memory bits;

  LiveBits(String name, int maxRows) {
    region = new Region(name + " (live bits)", ((long) maxRows + 63) / 64 * Long.BYTES);
    bits = region.memory();
  }

  /** Makes rows below {@code rows} addressable. */
  void ensure(long rows) {
    region.ensure((rows + 63) / 64 * Long.BYTES);
  }

  boolean get(int row) {
    long at = word(row);
    return row >= 0 && at < region.committed() && (bits.getLong(at) >>> row & 1) != 0;
  }

  void set(int first, int rows) {
    long end = (long) first + rows;
    for (long row = first; row < end; row = (row | 63) + 1) {
      long at = word(row);
      bits.setLong(at, bits.getLong(at) | mask(row, end));
    }
  }

  void clear(int first, int rows) {
    long end = (long) first + rows;
    for (long row = first; row < end; row = (row | 63) + 1) {
      long at = word(row);
      bits.setLong(at, bits.getLong(at) & ~mask(row, end));
    }
  }

  /** Whether every row of the run is in use. */
  boolean all(int first, int rows) {
    long end = (long) first + rows;
    if (first < 0 || word(end - 1) >= region.committed()) {
      return false;
    }
    for (long row = first; row < end; row = (row | 63) + 1) {
      long mask = mask(row, end);
      if ((bits.getLong(word(row)) & mask) != mask) {
        return false;
      }
    }
    return true;
  }

  long bytes() {
    return region.committed();
  }

  @Override
  public void close() {
    region.close();
  }

  private static long word(long row) {
    return (row >>> 6) * Long.BYTES;
  }

  /** Bits of rows {@code row..end-1} that are in the word of {@code row}. */
  private static long mask(long row, long end) {
    long rowsInWord = Math.min(end, (row | 63) + 1) - row;
    return -1L >>> (64 - rowsInWord) << row;
  }
}
