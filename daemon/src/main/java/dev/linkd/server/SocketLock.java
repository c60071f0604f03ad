package dev.linkd.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The right to listen on a socket path: a lock on {@code SOCKET.lock}, held as long as the daemon
 * lives. The kernel releases it when the process dies, however it dies; a socket file without a
 * lock is therefore a leftover and is replaced. The lock file itself stays: removing it would let
 * two daemons lock two different files of that name.
 */
final class SocketLock implements AutoCloseable {
  private final FileChannel channel;
  private final Path file;
  private final Object key;

  private SocketLock(FileChannel channel, Path file, Object key) {
    this.channel = channel;
    this.file = file;
    this.key = key;
  }

  /**
   * Takes the lock and removes a leftover socket.
   *
   * @throws AlreadyRunningException when another daemon holds it
   */
  static SocketLock acquire(Path socket) throws IOException, AlreadyRunningException {
    Path file = socket.resolveSibling(socket.getFileName() + ".lock");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean acquired = false;
    try {
      if (tryLock(channel) == null) {
        throw new AlreadyRunningException(socket);
      }
      Object key = key(file);
      if (key == null) {
        throw new IOException(file + " was removed by somebody in this moment");
      }
      removeLeftover(socket);
      acquired = true;
      return new SocketLock(channel, file, key);
    } finally {
      if (!acquired) {
        channel.close();
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException sameProcess) {
      return null;
    }
  }

  private static void removeLeftover(Path socket) throws IOException {
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new IOException(socket + " exists and is not a socket; remove it or use --socket");
    }
    Files.delete(socket);
  }

  /**
   * Whether this is still the lock that others ask for. It is not when somebody has removed the
   * folder with all that is in it; then what is there now can be of another daemon.
   */
  boolean counts() throws IOException {
    return key.equals(key(file));
  }

  /** What tells a file from others on the machine, or null when there is none. */
  private static @Nullable Object key(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (NoSuchFileException removed) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Another daemon listens there. */
  static final class AlreadyRunningException extends Exception {
    private static final long serialVersionUID = 1L;

    AlreadyRunningException(Path socket) {
      super(
          "another linkd serves "
              + socket
              + "; use it (linkctl status), stop it (linkctl stop), or choose --socket");
    }
  }
}
