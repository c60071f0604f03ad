package dev.linkd.elf;

import dev.linkd.output.FlushResult.Statistics;
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

  /** The same with the publish. */
  static Statistics published(Statistics work, PublishResult published, long publishNanos) {
    return new Statistics(
        work.atomsAdded(),
        work.atomsChanged(),
        work.atomsMoved(),
        work.atomsRemoved(),
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
