package dev.linkd.publish;

import dev.linkd.os.Errno;
import java.nio.file.Path;

/** A generation that could not be published. The previous one is still published, unchanged. */
public final class PublishException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Path path;
  private final String fault;
  private final String error;
  private final String advice;
  private final boolean noSpace;

  PublishException(Path path, String operation, int errno) {
    super(path + ": " + fault(operation, errno));
    this.path = path;
    this.fault = fault(operation, errno);
    this.error = Errno.name(errno);
    this.advice = adviceFor(errno);
    this.noSpace = errno == Errno.ENOSPC || errno == Errno.EDQUOT || errno == Errno.EFBIG;
  }

  /** The output. */
  public Path path() {
    return path;
  }

  /** What failed and why, without the path. */
  public String fault() {
    return fault;
  }

  private static String fault(String operation, int errno) {
    return "cannot " + operation + ": " + Errno.name(errno);
  }

  /** Symbolic name of the error number, for example {@code ENOSPC}. */
  public String error() {
    return error;
  }

  /** One sentence: what can be done about it. */
  public String advice() {
    return advice;
  }

  /** Whether a smaller output might be published. */
  public boolean noSpace() {
    return noSpace;
  }

  private static String adviceFor(int errno) {
    return switch (errno) {
      case Errno.ENOSPC ->
          "Free space on the file system: the new generation is written next to the published one.";
      case Errno.EDQUOT -> "The disk quota is used up: free space or raise the quota.";
      case Errno.EFBIG -> "The output exceeds the file size limit of the daemon (ulimit -f).";
      case Errno.EACCES, Errno.EPERM ->
          "The daemon needs permission to write in the directory of the output, and the output must"
              + " not be immutable.";
      case Errno.EROFS -> "The file system is mounted read-only.";
      case Errno.ENOENT, Errno.ENOTDIR -> "The directory of the output does not exist.";
      case Errno.EISDIR -> "A directory has the name of the output: remove it or choose another.";
      case Errno.EINVAL -> "The output must be a regular file or a character device.";
      case Errno.ENAMETOOLONG -> "Choose a shorter path.";
      case Errno.EMFILE, Errno.ENFILE -> "Too many files are open: raise the limit (ulimit -n).";
      case Errno.EEXIST -> "Remove the hidden files .NAME.linkd-new* next to the output.";
      case Errno.EIO -> "The device reported an error: check the system log.";
      default -> "The daemon tries again at the next flush.";
    };
  }
}
