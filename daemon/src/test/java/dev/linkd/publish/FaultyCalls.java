package dev.linkd.publish;

import dev.linkd.os.FileStatus;
import dev.linkd.os.FileSystemCalls;
import dev.linkd.os.FileSystemType;
import dev.linkd.os.NativeFileSystemCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Real system calls, of which chosen ones fail without taking effect. Only closing takes effect
 * before it fails, as in the kernel.
 */
final class FaultyCalls implements FileSystemCalls {
  private final FileSystemCalls real = new NativeFileSystemCalls();
  private long made;
  private long failFrom = Long.MAX_VALUE;
  private long failTo = Long.MAX_VALUE;
  private int errno;
  private String failed = "";
  private boolean clones;
  private Runnable beforeExchange = () -> {};

  /** The call after {@code skipped} others fails, and then all until {@code count} have failed. */
  void fail(long skipped, long count, int withErrno) {
    failFrom = made + skipped;
    failTo = failFrom + count;
    errno = withErrno;
    failed = "";
  }

  void heal() {
    failFrom = Long.MAX_VALUE;
    failTo = Long.MAX_VALUE;
  }

  /** Runs something in the moment before the names are swapped. */
  void beforeExchange(Runnable action) {
    beforeExchange = action;
  }

  /** From now on the file system looks like XFS, and clones are made by copying. */
  void emulateClones() {
    clones = true;
  }

  /** Name of the first call that failed on purpose; empty when none did. */
  String failed() {
    return failed;
  }

  /** Calls made so far. */
  long made() {
    return made;
  }

  private boolean fails(String name) {
    boolean fails = made >= failFrom && made < failTo;
    made++;
    if (fails && failed.isEmpty()) {
      failed = name;
    }
    return fails;
  }

  @Override
  public int open(MemorySegment path, int flags, int mode) {
    return fails("open") ? -errno : real.open(path, flags, mode);
  }

  @Override
  public int close(int descriptor) {
    int result = real.close(descriptor);
    return fails("close") ? -errno : result;
  }

  @Override
  public int release(int descriptor) {
    int result = real.release(descriptor);
    return fails("release") ? -errno : result;
  }

  @Override
  public long write(int descriptor, MemorySegment from, long fromOffset, long count) {
    return fails("write") ? -errno : real.write(descriptor, from, fromOffset, count);
  }

  @Override
  public long pwrite(
      int descriptor, MemorySegment from, long fromOffset, long count, long position) {
    return fails("pwrite") ? -errno : real.pwrite(descriptor, from, fromOffset, count, position);
  }

  @Override
  public int truncate(int descriptor, long size) {
    return fails("truncate") ? -errno : real.truncate(descriptor, size);
  }

  @Override
  public int status(MemorySegment path, FileStatus into) {
    return fails("status of path") ? -errno : real.status(path, into);
  }

  @Override
  public int statusFollowingLinks(MemorySegment path, FileStatus into) {
    return fails("status of target") ? -errno : real.statusFollowingLinks(path, into);
  }

  @Override
  public int statusFollowingLinks(
      int directory, MemorySegment paths, long offset, FileStatus into) {
    return fails("status of target")
        ? -errno
        : real.statusFollowingLinks(directory, paths, offset, into);
  }

  @Override
  public int status(int descriptor, FileStatus into) {
    return fails("status") ? -errno : real.status(descriptor, into);
  }

  @Override
  public int rename(MemorySegment from, MemorySegment to, int flags) {
    if (flags == RENAME_EXCHANGE) {
      beforeExchange.run();
    }
    return fails("rename " + flags) ? -errno : real.rename(from, to, flags);
  }

  @Override
  public int unlink(MemorySegment path) {
    return fails("unlink") ? -errno : real.unlink(path);
  }

  @Override
  public int leaseSignal(int descriptor, int signal) {
    return fails("lease signal") ? -errno : real.leaseSignal(descriptor, signal);
  }

  @Override
  public int writeLease(int descriptor) {
    return fails("lease") ? -errno : real.writeLease(descriptor);
  }

  @Override
  public int changeMode(int descriptor, int mode) {
    return fails("mode") ? -errno : real.changeMode(descriptor, mode);
  }

  @Override
  public int changeOwner(int descriptor, int user, int group) {
    return fails("owner") ? -errno : real.changeOwner(descriptor, user, group);
  }

  @Override
  public int modificationTime(int descriptor, long nanos) {
    return fails("modification time") ? -errno : real.modificationTime(descriptor, nanos);
  }

  @Override
  public int sync(int descriptor) {
    return fails("sync") ? -errno : real.sync(descriptor);
  }

  @Override
  public long fileSystemType(int descriptor) {
    if (fails("file system type")) {
      return -errno;
    }
    return clones ? FileSystemType.XFS : real.fileSystemType(descriptor);
  }

  @Override
  public int cloneFrom(int descriptor, int source) {
    if (fails("clone")) {
      return -errno;
    }
    return clones ? copy(descriptor, source) : real.cloneFrom(descriptor, source);
  }

  private static int copy(int descriptor, int source) {
    try {
      byte[] content = Files.readAllBytes(Path.of("/proc/self/fd/" + source));
      Files.write(Path.of("/proc/self/fd/" + descriptor), content);
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long listAttributes(MemorySegment path, MemorySegment into) {
    return fails("list attributes") ? -errno : real.listAttributes(path, into);
  }

  @Override
  public long attribute(MemorySegment path, MemorySegment name, MemorySegment into) {
    return fails("attribute") ? -errno : real.attribute(path, name, into);
  }

  @Override
  public int setAttribute(int descriptor, MemorySegment name, MemorySegment value, long size) {
    return fails("set attribute") ? -errno : real.setAttribute(descriptor, name, value, size);
  }

  @Override
  public int removeAttribute(int descriptor, MemorySegment name) {
    return fails("remove attribute") ? -errno : real.removeAttribute(descriptor, name);
  }

  @Override
  public int effectiveUser() {
    return real.effectiveUser();
  }

  @Override
  public long realTime() {
    return real.realTime();
  }

  @Override
  public long count() {
    return real.count();
  }
}
