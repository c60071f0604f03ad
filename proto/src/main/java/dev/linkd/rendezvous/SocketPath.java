package dev.linkd.rendezvous;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where the daemon of a user listens. {@code LINKD_SOCKET} names the socket; otherwise it is {@code
 * daemon.sock} in {@code $XDG_RUNTIME_DIR/linkd}, or in {@code /tmp/linkd-UID} where there is no
 * runtime directory.
 */
public final class SocketPath {
  public static final String VARIABLE = "LINKD_SOCKET";

  /** Longest path that {@code sockaddr_un} holds, without its NUL. */
  public static final int BYTES_MAX = 107;

  private static final String FILE = "daemon.sock";

  private SocketPath() {}

  /** The socket of the user that runs this process. */
  public static Path usual(Map<String, String> environment) throws IOException {
    String named = environment.getOrDefault(VARIABLE, "");
    if (!named.isEmpty()) {
      return Path.of(named).toAbsolutePath();
    }
    return directory(environment).resolve(FILE);
  }

  /** The directory of the user that runs this process, for the socket and what belongs to it. */
  public static Path directory(Map<String, String> environment) throws IOException {
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    return runtime.startsWith("/")
        ? Path.of(runtime, "linkd")
        : Path.of("/tmp", "linkd-" + currentUid());
  }

  /** Numeric id of the user that runs this process. */
  public static long currentUid() throws IOException {
    return ((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
  }
}
