package dev.linkd.table;

/** A table reached its limit. Nothing was changed by the operation that failed. */
public final class TableFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String table;
  private final long limit;

  public TableFullException(String table, long limit, String unit) {
    super(table + " is full: its limit is " + limit + " " + unit);
    this.table = table;
    this.limit = limit;
  }

  /** The kernel gave no more memory although the limit of the table is not reached. */
  TableFullException(String table, long limit, Throwable cause) {
    super(table + " cannot grow below its limit of " + limit + " bytes", cause);
    this.table = table;
    this.limit = limit;
  }

  public String table() {
    return table;
  }

  /** The limit, in rows or bytes as the message says. */
  public long limit() {
    return limit;
  }
}
