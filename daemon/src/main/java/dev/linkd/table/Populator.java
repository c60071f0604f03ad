package dev.linkd.table;

import dev.linkd.os.VirtualMemory;
import dev.linkd.table.PopulatedPart.Slice;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Has the kernel clear memory before the owner of a {@link Region} writes there: in the first link
 * of a large program that was a seventh of the time of the one thread that everything waits for.
 * One thread does it for all regions, a slice for each in turn. It starts when there is something
 * to do and ends when there was nothing for a while.
 *
 * <p>All of this is advice. Where the kernel does not know it, or there is no thread or no memory
 * to be had, the owner touches its pages itself.
 */
final class Populator {
  private static final long IDLE_MILLIS = 10_000;
  private static final ThreadFactory THREADS =
      Thread.ofPlatform().name("populate").daemon(true).factory();

  /** {@link VirtualMemory#populate}, or what a test has in its place. */
  @FunctionalInterface
  interface Call {
    boolean populate(MemorySegment reservation, long from, long to);
  }

  /** The one of all regions that grow in use. */
  static final Populator DAEMON =
      new Populator(
          VirtualMemory.populates() ? VirtualMemory::populate : null, THREADS, IDLE_MILLIS);

  /** For a region that must not be populated. */
  static final Populator NONE = new Populator(null, THREADS, IDLE_MILLIS);

  private final Deque<PopulatedPart> queue = new ArrayDeque<>();
  private final ThreadFactory threads;
  private final long idleMillis;
  private volatile @Nullable Call call;
  private @Nullable Thread thread;

  /**
   * @param call populates a range, or null if nothing can
   * @param idleMillis how long the thread waits for something to do before it ends
   */
  Populator(@Nullable Call call, ThreadFactory threads, long idleMillis) {
    this.call = call;
    this.threads = threads;
    this.idleMillis = idleMillis;
  }

  /** Whether it is of use to ask for anything. */
  boolean enabled() {
    return call != null;
  }

  /** Asks for what is left of a part, and for more up to {@code stop}, but not for what is used. */
  synchronized void add(PopulatedPart part, long used, long stop) {
    Call populate = call;
    if (populate == null || !part.extend(used, stop)) {
      return;
    }
    queue.add(part);
    if (thread != null) {
      notifyAll();
      return;
    }
    try {
      Thread fresh = threads.newThread(() -> live(populate));
      fresh.start();
      thread = fresh;
    } catch (OutOfMemoryError e) {
      // There is no room for another thread; those who ask have the memory all the same.
      disable();
    }
  }

  /** Forgets what is left of a part. */
  synchronized void cancel(PopulatedPart part) {
    part.cancel();
  }

  private void live(Call populate) {
    boolean idle = false;
    try {
      for (Slice slice = take(); slice != null; slice = take()) {
        if (!slice.populate(populate)) {
          cancel(slice.part());
        }
      }
      idle = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!idle) {
        disable();
      }
    }
  }

  /** The next slice, or null when the thread ends because there was nothing for long. */
  private synchronized @Nullable Slice take() throws InterruptedException {
    while (true) {
      if (queue.isEmpty()) {
        wait(idleMillis);
      }
      PopulatedPart part = queue.poll();
      if (part == null) {
        thread = null;
        return null;
      }
      Slice slice = part.poll();
      if (slice != null) {
        queue.add(part);
        return slice;
      }
    }
  }

  private synchronized void disable() {
    call = null;
    queue.clear();
  }
}
