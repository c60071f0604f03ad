package dev.linkd.store;

import dev.linkd.diag.LinkException;
import dev.linkd.object.FileKinds;
import dev.linkd.os.Niceness;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Reads and parses files before anybody needs them, on one thread that is nicer than the compilers.
 * What it read is held until the same file is read again or too many bytes are held.
 */
final class EarlyReader implements AutoCloseable {
  /** Like make's jobs under nice(1): the compilers come first. */
  private static final int NICE = 10;

  /** A file that was not written for so long has a stamp that is trusted; see {@link Stamp}. */
  private static final long SETTLE_MILLIS = 25;

  private static final long BYTES_MAX = 256L << 20;

  private final InputStore store;
  private final ScheduledThreadPoolExecutor thread;

  /** Files that wait to be read. */
  private final Set<Path> waiting = new HashSet<>();

  /** What was read, longest ago first. */
  private final LinkedHashMap<Path, Content> held = new LinkedHashMap<>();

  /** When a file was named last. */
  private long lastNanos = System.nanoTime() - TimeUnit.SECONDS.toNanos(1);

  private long bytesHeld;
  private long filesRead;
  private int scheduled;
  private boolean closed;

  EarlyReader(InputStore store) {
    this.store = store;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            work ->
                Thread.ofPlatform()
                    .name("early-reader")
                    .daemon(true)
                    .unstarted(
                        () -> {
                          Niceness.set(NICE);
                          work.run();
                        }));
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * Reads a file soon. A single one is read at once: a link is likely to follow, which finds it
   * parsed. What is written by many at a time is read when it need not be read again.
   */
  synchronized void read(Path path) {
    long now = System.nanoTime();
    boolean many = now - lastNanos < TimeUnit.MILLISECONDS.toNanos(SETTLE_MILLIS);
    lastNanos = now;
    if (waiting.add(path)) {
      schedule(path, many ? SETTLE_MILLIS : 0, true);
    }
  }

  private void schedule(Path path, long delay, boolean first) {
    try {
      var unused = thread.schedule(() -> work(path, first), delay, TimeUnit.MILLISECONDS);
      scheduled++;
    } catch (RejectedExecutionException e) {
      waiting.remove(path); // closed
    }
  }

  private void work(Path path, boolean first) {
    synchronized (this) {
      waiting.remove(path);
    }
    readNow(path, first);
    synchronized (this) {
      scheduled--;
    }
  }

  /** Whether nothing waits to be read. */
  synchronized boolean idle() {
    return scheduled == 0;
  }

  private void readNow(Path path, boolean first) {
    try {
      CachedFile file = store.openEarly(path);
      Content content = file.content();
      if (FileKinds.detect(content.bytes()) == FileKinds.Kind.OBJECT) {
        content.object(path.toString());
      }
      hold(path, content);
      if (first && !file.settled()) {
        again(path);
      }
    } catch (LinkException e) {
      // It is gone, half-written or damaged: the link looks at it and says so.
      forget(path);
    }
  }

  /** A look at a young file is repeated, so that the link need not read it again. */
  private synchronized void again(Path path) {
    if (!closed && waiting.add(path)) {
      schedule(path, SETTLE_MILLIS, false);
    }
  }

  private synchronized void hold(Path path, Content content) {
    filesRead++;
    forget(path);
    if (closed) {
      content.release();
      return;
    }
    held.put(path, content);
    bytesHeld += content.size();
    Iterator<Content> eldest = held.values().iterator();
    while (bytesHeld > BYTES_MAX && eldest.hasNext()) {
      Content old = eldest.next();
      eldest.remove();
      bytesHeld -= old.size();
      old.release();
    }
  }

  private synchronized void forget(Path path) {
    Content old = held.remove(path);
    if (old != null) {
      bytesHeld -= old.size();
      old.release();
    }
  }

  synchronized long filesRead() {
    return filesRead;
  }

  synchronized long bytesHeld() {
    return bytesHeld;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    thread.shutdown();
    synchronized (this) {
      held.values().forEach(Content::release);
      held.clear();
      bytesHeld = 0;
    }
  }
}
