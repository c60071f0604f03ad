package dev.linkd.elf;

import dev.linkd.output.FlushResult.Statistics;
import dev.linkd.publish.AtomChanges;
import dev.linkd.publish.AtomChanges.Kind;
import dev.linkd.publish.PublishResult;

/** Collects what a flush has done. */
final class FlushStatistics {

  private FlushStatistics() {}

  /** The work before the publish. */
  static Statistics of(LinkState state, long applyNanos, long settleNanos) {
    return new Statistics(
        state.atomsAdded,
        state.atomsChanged,
        state.atomsMoved,
        state.atomsRemoved,
        state.work.relocationsApplied,
        state.work.rowsVisited,
        0,
        0,
        0,
        applyNanos,
        settleNanos,
        0);
  }

  /** The same with the publish, and with the atoms as its change record counts them. */
  static Statistics published(
      Statistics work, AtomChanges atoms, PublishResult published, long publishNanos) {
    return new Statistics(
        atoms.count(Kind.ADDED),
        atoms.count(Kind.CHANGED),
        atoms.count(Kind.MOVED),
        atoms.count(Kind.REMOVED),
        work.relocationsApplied(),
        work.rowsVisited(),
        published.bytesWritten(),
        published.ranges(),
        published.systemCalls(),
        work.applyNanos(),
        work.settleNanos(),
        publishNanos);
  }
}
