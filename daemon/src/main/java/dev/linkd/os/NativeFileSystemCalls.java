package dev.linkd.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Objects;

/**
 * {@link FileSystemCalls} through the C library. Owns the memory that the calls need.
 *
 * <p>The calls of a steady publish are made without capturing errno, because that costs an object
 * for each call which the compiler does not always remove ({@link UncapturedLibC}). One that fails
 * is made once more to learn why: a call that failed has changed nothing, so that a second attempt
 * that succeeds is as good as the first. close(2) and fsync(2) are not like that.
 */
public final class NativeFileSystemCalls implements FileSystemCalls {
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC_STATS_AND_BIRTH = 0xfff;
  private static final int F_SETSIG = 10;
  private static final int F_SETLEASE = 1024;
  private static final int F_WRLCK = 1;
  private static final long FICLONE = 0x40049409L;
  private static final long UTIME_OMIT = (1L << 30) - 2;
  private static final int CLOCK_REALTIME = 0;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long STATFS_BYTES = 256;
  private static final long TIMESPEC_BYTES = 16;

  private final MemorySegment errno;
  private final MemorySegment empty;
  private final MemorySegment statfs;

  /** Two timespec: access time and modification time. */
  private final MemorySegment times;

  private long count;

  public NativeFileSystemCalls() {
    Arena arena = Arena.ofAuto();
    errno = arena.allocate(LibC.STATE_BYTES, Long.BYTES);
    empty = arena.allocate(1);
    statfs = arena.allocate(STATFS_BYTES, Long.BYTES);
    times = arena.allocate(2 * TIMESPEC_BYTES, Long.BYTES);
  }

  private int done(int value) {
    count++;
    return value;
  }

  private int result(int value) {
    count++;
    return value >= 0 ? value : -LibC.errno(errno);
  }

  private long result(long value) {
    count++;
    return value >= 0 ? value : -LibC.errno(errno);
  }

  @Override
  public int open(MemorySegment path, int flags, int mode) {
    int all = flags | OpenFlags.O_CLOEXEC;
    try {
      int descriptor = (int) UncapturedLibC.OPEN.invokeExact(path, all, mode);
      return descriptor >= 0
          ? done(descriptor)
          : result((int) LibC.OPEN.invokeExact(errno, path, all, mode));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public int close(int descriptor) {
    try {
      return result((int) LibC.CLOSE.invokeExact(errno, descriptor));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public int release(int descriptor) {
    try {
      return done((int) UncapturedLibC.CLOSE.invokeExact(descriptor) == 0 ? 0 : -Errno.EIO);
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public long write(int descriptor, MemorySegment from, long fromOffset, long count) {
    Objects.checkFromIndexSize(fromOffset, count, from.byteSize());
    try {
      return result(
          (long) LibC.WRITE.invokeExact(errno, descriptor, from.address() + fromOffset, count));
    } catch (Throwable t) {
      throw LibC.broken(t);
    } finally {
      Reference.reachabilityFence(from);
    }
  }

  @Override
  public long pwrite(
      int descriptor, MemorySegment from, long fromOffset, long count, long position) {
    Objects.checkFromIndexSize(fromOffset, count, from.byteSize());
    long address = from.address() + fromOffset;
    try {
      long written = (long) UncapturedLibC.PWRITE.invokeExact(descriptor, address, count, position);
      if (written >= 0) {
        this.count++;
        return written;
      }
      return result((long) LibC.PWRITE.invokeExact(errno, descriptor, address, count, position));
    } catch (Throwable t) {
      throw LibC.broken(t);
    } finally {
      Reference.reachabilityFence(from);
    }
  }

  @Override
  public int truncate(int descriptor, long size) {
    try {
      return result((int) LibC.FTRUNCATE.invokeExact(errno, descriptor, size));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public int status(MemorySegment path, FileStatus into) {
    return statx(WORKING_DIRECTORY, path, AT_SYMLINK_NOFOLLOW, into);
  }

  @Override
  public int statusFollowingLinks(MemorySegment path, FileStatus into) {
    return statx(WORKING_DIRECTORY, path, 0, into);
  }

  /** The slice does not reach another method, so the compiler removes it. */
  @Override
  public int statusFollowingLinks(
      int directory, MemorySegment paths, long offset, FileStatus into) {
    return statx(directory, paths.asSlice(offset), 0, into);
  }

  @Override
  public int status(int descriptor, FileStatus into) {
    return statx(descriptor, empty, AT_EMPTY_PATH, into);
  }

  private int statx(int directory, MemorySegment path, int flags, FileStatus into) {
    int mask = STATX_BASIC_STATS_AND_BIRTH;
    try {
      int failed = (int) UncapturedLibC.STATX.invokeExact(directory, path, flags, mask, into.data);
      return failed == 0
          ? done(0)
          : result((int) LibC.STATX.invokeExact(errno, directory, path, flags, mask, into.data));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public int rename(MemorySegment from, MemorySegment to, int flags) {
    try {
      int failed =
          (int)
              UncapturedLibC.RENAMEAT2.invokeExact(
                  WORKING_DIRECTORY, from, WORKING_DIRECTORY, to, flags);
      return failed == 0
          ? done(0)
          : result(
              (int)
                  LibC.RENAMEAT2.invokeExact(
                      errno, WORKING_DIRECTORY, from, WORKING_DIRECTORY, to, flags));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public int unlink(MemorySegment path) {
    try {
      return result((int) LibC.UNLINK.invokeExact(errno, path));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public int leaseSignal(int descriptor, int signal) {
    return fcntl(descriptor, F_SETSIG, signal);
  }

  @Override
  public int writeLease(int descriptor) {
    return fcntl(descriptor, F_SETLEASE, F_WRLCK);
  }

  private int fcntl(int descriptor, int command, int argument) {
    try {
      int failed = (int) UncapturedLibC.FCNTL.invokeExact(descriptor, command, argument);
      return failed == 0
          ? done(0)
          : result((int) LibC.FCNTL.invokeExact(errno, descriptor, command, argument));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public int changeMode(int descriptor, int mode) {
    try {
      return result((int) LibC.FCHMOD.invokeExact(errno, descriptor, mode));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public int changeOwner(int descriptor, int user, int group) {
    try {
      return result((int) LibC.FCHOWN.invokeExact(errno, descriptor, user, group));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public int modificationTime(int descriptor, long nanos) {
    times.set(ValueLayout.JAVA_LONG, Long.BYTES, UTIME_OMIT);
    times.set(ValueLayout.JAVA_LONG, TIMESPEC_BYTES, Math.floorDiv(nanos, NANOS_PER_SECOND));
    times.set(
        ValueLayout.JAVA_LONG, TIMESPEC_BYTES + Long.BYTES, Math.floorMod(nanos, NANOS_PER_SECOND));
    try {
      int failed = (int) UncapturedLibC.FUTIMENS.invokeExact(descriptor, times);
      return failed == 0
          ? done(0)
          : result((int) LibC.FUTIMENS.invokeExact(errno, descriptor, times));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public int sync(int descriptor) {
    try {
      return result((int) LibC.FSYNC.invokeExact(errno, descriptor));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public long fileSystemType(int descriptor) {
    try {
      int result = result((int) LibC.FSTATFS.invokeExact(errno, descriptor, statfs));
      return result < 0 ? result : statfs.get(ValueLayout.JAVA_LONG, 0);
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public int cloneFrom(int descriptor, int source) {
    try {
      return result((int) LibC.IOCTL.invokeExact(errno, descriptor, FICLONE, source));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public long listAttributes(MemorySegment path, MemorySegment into) {
    try {
      return result((long) LibC.LLISTXATTR.invokeExact(errno, path, into, into.byteSize()));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public long attribute(MemorySegment path, MemorySegment name, MemorySegment into) {
    try {
      return result((long) LibC.LGETXATTR.invokeExact(errno, path, name, into, into.byteSize()));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public int setAttribute(int descriptor, MemorySegment name, MemorySegment value, long size) {
    Objects.checkFromIndexSize(0, size, value.byteSize());
    try {
      return result((int) LibC.FSETXATTR.invokeExact(errno, descriptor, name, value, size, 0));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public int removeAttribute(int descriptor, MemorySegment name) {
    try {
      return result((int) LibC.FREMOVEXATTR.invokeExact(errno, descriptor, name));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public int effectiveUser() {
    try {
      return result((int) LibC.GETEUID.invokeExact(errno));
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  @Override
  public long realTime() {
    try {
      int unused = (int) UncapturedLibC.CLOCK_GETTIME.invokeExact(CLOCK_REALTIME, times);
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
    return times.get(ValueLayout.JAVA_LONG, 0) * NANOS_PER_SECOND
        + times.get(ValueLayout.JAVA_LONG, Long.BYTES);
  }

  @Override
  public long count() {
    return count;
  }
}
