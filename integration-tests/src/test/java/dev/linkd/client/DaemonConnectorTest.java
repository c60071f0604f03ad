package dev.linkd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.v1.VersionRequest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever needs a daemon gets one, and it is the right one. */
@Timeout(120)
class DaemonConnectorTest {
  @TempDir Path directory;

  private static long pid(DaemonConnection connection) {
    return connection.admin().version(VersionRequest.getDefaultInstance()).getPid();
  }

  private static long connectedPid(Path socket) throws Exception {
    try (DaemonConnection connection = new DaemonConnector(socket).connect()) {
      return pid(connection);
    }
  }

  /** Field of /proc/PID/stat, counted as in proc(5). */
  private static long stat(long pid, int field) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(afterName[field - 3]);
  }

  @Test
  void theFirstCommandStartsADaemonThatIsDetached() throws Exception {
    try (DaemonProgram program = DaemonProgram.real(directory)) {
      long daemon = connectedPid(program.socket());

      assertThat(stat(daemon, 6)).as("session of its own").isEqualTo(daemon);
      assertThat(stat(daemon, 5)).as("process group of its own").isEqualTo(daemon);
      assertThat(Files.readSymbolicLink(Path.of("/proc/" + daemon + "/cwd")))
          .isEqualTo(Path.of("/"));
      assertThat(Files.readSymbolicLink(Path.of("/proc/" + daemon + "/fd/0")))
          .isEqualTo(Path.of("/dev/null"));
      assertThat(Files.readSymbolicLink(Path.of("/proc/" + daemon + "/fd/1")).toString())
          .endsWith("daemon.sock.log");
      assertThat(connectedPid(program.socket())).as("the next one uses it").isEqualTo(daemon);
    }
  }

  @Test
  void aDaemonThatDoesNotAnswerIsReported() throws Exception {
    Path socket = directory.resolve("silent");
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.bind(UnixDomainSocketAddress.of(socket));
      assertThatThrownBy(() -> new DaemonConnector(socket, "build", 1).connectRunning())
          .isInstanceOf(UnavailableException.class)
          .hasMessageContainingAll(socket.toString(), "has not answered for 1 s");
    }
  }

  @Test
  void manyCommandsAtOnceStartOneDaemon() throws Exception {
    try (DaemonProgram program = DaemonProgram.real(directory);
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Long>> commands = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        commands.add(() -> connectedPid(program.socket()));
      }
      List<Long> pids = new ArrayList<>();
      for (Future<Long> command : executor.invokeAll(commands)) {
        pids.add(command.get());
      }
      assertThat(pids).hasSize(3).containsOnly(pids.getFirst());
    }
  }

  @Test
  void aDaemonThatWasKilledIsReplaced() throws Exception {
    try (DaemonProgram program = DaemonProgram.real(directory)) {
      long first = connectedPid(program.socket());
      ProcessHandle process = ProcessHandle.of(first).orElseThrow();
      process.destroyForcibly();
      process.onExit().get();
      assertThat(program.socket()).as("it leaves its socket").exists();

      assertThat(connectedPid(program.socket())).isNotEqualTo(first);
    }
  }

  @Test
  void aDaemonOfAnotherBuildIsReplaced() throws Exception {
    try (DaemonProgram program = DaemonProgram.real(directory)) {
      long first = connectedPid(program.socket());
      try (DaemonConnection connection =
          new DaemonConnector(program.socket(), "another build").connect()) {
        assertThat(pid(connection)).isNotEqualTo(first);
      }
      assertThat(ProcessHandle.of(first)).as("it has ended").isEmpty();
    }
  }

  @Test
  void lookingDoesNotStartOne() throws Exception {
    try (DaemonProgram program = DaemonProgram.real(directory)) {
      assertThatThrownBy(() -> new DaemonConnector(program.socket()).connectRunning())
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("no daemon serves " + program.socket());
      assertThat(program.socket()).doesNotExist();
    }
  }

  @Test
  void aDaemonThatCannotStartIsExplainedFromItsLog() throws Exception {
    try (DaemonProgram program =
        DaemonProgram.script(directory, "echo the disk is on fire >&2; exit 1")) {
      assertThatThrownBy(() -> new DaemonConnector(program.socket()).connect())
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("exit code 1")
          .hasMessageContaining("the disk is on fire");
    }
  }
}
