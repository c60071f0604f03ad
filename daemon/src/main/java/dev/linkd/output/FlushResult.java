package dev.linkd.output;

import dev.linkd.diag.Diagnostic;
import dev.linkd.table.Work;
import java.util.List;

/**
 * Outcome of a flush.
 *
 * @param published whether a generation was published by this flush; false when nothing changed or
 *     when there are errors
 * @param generation the generation that is published now
 * @param diagnostics errors (then nothing was published) and warnings
 * @param statistics what was done
 */
public record FlushResult(
    boolean published, long generation, List<Diagnostic> diagnostics, Statistics statistics) {

  public FlushResult {
    diagnostics = List.copyOf(diagnostics);
  }

  /** Whether the output is in order: no diagnostic is an error. */
  public boolean ok() {
    for (int i = 0; i < diagnostics.size(); i++) { // every flush asks: neither stream nor iterator
      if (diagnostics.get(i).severity() == Diagnostic.Severity.ERROR) {
        return false;
      }
    }
    return true;
  }

  /**
   * Work since the previous flush. The atoms of a flush that published are those of its change
   * record: what differs from the previous generation, each atom once.
   *
   * @param rows table rows read or written
   * @param bytesWritten bytes handed to the kernel for the output
   * @param ranges dirty file ranges published
   * @param systemCalls system calls of the publish
   * @param applyNanos time in the edits since the previous flush
   * @param settleNanos time for resolution, placement and relocation
   * @param publishNanos time for the publish
   */
  public record Statistics(
      int atomsAdded,
      int atomsChanged,
      int atomsMoved,
      int atomsRemoved,
      long relocationsApplied,
      Rows rows,
      long bytesWritten,
      int ranges,
      int systemCalls,
      long applyNanos,
      long settleNanos,
      long publishNanos) {
    public static final Statistics NOTHING =
        new Statistics(0, 0, 0, 0, 0, Rows.NONE, 0, 0, 0, 0, 0, 0);

    /** Table rows read or written, all tables together. */
    public long rowsVisited() {
      return rows.total();
    }
  }

  /**
   * Table rows read or written, by table. A count that an int cannot hold is its greatest value:
   * that is no update, and each update has one of these.
   *
   * @param nodes of the layout tree
   * @param holes between nodes
   * @param slots of GOT, PLT and the tables of dynamic relocations
   * @param unwindEntries of the search table of unwind records
   */
  public record Rows(
      int nodes,
      int holes,
      int atoms,
      int symbols,
      int definitions,
      int relocations,
      int slots,
      int unwindEntries) {
    public static final Rows NONE = new Rows(0, 0, 0, 0, 0, 0, 0, 0);

    public static Rows of(Work work) {
      return new Rows(
          count(work.nodes),
          count(work.holes),
          count(work.atoms),
          count(work.symbols),
          count(work.definitions),
          count(work.relocations),
          count(work.slots),
          count(work.unwindEntries));
    }

    private static int count(long rows) {
      return (int) Math.min(rows, Integer.MAX_VALUE);
    }

    public long total() {
      return (long) nodes
          + holes
          + atoms
          + symbols
          + definitions
          + relocations
          + slots
          + unwindEntries;
    }
  }
}
