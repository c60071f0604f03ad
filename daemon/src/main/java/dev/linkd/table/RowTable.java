package dev.linkd.table;

/**
 * Rows of a fixed size, numbered from 0. A row keeps its number until it is freed; freed rows are
 * reused, the last one first. A subclass owns the meaning of the bytes and is the only one that
 * knows their offsets. For one thread at a time.
 */
public abstract class RowTable implements AutoCloseable {

  /** The row number that means no row. */
  public static final int NONE = -1;

  private final String name;
  private final int rowBytes;
  private final int maxRows;
  private final Region region;
  private final LiveBits liveBits;

  /** The bytes of the rows. */
  protected final Memory rows;

  private int highWater;
  private int size;

  /** First row of the free list, which is linked through the first four bytes of each row. */
  private int firstFree = NONE;

  /**
   * Reserves address space for the table.
   *
   * @param rowBytes size of a row, at least 4
   * @param maxRows the limit of the table
   */
  protected RowTable(String name, int rowBytes, int maxRows) {
    if (rowBytes < Integer.BYTES || maxRows <= 0) {
      throw new IllegalArgumentException(name + ": " + maxRows + " rows of " + rowBytes);
    }
    this.name = name;
    this.rowBytes = rowBytes;
    this.maxRows = maxRows;
    this.region = new Region(name, (long) rowBytes * maxRows);
    this.liveBits = new LiveBits(name, maxRows);
    this.rows = region.memory();
  }

  /** Offset of a row in {@link #rows}. */
  protected final long at(int row) {
    return (long) row * rowBytes;
  }

  /**
   * Takes a row into use.
   *
   * @return its number; all its bytes are zero
   * @throws TableFullException at the limit; nothing is changed then
   */
  public int allocate() {
    int row = firstFree;
    if (row != NONE) {
      firstFree = rows.getInt(at(row));
      rows.clear(at(row), rowBytes);
    } else {
      if (highWater == maxRows) {
        throw new TableFullException(name, maxRows, "rows");
      }
      liveBits.ensure(highWater + 1L);
      region.ensure(at(highWater) + rowBytes);
      row = highWater++;
    }
    liveBits.set(row, 1);
    size++;
    return row;
  }

  /** Gives a row back. */
  public void free(int row) {
    requireLive(row);
    liveBits.clear(row, 1);
    rows.setInt(at(row), firstFree);
    firstFree = row;
    size--;
  }

  public boolean live(int row) {
    return liveBits.get(row);
  }

  /** Fails unless the row is in use: a stale number is a broken invariant of the caller. */
  public final void requireLive(int row) {
    if (!liveBits.get(row)) {
      throw new IllegalStateException(name + ": row " + row + " is not in use");
    }
  }

  /** Number of rows in use. */
  public int size() {
    return size;
  }

  /** One more than the highest row number ever in use; rows below may be free. */
  public int highWater() {
    return highWater;
  }

  /** Bytes of committed memory. */
  public long bytes() {
    return region.committed() + liveBits.bytes();
  }

  @Override
  public void close() {
    region.close();
    liveBits.close();
  }
}
