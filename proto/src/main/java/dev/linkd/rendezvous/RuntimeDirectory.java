package dev.linkd.rendezvous;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * The directory of the socket. Whoever can connect can make the daemon read and write files as its
 * user, so nobody else may enter the directory.
 */
public final class RuntimeDirectory {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private RuntimeDirectory() {}

  /**
   * Creates the directory, or checks that it is ours alone.
   *
   * @throws IOException when it is not, with a message for the user
   */
  public static void prepare(Path directory, long uid) throws IOException {
    Path parent = directory.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (FileAlreadyExistsException present) {
      check(directory, uid);
    }
  }

  private static void check(Path directory, long uid) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isDirectory()) {
      throw new IOException(directory + " is not a directory; remove it, or choose another socket");
    }
    long owner =
        ((Number) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS)).longValue();
    if (owner != uid) {
      throw new IOException(
          directory + " belongs to user " + owner + ", not " + uid + "; choose another socket");
    }
    Set<PosixFilePermission> others = EnumSet.copyOf(attributes.permissions());
    others.removeAll(OWNER_ONLY);
    if (!others.isEmpty()) {
      throw new IOException(
          directory
              + " is open to other users ("
              + PosixFilePermissions.toString(attributes.permissions())
              + "); run: chmod 700 "
              + directory);
    }
  }
}
