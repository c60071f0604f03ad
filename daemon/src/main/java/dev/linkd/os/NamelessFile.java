package dev.linkd.os;

import static dev.linkd.os.LibC.NOT_VARIADIC;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * A file that has no name from the beginning (O_TMPFILE of open(2)): nobody else can open, change
 * or shorten it, and it is gone when the process is, however that ends.
 */
public final class NamelessFile implements AutoCloseable {
  private static final int OWNER_ONLY = 0600;
  private static final int FALLOC_FL_KEEP_SIZE = 1;
  private static final int FALLOC_FL_PUNCH_HOLE = 2;

  private static final MethodHandle FALLOCATE =
      LibC.handle("fallocate", NOT_VARIADIC, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);

  private final Path directory;
  private final FileSystemCalls calls;
  private final MemorySegment errno = Arena.ofAuto().allocate(LibC.STATE_BYTES, Long.BYTES);
  private final int descriptor;

  /**
   * Makes the file.
   *
   * @throws IOException when the directory cannot be used, or its file system has no such files
   */
  public NamelessFile(Path directory, FileSystemCalls calls) throws IOException {
    this.directory = directory;
    this.calls = calls;
    MemorySegment path = NativePath.of(directory.toString());
    descriptor = calls.open(path, OpenFlags.O_TMPFILE | OpenFlags.O_RDWR, OWNER_ONLY);
    if (descriptor < 0) {
      throw failure("open", descriptor);
    }
  }

  /** For a mapping of the file. */
  public int descriptor() {
    return descriptor;
  }

  /** See {@link FileSystemType}. */
  public long fileSystemType() {
    return calls.fileSystemType(descriptor);
  }

  /** Writes all of {@code from} at a position. */
  public void write(MemorySegment from, long position) throws IOException {
    long size = from.byteSize();
    for (long at = 0; at < size; ) {
      long count = calls.pwrite(descriptor, from, at, size - at, position + at);
      if (count <= 0 && count != -Errno.EINTR) {
        throw failure("pwrite", count);
      }
      at += Math.max(0, count);
    }
  }

  /** Waits until what was written is on the disk, so that the kernel can drop its copy. */
  public void sync() throws IOException {
    int result = calls.sync(descriptor);
    if (result != 0) {
      throw failure("fsync", result);
    }
  }

  /**
   * Gives the blocks of a range back, which reads as zero then.
   *
   * @return whether the file system can do that
   */
  public boolean punch(long from, long to) {
    try {
      int how = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
      return 0 == (int) FALLOCATE.invokeExact(errno, descriptor, how, from, to - from);
    } catch (Throwable t) {
      throw LibC.broken(t);
    }
  }

  /** Mappings of the file stay. */
  @Override
  public void close() {
    calls.release(descriptor);
  }

  private IOException failure(String call, long result) {
    return new IOException(
        call + " of a file without a name in " + directory + ": " + Errno.name((int) -result));
  }
}
