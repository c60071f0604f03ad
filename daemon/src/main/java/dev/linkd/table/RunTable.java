package dev.linkd.table;

/**
 * Rows of a fixed size that are used in contiguous runs, such as the relocations of an atom. A run
 * keeps its place until it is freed; the space of freed runs is reused, joined and given back. A
 * subclass owns the meaning of the bytes. For one thread at a time.
 */
public abstract class RunTable implements AutoCloseable {

  private final RunAllocator runs;
  private final int rowBytes;

  /** The bytes of the rows. */
  protected final Memory rows;

  /**
   * Reserves address space for the table.
   *
   * @param rowBytes size of a row, a multiple of 4 and at least 16
   * @param maxRows the limit of the table
   */
  protected RunTable(String name, int rowBytes, int maxRows) {
    this(new RunAllocator(name, rowBytes, maxRows), name, rowBytes);
  }

  /** A table that owns its allocator from now on. */
  RunTable(RunAllocator runs, String name, int rowBytes) {
    if (rowBytes % Integer.BYTES != 0) {
      throw new IllegalArgumentException(name + ": rows of " + rowBytes);
    }
    this.rowBytes = rowBytes;
    this.runs = runs;
    this.rows = runs.region().memory();
  }

  /** Offset of a row in {@link #rows}. */
  protected final long at(int row) {
    return (long) row * rowBytes;
  }

  /**
   * Takes a run of at least one row into use.
   *
   * @return its first row; all bytes are zero
   * @throws TableFullException at the limit; nothing is changed then
   */
  public int allocateRun(int length) {
    int peak = runs.peak();
    int first = runs.allocate(length);
    zero(first, first + length, peak);
    return first;
  }

  /** Gives a run back, or any part of one. */
  public void freeRun(int first, int length) {
    runs.free(first, length);
  }

  /**
   * Changes the length of a run in place; both lengths are at least 1. Rows that are added are
   * zero.
   *
   * @return false, with nothing changed, if there is no room behind the run
   */
  public boolean resizeRun(int first, int oldLength, int newLength) {
    int peak = runs.peak();
    if (!runs.resize(first, oldLength, newLength)) {
      return false;
    }
    zero(first + oldLength, first + newLength, peak);
    return true;
  }

  /** Number of rows in use. */
  public int size() {
    return runs.size();
  }

  /** One more than the highest row in use. */
  public int highWater() {
    return runs.highWater();
  }

  public boolean live(int row) {
    return runs.live(row);
  }

  /** Bytes of committed memory. */
  public long bytes() {
    return runs.bytes();
  }

  @Override
  public void close() {
    runs.close();
  }

  /** Clears the rows that were ever in use; writing to the others would only be a first touch. */
  private void zero(int from, int to, int peak) {
    int end = Math.min(to, peak);
    if (from < end) {
      rows.clear(at(from), at(end) - at(from));
    }
  }
}
