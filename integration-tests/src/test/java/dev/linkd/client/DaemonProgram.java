package dev.linkd.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** Makes the daemon of this build, or one that fails, startable for the client of a test. */
public final class DaemonProgram implements AutoCloseable {
  private static final String PROPERTY = "linkd.daemon";

  private final Path socket;

  private DaemonProgram(Path socket) {
    this.socket = socket;
  }

  /** Lets clients start the real daemon, which stops by itself after a minute without work. */
  public static DaemonProgram real(Path directory) throws IOException {
    return script(
        directory,
        "exec '%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED"
                .formatted(Path.of(System.getProperty("java.home", ""), "bin", "java"))
            + " --add-exports=java.base/jdk.internal.misc=ALL-UNNAMED"
            + " -cp '%s' dev.linkd.server.Main --idle-timeout 60s --no-warm-up \"$@\""
                .formatted(System.getProperty("java.class.path", "")));
  }

  /** Lets clients start a program with these commands. */
  public static DaemonProgram script(Path directory, String commands) throws IOException {
    Path script = directory.resolve("linkd");
    Files.writeString(script, "#!/bin/sh\n" + commands + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    System.setProperty(PROPERTY, script.toString());
    return new DaemonProgram(directory.resolve("run/daemon.sock"));
  }

  public Path socket() {
    return socket;
  }

  /**
   * Sends a signal, such as {@code KILL}, to the daemon.
   *
   * @return the process, which may go on for a while
   */
  public ProcessHandle signal(String name) throws Exception {
    ProcessHandle process = process().orElseThrow();
    String number = Long.toString(process.pid());
    if (new ProcessBuilder("kill", "-" + name, number).inheritIO().start().waitFor() != 0) {
      throw new IllegalStateException("no signal " + name + " to process " + number);
    }
    return process;
  }

  /** Stops the daemon, if one runs. */
  @Override
  public void close() throws Exception {
    System.clearProperty(PROPERTY);
    var process = process();
    if (process.isPresent()) {
      process.get().destroy();
      process.get().onExit().get();
    }
  }

  private Optional<ProcessHandle> process() throws IOException {
    Path mark = socket.resolveSibling(socket.getFileName() + ".pid");
    if (!Files.exists(mark)) {
      return Optional.empty();
    }
    String first = Files.readAllLines(mark).getFirst();
    return first.equals("stopped") ? Optional.empty() : ProcessHandle.of(Long.parseLong(first));
  }
}
