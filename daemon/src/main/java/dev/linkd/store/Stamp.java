package dev.linkd.store;

import dev.linkd.os.FileStatus;

/**
 * What the file system says about the state of a file. Equal stamps mean equal content, except that
 * a file written twice within one tick of the file system's clock keeps its stamp.
 *
 * @param size bytes
 * @param modificationTime nanoseconds since the epoch; users can set it to anything
 * @param changeTime nanoseconds since the epoch; set by the kernel at every change
 */
public record Stamp(long device, long inode, long size, long modificationTime, long changeTime) {
  /** Kernels advance the time of files with the scheduler's tick: 10 ms at the slowest. */
  private static final long TICK_NANOS = 20_000_000L;

  /** File systems that store seconds, some in pairs. */
  private static final long COARSE_TICK_NANOS = 2_100_000_000L;

  private static final long SECOND = 1_000_000_000L;

  static Stamp of(FileStatus status) {
    return new Stamp(
        status.device(),
        status.inode(),
        status.size(),
        status.modificationTime(),
        status.changeTime());
  }

  boolean matches(FileStatus status) {
    return inode == status.inode()
        && changeTime == status.changeTime()
        && modificationTime == status.modificationTime()
        && size == status.size()
        && device == status.device();
  }

  /**
   * Whether a content that was read at that time can be relied on while the stamp stays the same: a
   * later write must get another change time. A file changed just before may be changed again
   * within the same tick.
   *
   * @param readTime when reading began, nanoseconds since the epoch
   */
  boolean settledAt(long readTime) {
    long tick = changeTime % SECOND == 0 ? COARSE_TICK_NANOS : TICK_NANOS;
    return changeTime <= readTime - tick;
  }
}
