package dev.linkd.table;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link Region} that the {@link Populator} backs by memory next. While the owner of
 * the region is in one window, the following one is populated, so that at most two are never used.
 * Windows follow the highest point that the owner reached: memory that it gave back is not
 * populated again.
 *
 * <p>The bounds of the part are guarded by the populator, which holds them for a moment only. A
 * slice is populated under a lock of its own, which the owner takes when it closes the region:
 * until then the range is the region's, and afterwards it is left alone.
 */
final class PopulatedPart {

  /** One huge page: the owner that closes waits for no more than this to be cleared. */
  static final long SLICE_BYTES = Region.HUGE_BYTES;

  private static final long WINDOW_BYTES_MAX = 4 * SLICE_BYTES;

  /** Part of the region that is populated in vain, at most, in halves. */
  private static final int WINDOWS = 32;

  /** Some of a part, which nobody else populates. */
  record Slice(PopulatedPart part, long from, long to) {

    /** Populates it, unless the region is closed; false if the kernel did not. */
    boolean populate(Populator.Call call) {
      return part.populate(this, call);
    }
  }

  private final Populator populator;
  private final MemorySegment reservation;

  /** The end of all windows so far; of the owner. */
  private long end;

  /** The range that is left, and whether it is in the queue; of the populator. */
  private long from;

  private long to;
  private boolean queued;

  private boolean closed;

  PopulatedPart(Populator populator, MemorySegment reservation) {
    this.populator = populator;
    this.reservation = reservation;
  }

  /**
   * Takes notice of the owner's progress and asks for the next window.
   *
   * @param bytes the first ones, which the owner is using
   * @param committed bytes that can be populated
   * @return where the owner should call again
   */
  long passed(long bytes, long committed) {
    long used = Region.hugeEnd(reservation, bytes);
    long start = Math.max(end, used);
    long stop = Math.min(start + window(committed), committed);
    if (start >= stop) {
      return committed;
    }
    populator.add(this, jumped(used) ? end : used, stop);
    end = stop;
    return start;
  }

  /**
   * Whether the owner went on by more than it can have touched yet, as an image does that makes
   * room. A multiple of what was there is rather a hole, of which nothing may ever be used.
   */
  private boolean jumped(long used) {
    long jump = used - end;
    return jump > SLICE_BYTES && jump <= end / 2;
  }

  /** Asks for the upper half; the owner, who fills both halves in order, begins with the lower. */
  void half(long committed) {
    end = committed;
    populator.add(this, Region.hugeEnd(reservation, committed / 2), committed);
  }

  /** Larger ones in larger regions, in whole slices. */
  static long window(long committed) {
    long bytes = committed / WINDOWS / SLICE_BYTES * SLICE_BYTES;
    return Math.clamp(bytes, SLICE_BYTES, WINDOW_BYTES_MAX);
  }

  /**
   * Sets what is left: from there on that was left before, without what the owner passed meanwhile.
   *
   * @return whether the part has to be queued
   */
  boolean extend(long used, long stop) {
    from = Math.max(from, used);
    to = stop;
    boolean idle = !queued;
    queued = true;
    return idle;
  }

  /** Takes a slice from what is left, or null; then the part is not in the queue any more. */
  @Nullable Slice poll() {
    if (from >= to) {
      queued = false;
      return null;
    }
    Slice slice = new Slice(this, from, Math.min(from + SLICE_BYTES, to));
    from = slice.to;
    return slice;
  }

  private synchronized boolean populate(Slice slice, Populator.Call call) {
    return closed || call.populate(reservation, slice.from, slice.to);
  }

  /** Forgets what is left. */
  void cancel() {
    to = 0;
  }

  /** After this nothing is populated any more. */
  void close() {
    populator.cancel(this);
    synchronized (this) {
      closed = true;
    }
  }
}
