package dev.linkd.publish;

import static dev.linkd.os.OpenFlags.O_CREAT;
import static dev.linkd.os.OpenFlags.O_EXCL;
import static dev.linkd.os.OpenFlags.O_NOFOLLOW;
import static dev.linkd.os.OpenFlags.O_NONBLOCK;
import static dev.linkd.os.OpenFlags.O_RDONLY;
import static dev.linkd.os.OpenFlags.O_WRONLY;

import dev.linkd.os.Errno;
import dev.linkd.os.FileStatus;
import dev.linkd.os.FileSystemCalls;
import dev.linkd.os.FileSystemType;
import dev.linkd.publish.PublishOptions.Durability;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A generation in a new hidden file, which nobody else can know before it is complete. On a file
 * system whose files can share blocks it starts as a clone of the published generation.
 */
final class FreshFile {
  private static final int PRIVATE_MODE = 0600;

  private final OutputFiles files;
  private final FileSystemCalls calls;
  private final RangeWriter writer;
  private final Attributes attributes;
  private final PublishOptions options;
  private final FileStamp stamp = new FileStamp();
  private final FileStatus status = new FileStatus();
  private MemorySegment name = MemorySegment.NULL;
  private boolean cloned;
  private boolean leaseIsProof;
  private String fileSystem = "";

  FreshFile(OutputFiles files, RangeWriter writer, PublishOptions options) {
    this.files = files;
    this.calls = files.calls;
    this.writer = writer;
    this.attributes = new Attributes(calls);
    this.options = options;
  }

  /** Where the complete file is until it is published. */
  MemorySegment name() {
    return name;
  }

  FileStamp stamp() {
    return stamp;
  }

  boolean cloned() {
    return cloned;
  }

  /** Whether the file system is one where a spare may be written again. */
  boolean leaseIsProof() {
    return leaseIsProof;
  }

  /** Type of the file system, for people. */
  String fileSystem() {
    return fileSystem;
  }

  /**
   * Writes {@code image[0, size)} to a new file, with owner, mode and attributes of the visible
   * output. After an exception the file is gone.
   *
   * @param visible the output as it is now, or null when it does not exist as a regular file
   * @param base ranges that differ from the published file if that may be cloned, else null
   */
  void write(
      MemorySegment image, long size, @Nullable FileStatus visible, @Nullable ByteRanges base)
      throws PublishException {
    int descriptor = create();
    int error = fill(descriptor, image, size, base);
    String operation = "write";
    if (error == 0) {
      error = finish(descriptor, visible);
      operation = "keep owner, mode and attributes of";
    }
    if (error == 0) {
      error = stampAndSync(descriptor);
      operation = "write";
    }
    int closed = calls.close(descriptor);
    error = error == 0 ? closed : error;
    if (error < 0) {
      files.remove(name);
      throw files.failure(operation, error);
    }
  }

  private int create() throws PublishException {
    int error = -Errno.EEXIST;
    for (int i = 0; i < files.freshNames.length && error == -Errno.EEXIST; i++) {
      name = files.freshNames[i];
      error = calls.open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, PRIVATE_MODE);
      if (error == -Errno.EEXIST && removeLeftover()) {
        error = calls.open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, PRIVATE_MODE);
      }
    }
    if (error < 0) {
      throw files.failure("create a file next to it", error);
    }
    return error;
  }

  /** Removes a file that a killed daemon left, unless somebody has it open. */
  private boolean removeLeftover() {
    if (calls.status(name, files.status) < 0 || !files.looksLikeOurs()) {
      return false;
    }
    int descriptor = calls.open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
    if (descriptor < 0) {
      return false;
    }
    boolean unused = files.lease(descriptor) == 0;
    // Nothing was written through this descriptor, so closing it cannot lose anything.
    calls.close(descriptor);
    return unused && calls.unlink(name) == 0;
  }

  private int fill(int descriptor, MemorySegment image, long size, @Nullable ByteRanges base) {
    long type = calls.fileSystemType(descriptor);
    leaseIsProof = FileSystemType.leaseIsProof(type);
    fileSystem = type < 0 ? Errno.name((int) -type) : FileSystemType.name(type);
    cloned = base != null && FileSystemType.mayClone(type) && clonePublished(descriptor);
    if (!cloned || base == null) {
      return writer.writeAll(descriptor, image, size);
    }
    int error = writer.write(descriptor, image, size, base);
    return error == 0 ? calls.truncate(descriptor, size) : error;
  }

  private boolean clonePublished(int descriptor) {
    int source = calls.open(files.target, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
    if (source < 0) {
      return false;
    }
    boolean done =
        calls.cloneFrom(descriptor, source) == 0
            && calls.status(source, status) == 0
            && files.published.matches(status);
    calls.close(source);
    return done;
  }

  private int finish(int descriptor, @Nullable FileStatus visible) {
    return visible == null
        ? attributes.applyNew(descriptor, options.newFileMode())
        : attributes.applyExisting(descriptor, files.target, visible, options);
  }

  private int stampAndSync(int descriptor) {
    long now = calls.realTime();
    int error = calls.modificationTime(descriptor, now);
    if (error == 0 && options.durability() == Durability.FLUSH) {
      error = calls.sync(descriptor);
    }
    if (error == 0) {
      error = calls.status(descriptor, status);
    }
    if (error == 0) {
      stamp.record(status);
      // Without nanoseconds a modification by others in the same second would not show.
      leaseIsProof &= status.modificationTime() == now;
    }
    return error;
  }
}
