package dev.linkd.publish;

import dev.linkd.os.Errno;
import dev.linkd.os.NativeFileSystemCalls;
import java.nio.file.Path;
import java.util.Collection;

/** A spare that a killed daemon left beside its output. */
public final class LeftSpare {
  private LeftSpare() {}

  /** What became of it. */
  public enum Outcome {
    /** It is gone now. */
    REMOVED,
    /** There is no such file, or another one. */
    ABSENT,
    /** It is there and cannot be removed now. */
    STAYS
  }

  /**
   * Removes the file at the name of the spare when it is one of those that were the spare: a
   * regular file of the same owner as the daemon or as the output. No other name is ever removed.
   *
   * @param output path of the output
   * @param files those that may be its spare
   * @throws IllegalArgumentException when the path cannot name a file
   */
  public static Outcome remove(Path output, Collection<FileIdentity> files) {
    OutputFiles beside = new OutputFiles(output, new NativeFileSystemCalls(), SpareLog.NONE);
    int error = beside.calls.status(beside.spare, beside.status);
    if (error != 0) {
      boolean absent = error == -Errno.ENOENT || error == -Errno.ENOTDIR;
      return absent ? Outcome.ABSENT : Outcome.STAYS;
    }
    FileIdentity found =
        new FileIdentity(beside.status.device(), beside.status.inode(), beside.status.birthTime());
    if (!files.contains(found) || !beside.looksLikeOurs()) {
      return Outcome.ABSENT;
    }
    return beside.remove(beside.spare) == 0 ? Outcome.REMOVED : Outcome.STAYS;
  }
}
