package dev.linkd.mapped;

/** A container cannot grow as far as needed. Nothing was changed by the operation that failed. */
public final class WindowFullException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int container;
  private final long needed;
  private final long limit;

  WindowFullException(int container, long needed, long limit) {
    super("container " + container + " needs " + needed + " bytes, its limit is " + limit);
    this.container = container;
    this.needed = needed;
    this.limit = limit;
  }

  /** The node whose limit is reached; it may be an ancestor of the one that was changed. */
  public int container() {
    return container;
  }

  /** The least size in bytes that the container would need. */
  public long needed() {
    return needed;
  }

  public long limit() {
    return limit;
  }
}
