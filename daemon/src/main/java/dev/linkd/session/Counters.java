package dev.linkd.session;

import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;

/** What the daemon did since its start. Thread-safe. */
public final class Counters {
  private static final long NONE = -1;

  private final LongAdder updates = new LongAdder();
  private final LongAdder rejections = new LongAdder();
  private final LongAdder flushes = new LongAdder();
  private final LongAdder failedFlushes = new LongAdder();
  private final LongAdder links = new LongAdder();
  private final LongAdder streams = new LongAdder();
  private volatile long lastLinkNanos = NONE;

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

  /** An invocation was answered to its end. */
  void linked(long nanos) {
    lastLinkNanos = nanos;
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

  /** How long the invocation that ended last was in the daemon; see {@link LinkTimes}. */
  public OptionalLong lastLinkNanos() {
    long nanos = lastLinkNanos;
    return nanos == NONE ? OptionalLong.empty() : OptionalLong.of(nanos);
  }

  /** Update streams since the start. */
  public long streams() {
    return streams.sum();
  }
}
