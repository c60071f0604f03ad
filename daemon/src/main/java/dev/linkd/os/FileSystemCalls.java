package dev.linkd.os;

import java.lang.foreign.MemorySegment;

/**
 * The system calls on files that linkd makes. Each method is one call; the result is what the call
 * returns, or the negated error number ({@link Errno}). Paths and names are NUL-terminated bytes in
 * native memory ({@link NativePath}). Descriptors are opened close-on-exec. An instance belongs to
 * one thread at a time. What was interrupted is not repeated, and nothing allocates.
 */
public interface FileSystemCalls {

  /** Signal that a broken lease sends: ignored by default, unlike SIGIO. */
  int SIGURG = 23;

  /** AT_FDCWD. */
  int WORKING_DIRECTORY = -100;

  /** Replaces the destination. */
  int RENAME_REPLACE = 0;

  /** Fails with EEXIST when the destination exists. */
  int RENAME_NOREPLACE = 1;

  /** Both names exist and swap their files atomically. */
  int RENAME_EXCHANGE = 2;

  /** open(2); O_CLOEXEC is added. */
  int open(MemorySegment path, int flags, int mode);

  /** close(2). The descriptor is closed whatever is returned. */
  int close(int descriptor);

  /**
   * close(2) of a descriptor whose data is safe whatever close says: nothing was written, or the
   * file is on a local file system. The descriptor is closed whatever is returned; a failure counts
   * as EIO.
   */
  int release(int descriptor);

  /** write(2) of {@code from[fromOffset, fromOffset + count)} at the current position. */
  long write(int descriptor, MemorySegment from, long fromOffset, long count);

  /** pwrite(2) of {@code from[fromOffset, fromOffset + count)} to a position. */
  long pwrite(int descriptor, MemorySegment from, long fromOffset, long count, long position);

  /** ftruncate(2). */
  int truncate(int descriptor, long size);

  /** statx(2) of a path; a symbolic link as the last component is not followed. */
  int status(MemorySegment path, FileStatus into);

  /** statx(2) of what a path refers to in the end. */
  int statusFollowingLinks(MemorySegment path, FileStatus into);

  /**
   * The same for a path among others: it starts at an offset and ends with a NUL.
   *
   * @param directory descriptor of the directory that a relative path begins in, or {@link
   *     #WORKING_DIRECTORY}
   */
  int statusFollowingLinks(int directory, MemorySegment paths, long offset, FileStatus into);

  /** statx(2) of an open file. */
  int status(int descriptor, FileStatus into);

  /** renameat2(2). */
  int rename(MemorySegment from, MemorySegment to, int flags);

  /** unlink(2). */
  int unlink(MemorySegment path);

  /** fcntl(F_SETSIG): the signal that announces a broken lease. */
  int leaseSignal(int descriptor, int signal);

  /**
   * fcntl(F_SETLEASE, F_WRLCK): granted when nobody else has the file open or mapped. Until the
   * descriptor is closed, whoever opens the file waits.
   */
  int writeLease(int descriptor);

  /** fchmod(2). */
  int changeMode(int descriptor, int mode);

  /** fchown(2); -1 keeps a part. */
  int changeOwner(int descriptor, int user, int group);

  /** futimens(3) that sets the modification time and keeps the access time. */
  int modificationTime(int descriptor, long nanos);

  /** fsync(2). */
  int sync(int descriptor);

  /** f_type of fstatfs(2), see {@link FileSystemType}. */
  long fileSystemType(int descriptor);

  /** ioctl(FICLONE): makes the file share all blocks of another one. */
  int cloneFrom(int descriptor, int source);

  /** llistxattr(2): NUL-terminated names; the result is their length in bytes. */
  long listAttributes(MemorySegment path, MemorySegment into);

  /** lgetxattr(2): the result is the length of the value. */
  long attribute(MemorySegment path, MemorySegment name, MemorySegment into);

  /** fsetxattr(2). */
  int setAttribute(int descriptor, MemorySegment name, MemorySegment value, long size);

  /** fremovexattr(2). */
  int removeAttribute(int descriptor, MemorySegment name);

  /** Effective user id of the process. */
  int effectiveUser();

  /** Nanoseconds since the epoch; does not enter the kernel. */
  long realTime();

  /** System calls made through this instance so far. */
  long count();
}
