package dev.linkd.publish;

import dev.linkd.os.Errno;
import dev.linkd.os.FileStatus;
import dev.linkd.os.FileSystemCalls;
import dev.linkd.os.NativePath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Gives a new file the owner, mode, ACL and extended attributes of the output that it replaces.
 *
 * <p>Not carried over, because they vouch for the old content: set-user-ID and set-group-ID bits,
 * file capabilities and integrity hashes. The kernel too drops them when a file is written. An
 * owner that the daemon may not give is not an error: then the file belongs to the daemon, as after
 * any other linker.
 */
final class Attributes {
  private static final String ACL = "system.posix_acl_access";
  private static final String SELINUX = "security.selinux";
  private static final String USER_PREFIX = "user.";

  /** XATTR_LIST_MAX and XATTR_SIZE_MAX of Linux. */
  private static final int BYTES_MAX = 1 << 16;

  private static final int PERMISSION_BITS = 0777;
  private static final int EXECUTE_BITS = 0111;
  private static final int KEEP = -1;

  private final FileSystemCalls calls;
  private final MemorySegment acl = NativePath.of(ACL);

  Attributes(FileSystemCalls calls) {
    this.calls = calls;
  }

  /** For an output that does not exist: 0 or a negated error number. */
  int applyNew(int descriptor, int mode) {
    return calls.changeMode(descriptor, mode);
  }

  /**
   * For an output that exists.
   *
   * @param visible status of the output
   * @param options with the execute bits for an output that nobody can execute, as linkers add them
   * @return 0 or a negated error number
   */
  int applyExisting(
      int descriptor, MemorySegment output, FileStatus visible, PublishOptions options) {
    int mode = options.modeChosen() ? options.newFileMode() : visible.mode() & PERMISSION_BITS;
    if ((mode & EXECUTE_BITS) == 0) {
      mode |= options.newFileMode() & EXECUTE_BITS;
    }
    int error = owner(descriptor, visible);
    if (error == 0) {
      error = calls.changeMode(descriptor, mode);
    }
    return error == 0 ? extended(descriptor, output) : error;
  }

  private int owner(int descriptor, FileStatus visible) {
    int user = visible.user();
    int group = visible.group();
    int error = calls.changeOwner(descriptor, user, group);
    if (error == -Errno.EPERM) {
      error = calls.changeOwner(descriptor, KEEP, group);
    }
    return error == -Errno.EPERM ? 0 : error;
  }

  private int extended(int descriptor, MemorySegment output) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment names = arena.allocate(BYTES_MAX);
      long length = calls.listAttributes(output, names);
      if (length < 0 && length != -Errno.EOPNOTSUPP) {
        return (int) length;
      }
      MemorySegment value = arena.allocate(BYTES_MAX);
      boolean hasAcl = false;
      for (long at = 0; at < length; ) {
        MemorySegment name = names.asSlice(at);
        String text = name.getString(0, StandardCharsets.UTF_8);
        hasAcl |= text.equals(ACL);
        int error = carried(text) ? copy(descriptor, output, name, text, value) : 0;
        if (error < 0) {
          return error;
        }
        at += terminator(name) + 1;
      }
      return hasAcl ? 0 : removeInheritedAcl(descriptor);
    }
  }

  private static long terminator(MemorySegment name) {
    long at = 0;
    while (name.get(ValueLayout.JAVA_BYTE, at) != 0) {
      at++;
    }
    return at;
  }

  private static boolean carried(String name) {
    return name.startsWith(USER_PREFIX) || name.equals(ACL) || name.equals(SELINUX);
  }

  private int copy(
      int descriptor, MemorySegment output, MemorySegment name, String text, MemorySegment value) {
    long size = calls.attribute(output, name, value);
    if (size < 0) {
      return size == -Errno.ENODATA ? 0 : (int) size;
    }
    int error = calls.setAttribute(descriptor, name, value, size);
    boolean decidedByPolicy =
        text.equals(SELINUX)
            && (error == -Errno.EPERM || error == -Errno.EACCES || error == -Errno.EOPNOTSUPP);
    return decidedByPolicy ? 0 : error;
  }

  /** A new file takes the default ACL of its directory; the output that it replaces has none. */
  private int removeInheritedAcl(int descriptor) {
    int error = calls.removeAttribute(descriptor, acl);
    return error == -Errno.ENODATA || error == -Errno.EOPNOTSUPP ? 0 : error;
  }
}
