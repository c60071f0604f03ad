package dev.linkd.publish;

import static dev.linkd.os.OpenFlags.O_NOFOLLOW;
import static dev.linkd.os.OpenFlags.O_NONBLOCK;
import static dev.linkd.os.OpenFlags.O_RDONLY;

import dev.linkd.os.Errno;
import dev.linkd.os.FileSystemCalls;
import java.lang.foreign.MemorySegment;

/**
 * Puts a complete hidden file at the published path.
 *
 * <p>If nobody uses the file that is there, the two change places; the old one becomes the spare or
 * goes away. An exchange is preferred even then, because a rename over a file makes ext4 write the
 * new one to the disk first. If somebody uses it, the new file is renamed over it: then {@code
 * /proc/PID/exe} of a running program shows the path with "(deleted)", as after any other linker,
 * and not a hidden name.
 */
final class Placement {
  private final OutputFiles files;
  private final FileSystemCalls calls;
  private boolean exchangeWorks = true;
  private String refused = "";

  Placement(OutputFiles files) {
    this.files = files;
    this.calls = files.calls;
  }

  /** Why the last placement left no spare; empty when it did. */
  String refused() {
    return refused;
  }

  /**
   * Publishes the file.
   *
   * @param complete hidden name of the new file
   * @param keep whether what is published may become the spare
   * @param generation what is published
   * @return 0, or a negated error number and nothing happened
   * @throws PublishException when a directory took the place of the output; nothing happened
   */
  int place(MemorySegment complete, boolean keep, long generation) throws PublishException {
    int descriptor = calls.open(files.target, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
    boolean idle = descriptor >= 0 && files.lease(descriptor) == 0;
    boolean exchanged = idle && exchange(complete);
    int error =
        exchanged ? 0 : calls.rename(complete, files.target, FileSystemCalls.RENAME_REPLACE);
    if (descriptor >= 0) {
      // Nothing was written through this descriptor, so closing it cannot lose anything.
      calls.release(descriptor);
    }
    if (error < 0) {
      return error;
    }
    if (files.isSpare(complete)) {
      if (exchanged) {
        files.forgetSpare();
      } else {
        files.spareMoved();
      }
    }
    refused = idle ? "the published file cannot be kept" : "the published file is in use";
    if (exchanged) {
      if (keep) {
        keepDisplaced(complete, generation);
      } else {
        discardDisplaced(complete);
      }
    }
    return 0;
  }

  private boolean exchange(MemorySegment complete) {
    if (!exchangeWorks) {
      return false;
    }
    int error = calls.rename(complete, files.target, FileSystemCalls.RENAME_EXCHANGE);
    exchangeWorks = error != -Errno.EINVAL && error != -Errno.ENOSYS;
    return error == 0;
  }

  /** What was published until now, and is at {@code hidden}, becomes the spare. */
  private void keepDisplaced(MemorySegment hidden, long generation) throws PublishException {
    refused = files.isSpare(hidden) ? "" : moveToSpare(hidden);
    MemorySegment name = refused.isEmpty() ? files.spare : hidden;
    if (refused.isEmpty()
        && (calls.status(files.spare, files.status) < 0
            || !files.published.matchesApartFromRename(files.status))) {
      refused = "the published file was modified";
    }
    if (refused.isEmpty()) {
      files.recordSpare(generation);
    } else {
      discardDisplaced(name);
    }
  }

  private String moveToSpare(MemorySegment hidden) {
    int error = calls.rename(hidden, files.spare, FileSystemCalls.RENAME_NOREPLACE);
    if (error == -Errno.EEXIST) {
      if (!files.clearSpareName()) {
        return "the name of the spare is taken by a foreign file";
      }
      error = calls.rename(hidden, files.spare, FileSystemCalls.RENAME_NOREPLACE);
    }
    return error == 0 ? "" : "the spare cannot be named: " + Errno.name(-error);
  }

  /**
   * Removes what was published until now. A directory that took its place in the moment before the
   * exchange goes back, for it is not ours to remove.
   */
  private void discardDisplaced(MemorySegment hidden) throws PublishException {
    if (files.remove(hidden) == -Errno.EISDIR && exchange(hidden)) {
      files.remove(hidden);
      throw files.failure("replace", -Errno.EISDIR);
    }
  }
}
