package dev.linkd.client;

import dev.linkd.rendezvous.RuntimeDirectory;
import dev.linkd.rendezvous.SocketPath;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Starts a daemon that outlives this process: in a session and process group of its own, so that no
 * signal of the terminal reaches it; with its own standard streams, so that nobody who waits for
 * the end of our output waits for it; with {@code /} as working directory, so that it keeps no
 * directory busy.
 */
public final class DaemonLauncher {
  private static final String COMMAND_PROPERTY = "linkd.daemon";
  private static final String COMMAND_VARIABLE = "LINKD_DAEMON";

  private static final String OFF = "off";

  private DaemonLauncher() {}

  /** Whether the user wants no daemon: {@code LINKD_DAEMON=off}. */
  public static boolean off() {
    return System.getenv().getOrDefault(COMMAND_VARIABLE, "").equals(OFF);
  }

  /** Path of the program that belongs to this client; empty when it is not installed with one. */
  public static String installedCommand() {
    return System.getProperty(COMMAND_PROPERTY, "");
  }

  /** Starts the daemon; returns at once. */
  static Process start(Path socket) throws IOException {
    if (off()) {
      throw new UnavailableException(COMMAND_VARIABLE + " is " + OFF + ": no daemon is started");
    }
    Path log = logFile(socket);
    Path directory = socket.getParent();
    if (directory != null) {
      prepare(directory);
    }
    List<String> command = new ArrayList<>();
    if (onPath("setsid")) {
      command.add("setsid");
    }
    command.add(daemonCommand());
    command.addAll(List.of("--socket", socket.toString(), "--log-file", log.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectErrorStream(true);
    try {
      return builder.start();
    } catch (IOException fault) {
      throw new UnavailableException(
          "cannot start the daemon '"
              + daemonCommand()
              + "': "
              + fault.getMessage()
              + "; name it in "
              + COMMAND_VARIABLE
              + ", or start linkd yourself",
          fault);
    }
  }

  /** The daemon would refuse the directory too, but only after its JVM has started. */
  private static void prepare(Path directory) throws IOException {
    try {
      RuntimeDirectory.prepare(directory, SocketPath.currentUid());
    } catch (FileSystemException fault) {
      String reason =
          fault instanceof AccessDeniedException ? "permission denied" : fault.toString();
      throw new UnavailableException("cannot make " + directory + ": " + reason, fault);
    } catch (IOException refused) {
      throw new UnavailableException(String.valueOf(refused.getMessage()), refused);
    }
  }

  static Path logFile(Path socket) {
    return socket.resolveSibling(socket.getFileName() + ".log");
  }

  private static String daemonCommand() {
    String variable = System.getenv().getOrDefault(COMMAND_VARIABLE, "");
    return variable.isEmpty() ? System.getProperty(COMMAND_PROPERTY, "linkd") : variable;
  }

  private static boolean onPath(String program) {
    Map<String, String> environment = System.getenv();
    for (String directory : environment.getOrDefault("PATH", "").split(":", -1)) {
      if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }
}
