package dev.linkd.server;

import dev.linkd.session.DaemonIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A small text file next to the socket, {@code SOCKET.pid}, that answers without a connection: is
 * the daemon running, since when, and why did it stop. First line: the process id while it runs,
 * {@code stopped} afterwards.
 */
final class MarkFile {
  private final Path file;

  MarkFile(Path socket) {
    file = socket.resolveSibling(socket.getFileName() + ".pid");
  }

  void running(DaemonIdentity identity) throws IOException {
    Files.writeString(
        file,
        identity.pid()
            + "\nrelease "
            + identity.release()
            + "\nstarted "
            + identity.started()
            + '\n');
  }

  void stopped(DaemonIdentity identity, String reason) throws IOException {
    Files.writeString(
        file,
        "stopped\npid " + identity.pid() + "\nat " + Instant.now() + "\nbecause " + reason + '\n');
  }
}
