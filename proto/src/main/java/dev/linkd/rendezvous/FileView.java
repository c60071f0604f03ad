package dev.linkd.rendezvous;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Through whose eyes a process sees files: two processes with the same view that open the same
 * absolute path get the same file, with the same rights.
 *
 * @param uid user of the process
 * @param mountDevice device of the mount namespace's file
 * @param mountInode inode of the mount namespace's file
 * @param rootDevice device of the root directory
 * @param rootInode inode of the root directory
 */
public record FileView(
    long uid, long mountDevice, long mountInode, long rootDevice, long rootInode) {
  private static final Path MOUNTS = Path.of("/proc/self/ns/mnt");
  private static final Path ROOT = Path.of("/");
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String UMASK = "Umask:";

  /** The view of this process. */
  public static FileView current() throws IOException {
    return new FileView(
        SocketPath.currentUid(),
        number(MOUNTS, "unix:dev"),
        number(MOUNTS, "unix:ino"),
        number(ROOT, "unix:dev"),
        number(ROOT, "unix:ino"));
  }

  private static long number(Path path, String attribute) throws IOException {
    return ((Number) Files.getAttribute(path, attribute)).longValue();
  }

  /** The file mode creation mask of this process; Java has no call for it. */
  public static int umask() throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith(UMASK)) {
        return Integer.parseInt(line.substring(UMASK.length()).strip(), 8);
      }
    }
    throw new IOException(STATUS + " names no umask");
  }

  /** In what this view differs from another one, for people; empty when it does not. */
  public String difference(FileView other) {
    if (uid != other.uid) {
      return "another user: " + uid + ", not " + other.uid;
    }
    if (mountDevice != other.mountDevice || mountInode != other.mountInode) {
      return "another mount namespace";
    }
    return rootDevice == other.rootDevice && rootInode == other.rootInode
        ? ""
        : "another root directory";
  }
}
