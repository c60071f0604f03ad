package dev.linkd.table;

/**
 * One int for each row of a table that another class owns, 0 until it is set. For what few steps
 * look at, so that the rows that all steps read stay short. As that of the tables, its memory
 * follows the most rows that there were, because freed rows are used again. For one thread at a
 * time.
 */
public final class IntColumn implements AutoCloseable {
  private final Region region;
  private final Memory values;

  public IntColumn(String name, int maxRows) {
    region = new Region(name, (long) maxRows * Integer.BYTES);
    values = region.memory();
  }

  public int get(int row) {
    long at = at(row);
    return at < values.size() ? values.getInt(at) : 0;
  }

  /**
   * Sets the value of a row.
   *
   * @throws TableFullException at the limit; nothing is changed then
   */
  public void set(int row, int value) {
    long at = at(row);
    region.ensure(at + Integer.BYTES);
    values.setInt(at, value);
  }

  /** Bytes of committed memory. */
  public long bytes() {
    return region.committed();
  }

  @Override
  public void close() {
    region.close();
  }

  private static long at(int row) {
    return (long) row * Integer.BYTES;
  }
}
