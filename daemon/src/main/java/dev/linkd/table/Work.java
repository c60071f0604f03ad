package dev.linkd.table;

/**
 * Counters of work done by the engine for one output. They prove that the cost of an update follows
 * its size: tests compare them between small and large programs.
 */
public final class Work {
  /** Table rows read or written, all tables together. */
  public long rowsVisited;

  /** Bytes of the image that were written, moved or filled. */
  public long bytesWritten;

  /** Relocations computed and written. */
  public long relocationsApplied;

  public void clear() {
    rowsVisited = 0;
    bytesWritten = 0;
    relocationsApplied = 0;
  }
}
