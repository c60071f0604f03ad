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

/** The published file and its spare: where they are, and how linkd left them. */
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

  private final MemorySegment directory;
  private final SpareEntry entry;
  private long spareGeneration = NONE;

  /** A hidden file other than the spare that could not be removed; NULL when there is none. */
  private MemorySegment leftover = MemorySegment.NULL;

  /** The file at the name of the spare could not be removed. */
  private boolean spareLeftover;

  /**
   * @param log learns of the spare
   */
  OutputFiles(Path path, FileSystemCalls calls, SpareLog log) {
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
    entry = new SpareEntry(this.path, log);
  }

  PublishException failure(String operation, int error) {
    return new PublishException(path, operation, -error);
  }

  /** The generation that the spare holds, or {@link #NONE}. */
  long spareGeneration() {
    return spareGeneration;
  }

  boolean isSpare(MemorySegment name) {
    return name.address() == spare.address();
  }

  /** The file at the name of the spare, whose status was just read, holds {@code generation}. */
  void recordSpare(long generation) {
    spareStamp.record(status);
    spareGeneration = generation;
    spareLeftover = false;
    entry.is(status);
  }

  /** The file at the name of the spare was given another name. */
  void spareMoved() {
    forgetSpare();
    entry.none();
  }

  /** The file at the name of the spare is another one now, or none. */
  void forgetSpare() {
    spareStamp.forget();
    spareGeneration = NONE;
  }

  /** After a new file was put at the path: remembers how it looks there. */
  void recordPublished(FileStamp written) {
    published.record(written);
    if (calls.status(target, status) == 0 && published.matchesApartFromRename(status)) {
      published.record(status);
    } else {
      published.forget();
    }
  }

  /**
   * Sets the modification time of the published file.
   *
   * @return false when the file is not ours or the time cannot be set
   */
  boolean touchPublished() {
    int descriptor = calls.open(target, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
    if (descriptor < 0) {
      return false;
    }
    long now = calls.realTime();
    boolean touched =
        calls.status(descriptor, status) == 0
            && published.matches(status)
            && calls.modificationTime(descriptor, now) == 0;
    if (touched) {
      published.written(status.size(), now);
      recordPublished(published);
    }
    // Nothing was written through this descriptor, so closing it cannot lose anything.
    calls.release(descriptor);
    return touched;
  }

  /**
   * Asks for a write lease: 0 when nobody else has the file open, mapped or running. It ends when
   * the descriptor is closed; until then others wait when they open the file.
   */
  int lease(int descriptor) {
    int error = calls.leaseSignal(descriptor, FileSystemCalls.SIGURG);
    return error < 0 ? error : calls.writeLease(descriptor);
  }

  /** Gives up the spare: removes its name if it still is our file. */
  void dropSpare() {
    if (spareGeneration == NONE) {
      return;
    }
    int error = calls.status(spare, status);
    if (error == 0 && spareStamp.sameInode(status)) {
      remove(spare);
    } else if (error == 0 || error == -Errno.ENOENT) {
      entry.none();
    } else {
      spareLeftover = true;
    }
    forgetSpare();
  }

  /** Removes a hidden file; what cannot be removed now is tried again by {@link #sweep}. */
  int remove(MemorySegment hidden) {
    int error = calls.unlink(hidden);
    boolean gone = error == 0 || error == -Errno.ENOENT;
    if (isSpare(hidden)) {
      spareLeftover = !gone;
      if (gone) {
        entry.none();
      }
    } else if (!gone) {
      leftover = hidden;
    } else if (leftover.address() == hidden.address()) {
      leftover = MemorySegment.NULL;
    }
    return error;
  }

  /** Removes hidden files that could not be removed before. */
  void sweep() {
    if (leftover.address() != 0) {
      remove(leftover);
    }
    if (spareLeftover) {
      clearSpareName();
    }
  }

  /**
   * Removes a file at the name of the spare that this or a killed daemon left behind. Only a
   * regular file of the same owner as the daemon or as the output is taken for one.
   *
   * @return whether the name is free
   */
  boolean clearSpareName() {
    int error = calls.status(spare, status);
    if (error == 0) {
      return looksLikeOurs() && remove(spare) == 0;
    }
    return error == -Errno.ENOENT;
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
