package dev.linkd.os;

import static dev.linkd.os.LibC.NOT_VARIADIC;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * Files that others finish writing in directories: inotify(7). Only {@link #add}, {@link #remove}
 * and {@link #wake} may be called by other threads than the one that waits. Results below zero are
 * negated error numbers ({@link Errno}).
 */
public final class DirectoryEvents implements AutoCloseable {

  /** Receives what happened. */
  public interface Handler {
    /** A file was written and closed, or a finished one was moved to this name. */
    void written(int watch, String name);

    /** The directory is gone, or was removed: its number means nothing any more. */
    void ended(int watch);

    /** More happened than the kernel could keep: anything may have been written. */
    void overflow();
  }

  private static final int IN_CLOSE_WRITE = 0x8;
  private static final int IN_MOVED_TO = 0x80;
  private static final int IN_Q_OVERFLOW = 0x4000;
  private static final int IN_IGNORED = 0x8000;
  private static final int IN_ONLYDIR = 0x0100_0000;
  private static final int IN_EXCL_UNLINK = 0x0400_0000;
  private static final int CLOSE_ON_EXEC = 0x80000;
  private static final int NON_BLOCKING = 0x800;
  private static final short POLLIN = 1;
  private static final int POLLFD_BYTES = 8;
  private static final int POLLFD_EVENTS = 4;

  /** {@code struct inotify_event}: watch, mask, cookie, length of the name that follows. */
  private static final int EVENT_MASK = 4;

  private static final int EVENT_LENGTH = 12;
  private static final int EVENT_NAME = 16;
  private static final int BUFFER_BYTES = 64 << 10;

  private static final MethodHandle INIT =
      LibC.handle("inotify_init1", NOT_VARIADIC, JAVA_INT, JAVA_INT);
  private static final MethodHandle ADD =
      LibC.handle("inotify_add_watch", NOT_VARIADIC, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle REMOVE =
      LibC.handle("inotify_rm_watch", NOT_VARIADIC, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle EVENTFD =
      LibC.handle("eventfd", NOT_VARIADIC, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle POLL =
      LibC.handle("poll", NOT_VARIADIC, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle READ =
      LibC.handle("read", NOT_VARIADIC, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, Long.BYTES);
  private final MemorySegment waited = arena.allocate(2 * POLLFD_BYTES, Integer.BYTES);
  private final int inotify;
  private final int wakeUp;

  private DirectoryEvents(int inotify, int wakeUp) {
    this.inotify = inotify;
    this.wakeUp = wakeUp;
    waited.set(JAVA_INT, 0, inotify);
    waited.set(JAVA_SHORT, POLLFD_EVENTS, POLLIN);
    waited.set(JAVA_INT, POLLFD_BYTES, wakeUp);
    waited.set(JAVA_SHORT, POLLFD_BYTES + POLLFD_EVENTS, POLLIN);
  }

  /**
   * Begins to collect events.
   *
   * @throws UnsupportedOperationException when the kernel gives no more instances
   */
  public static DirectoryEvents open() {
    MemorySegment errno = errno();
    try {
      int inotify = (int) INIT.invokeExact(errno, CLOSE_ON_EXEC | NON_BLOCKING);
      if (inotify < 0) {
        throw new UnsupportedOperationException("inotify: " + Errno.name(LibC.errno(errno)));
      }
      int wakeUp = (int) EVENTFD.invokeExact(errno, 0, CLOSE_ON_EXEC | NON_BLOCKING);
      if (wakeUp < 0) {
        String name = Errno.name(LibC.errno(errno));
        int _ = (int) LibC.CLOSE.invokeExact(errno, inotify);
        throw new UnsupportedOperationException("eventfd: " + name);
      }
      return new DirectoryEvents(inotify, wakeUp);
    } catch (UnsupportedOperationException e) {
      throw e;
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  private static MemorySegment errno() {
    return Arena.ofAuto().allocate(LibC.STATE_BYTES, Long.BYTES);
  }

  /** Watches a directory; the same one has the same number, whatever the path. */
  public int add(MemorySegment path) {
    MemorySegment errno = errno();
    int mask = IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR | IN_EXCL_UNLINK;
    try {
      int watch = (int) ADD.invokeExact(errno, inotify, path, mask);
      return watch >= 0 ? watch : -LibC.errno(errno);
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  /** Ends a watch; {@link Handler#ended} follows. */
  public void remove(int watch) {
    try {
      // It fails when the directory is gone already, which is what was asked for.
      int _ = (int) REMOVE.invokeExact(errno(), inotify, watch);
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  /** Lets the thread that waits return. */
  public void wake() {
    MemorySegment one = Arena.ofAuto().allocate(Long.BYTES, Long.BYTES);
    one.set(JAVA_LONG, 0, 1);
    try {
      // A counter that is full wakes as well.
      long _ = (long) LibC.WRITE.invokeExact(errno(), wakeUp, one.address(), (long) Long.BYTES);
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  /** Waits until something happens or somebody wakes, and handles all that happened. */
  public void await(Handler handler) {
    MemorySegment errno = errno();
    try {
      // EINTR needs nothing: the caller comes again.
      int _ = (int) POLL.invokeExact(errno, waited, 2L, -1);
      long _ = (long) READ.invokeExact(errno, wakeUp, buffer, (long) Long.BYTES);
      long bytes = (long) READ.invokeExact(errno, inotify, buffer, (long) BUFFER_BYTES);
      while (bytes > 0) {
        handle(bytes, handler);
        bytes = (long) READ.invokeExact(errno, inotify, buffer, (long) BUFFER_BYTES);
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  private void handle(long bytes, Handler handler) {
    for (long at = 0; at < bytes; ) {
      int watch = buffer.get(JAVA_INT, at);
      int mask = buffer.get(JAVA_INT, at + EVENT_MASK);
      int length = buffer.get(JAVA_INT, at + EVENT_LENGTH);
      if ((mask & IN_Q_OVERFLOW) != 0) {
        handler.overflow();
      } else if ((mask & IN_IGNORED) != 0) {
        handler.ended(watch);
      } else if (length > 0) {
        handler.written(watch, name(at + EVENT_NAME, length));
      }
      at += EVENT_NAME + length;
    }
  }

  /** Padded with NUL. */
  private String name(long at, int length) {
    int end = 0;
    while (end < length && buffer.get(JAVA_BYTE, at + end) != 0) {
      end++;
    }
    byte[] name = buffer.asSlice(at, end).toArray(JAVA_BYTE);
    return new String(name, StandardCharsets.UTF_8);
  }

  /** Gives the descriptors back; nobody may wait or watch any more. */
  @Override
  public void close() {
    try {
      int _ = (int) LibC.CLOSE.invokeExact(errno(), inotify);
      int _ = (int) LibC.CLOSE.invokeExact(errno(), wakeUp);
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }
}
