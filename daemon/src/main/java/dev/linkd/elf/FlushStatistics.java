package dev.linkd.elf;

import dev.linkd.output.FlushResult.Rows;
import dev.linkd.output.FlushResult.Statistics;
import dev.linkd.publish.AtomChanges;
import dev.linkd.publish.AtomChanges.Kind;
import dev.linkd.publish.PublishResult;

/** Collects what a flush has done. */
final class FlushStatistics {

  private FlushStatistics() {}

  /** The work of a flush that published nothing. */
  static Statistics of(LinkState state, long applyNanos, long settleNanos) {
    return new Statistics(
        state.atomsAdded,
        state.atomsChanged,
        state.atomsMoved,
        state.atomsRemoved,
        state.work.relocationsApplied,
        Rows.of(state.work),
        0,
        0,
        0,
        applyNanos,
        settleNanos,
        0);
  }

  /** The work of a flush that published a generation; its record counts the atoms. */
  static Statistics published(
      LinkState state,
      AtomChanges atoms,
      long applyNanos,
      long settleNanos,
      PublishResult published,
      long publishNanos) {
    return new Statistics(
        atoms.count(Kind.ADDED),
        atoms.count(Kind.CHANGED),
        atoms.count(Kind.MOVED),
        atoms.count(Kind.REMOVED),
        state.work.relocationsApplied,
        Rows.of(state.work),
        published.bytesWritten(),
        published.ranges(),
        published.systemCalls(),
        applyNanos,
        settleNanos,
        publishNanos);
  }
}
