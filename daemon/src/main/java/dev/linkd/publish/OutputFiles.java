package dev.linkd.publish;

import static dev.linkd.os.OpenFlags.O_NOFOLLOW;
import static dev.linkd.os.OpenFlags.O_NONBLOCK;
import static dev.linkd.os.OpenFlags.O_RDONLY;

import dev.linkd.os.Errno;
import dev.linkd.os.FileStatus;
import dev.linkd.os.FileSystemCalls;
import dev.linkd.os.NativePath;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The published file and its spare: where they are, how linkd left them, and how they change
 * places.
 */
final class OutputFiles {
  /** No spare. */
  static final long NONE = -1;

  final FileSystemCalls calls;
  final Path path;
  final MemorySegment target;
  final MemorySegment spare;
  final MemorySegment[] freshNames;

  /** Scratch for whoever asks for the status of a file. */
  final FileStatus status = new FileStatus();

  /** The file at {@link #target} as linkd left it. */
  final FileStamp published = new FileStamp();

  /** The file at {@link #spare} as linkd left it. */
  final FileStamp spareStamp = new FileStamp();

  private final FileStamp taken = new FileStamp();
  private final MemorySegment directory;
  private MemorySegment leftover = MemorySegment.NULL;
  private long spareGeneration = NONE;
  private boolean exchangeWorks = true;

  OutputFiles(Path path, FileSystemCalls calls) {
    this.calls = calls;
    this.path = path.toAbsolutePath();
    Path parent = this.path.getParent();
    if (parent == null) {
      throw new IllegalArgumentException("not the path of a file: " + path);
    }
    target = NativePath.of(this.path.toString());
    spare = NativePath.of(HiddenNames.spare(this.path).toString());
    freshNames = HiddenNames.fresh(this.path);
    directory = NativePath.of(parent.toString());
  }

  PublishException failure(String operation, int error) {
    return new PublishException(path, operation, -error);
  }

  /** The generation that the spare holds, or {@link #NONE}. */
  long spareGeneration() {
    return spareGeneration;
  }

  /** Whether the file system can swap two names, as far as is known. */
  boolean exchangeWorks() {
    return exchangeWorks;
  }

  /** Whether the descriptor's file is used by nobody else; ends when it is closed. */
  int lease(int descriptor) {
    int error = calls.leaseSignal(descriptor, FileSystemCalls.SIGURG);
    return error < 0 ? error : calls.writeLease(descriptor);
  }

  /** Detaches what is known of the spare, whose file is about to be the published one. */
  FileStamp takeSpareStamp() {
    spareGeneration = NONE;
    taken.record(spareStamp);
    spareStamp.forget();
    return taken;
  }

  /** Swaps a complete file with the published one: 0 or a negated error number. */
  int exchange(MemorySegment complete) {
    int error = calls.rename(complete, target, FileSystemCalls.RENAME_EXCHANGE);
    if (error == -Errno.EINVAL || error == -Errno.ENOSYS) {
      exchangeWorks = false;
    }
    return error;
  }

  /**
   * After an exchange: the file at {@code hidden} was published until now. When it is ours,
   * unchanged and used by nobody, it becomes the spare; else its name goes away and whoever uses it
   * keeps it.
   *
   * @return why it did not become the spare; empty when it did
   */
  String keepDisplaced(MemorySegment hidden, long generation) throws PublishException {
    int descriptor = calls.open(hidden, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
    if (descriptor < 0) {
      discardDisplaced(hidden);
      return "the published file cannot be opened";
    }
    MemorySegment name = hidden;
    String refused = "the published file is in use";
    if (lease(descriptor) == 0) {
      refused = isSpare(hidden) ? "" : moveToSpare(hidden);
      name = refused.isEmpty() ? spare : hidden;
      if (refused.isEmpty()
          && (calls.status(descriptor, status) < 0 || !published.matchesApartFromRename(status))) {
        refused = "the published file was modified";
      }
    }
    // Nothing was written through this descriptor, so closing it cannot lose anything.
    calls.close(descriptor);
    if (refused.isEmpty()) {
      spareStamp.record(status);
      spareGeneration = generation;
    } else {
      discardDisplaced(name);
    }
    return refused;
  }

  private boolean isSpare(MemorySegment name) {
    return name.address() == spare.address();
  }

  private String moveToSpare(MemorySegment hidden) {
    int error = calls.rename(hidden, spare, FileSystemCalls.RENAME_NOREPLACE);
    if (error == -Errno.EEXIST) {
      if (!clearSpareName()) {
        return "the name of the spare is taken by a foreign file";
      }
      error = calls.rename(hidden, spare, FileSystemCalls.RENAME_NOREPLACE);
    }
    if (error < 0) {
      return "the spare cannot be named: " + Errno.name(-error);
    }
    if (isSpare(leftover)) {
      leftover = MemorySegment.NULL;
    }
    return "";
  }

  /**
   * Removes what was published until now. A directory that took its place in the moment before the
   * exchange goes back, for it is not ours to remove.
   */
  void discardDisplaced(MemorySegment hidden) throws PublishException {
    if (remove(hidden) == -Errno.EISDIR && exchange(hidden) == 0) {
      remove(hidden);
      throw failure("replace", -Errno.EISDIR);
    }
  }

  /** Removes a hidden file; what cannot be removed now is tried again by {@link #sweep}. */
  int remove(MemorySegment hidden) {
    int error = calls.unlink(hidden);
    if (error != 0 && error != -Errno.ENOENT) {
      leftover = hidden;
    } else if (leftover.address() == hidden.address()) {
      leftover = MemorySegment.NULL;
    }
    return error;
  }

  /** Removes the hidden file that could not be removed before, if there is one. */
  void sweep() {
    if (leftover.address() != 0) {
      remove(leftover);
    }
  }

  /** After an exchange or rename: the new file is published; remembers how it looks now. */
  void recordPublished(FileStamp written) {
    published.record(written);
    if (calls.status(target, status) == 0 && published.matchesApartFromRename(status)) {
      published.record(status);
    } else {
      published.forget();
    }
  }

  /** Gives up the spare: removes its name if it still is our file. */
  void dropSpare() {
    if (spareGeneration == NONE) {
      return;
    }
    spareGeneration = NONE;
    if (calls.status(spare, status) == 0 && spareStamp.sameInode(status)) {
      remove(spare);
    }
    spareStamp.forget();
  }

  /**
   * Removes a spare that a killed daemon left behind. Only a regular file of the same owner as this
   * daemon or as the output is taken for one.
   *
   * @return whether the name is free
   */
  boolean clearSpareName() {
    int error = calls.status(spare, status);
    if (error < 0) {
      return error == -Errno.ENOENT;
    }
    return looksLikeOurs() && calls.unlink(spare) == 0;
  }

  /** Whether {@link #status} is of a file that linkd may have made. */
  boolean looksLikeOurs() {
    if (!status.isRegular()) {
      return false;
    }
    int owner = status.user();
    return owner == calls.effectiveUser()
        || (calls.status(target, status) == 0 && status.isRegular() && status.user() == owner);
  }

  /** Makes the names in the directory durable: 0 or a negated error number. */
  int syncDirectory() {
    int descriptor = calls.open(directory, O_RDONLY, 0);
    if (descriptor < 0) {
      return descriptor;
    }
    int error = calls.sync(descriptor);
    int closed = calls.close(descriptor);
    return error < 0 ? error : closed;
  }
}
