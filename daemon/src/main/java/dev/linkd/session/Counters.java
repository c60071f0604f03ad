package dev.linkd.session;

import java.util.concurrent.atomic.LongAdder;

/** What the daemon did since its start. Thread-safe. */
public final class Counters {
  private final LongAdder updates = new LongAdder();
  private final LongAdder rejections = new LongAdder();
  private final LongAdder flushes = new LongAdder();
  private final LongAdder failedFlushes = new LongAdder();
  private final LongAdder links = new LongAdder();
  private final LongAdder streams = new LongAdder();

  void updates(int count) {
    updates.add(count);
  }

  void rejections(int count) {
    rejections.add(count);
  }

  void flushed(boolean ok) {
    flushes.increment();
    if (!ok) {
      failedFlushes.increment();
    }
  }

  void links(int count) {
    links.add(count);
  }

  void streams(int count) {
    streams.add(count);
  }

  public long updates() {
    return updates.sum();
  }

  public long rejections() {
    return rejections.sum();
  }

  public long flushes() {
    return flushes.sum();
  }

  public long failedFlushes() {
    return failedFlushes.sum();
  }

  public long links() {
    return links.sum();
  }

  /** Update streams since the start. */
  public long streams() {
    return streams.sum();
  }
}
