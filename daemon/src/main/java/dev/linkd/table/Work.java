package dev.linkd.table;

/**
 * Counters of work done by the engine for one output. They prove that the cost of an update follows
 * its size: tests compare them between small and large programs. The first group counts table rows
 * read or written.
 */
public final class Work {
  /** Nodes of the layout tree. */
  public long nodes;

  /** Holes between nodes that were taken, given or looked at. */
  public long holes;

  public long atoms;
  public long symbols;
  public long definitions;
  public long relocations;

  /** Entries of GOT, PLT and the tables of dynamic relocations. */
  public long slots;

  /** Entries of the search table of unwind records. */
  public long unwindEntries;

  /** Bytes of the image that were written, moved or filled. */
  public long bytesWritten;

  /** Relocations computed and written. */
  public long relocationsApplied;

  /** Table rows read or written, all tables together. */
  public long rowsVisited() {
    return nodes + holes + atoms + symbols + definitions + relocations + slots + unwindEntries;
  }

  public void clear() {
    nodes = 0;
    holes = 0;
    atoms = 0;
    symbols = 0;
    definitions = 0;
    relocations = 0;
    slots = 0;
    unwindEntries = 0;
    bytesWritten = 0;
    relocationsApplied = 0;
  }
}
