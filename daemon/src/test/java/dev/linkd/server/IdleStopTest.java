package dev.linkd.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.session.StreamClient;
import dev.linkd.v1.ListRequest;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that nobody uses goes away. */
@Timeout(60)
class IdleStopTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  @TempDir Path directory;

  /** The first call of a JVM can take longer than the daemons here wait for one. */
  @BeforeAll
  static void load(@TempDir Path loaded) throws Exception {
    try (TestDaemon daemon = new TestDaemon(loaded)) {
      daemon.open("program");
    }
  }

  private TestDaemon daemon() throws Exception {
    DaemonOptions options =
        new DaemonOptions(
            directory.resolve("socket"),
            Optional.of(TIMEOUT),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new TestDaemon(directory, options, new ScriptedDriver());
  }

  @Test
  void anUnusedDaemonStopsAndSaysWhy() throws Exception {
    try (TestDaemon daemon = daemon()) {
      daemon.open("program");
      daemon.daemon().awaitStop();
      assertThat(daemon.outputs().openOutputs()).isZero();
      assertThat(directory.resolve("socket")).doesNotExist();
      assertThat(Files.readString(directory.resolve("socket.pid")))
          .contains("because nothing used it for PT2S");
    }
  }

  @Test
  void whoOnlyLooksDoesNotKeepIt() throws Exception {
    try (TestDaemon daemon = daemon()) {
      daemon.open("program");
      long end = System.nanoTime() + 10 * TIMEOUT.toNanos();
      Code code = Code.OK;
      while (code == Code.OK && System.nanoTime() < end) {
        code = list(daemon);
        Thread.sleep(20);
      }
      assertThat(code).isEqualTo(Code.UNAVAILABLE);
    }
  }

  private static Code list(TestDaemon daemon) {
    try {
      daemon.link().list(ListRequest.getDefaultInstance());
      return Code.OK;
    } catch (StatusRuntimeException fault) {
      return fault.getStatus().getCode();
    }
  }

  @Test
  void anOpenStreamKeepsItAlive() throws Exception {
    try (TestDaemon daemon = daemon()) {
      StreamClient client =
          StreamClient.begin(daemon.channel(), daemon.open("program").getHandle(), "unit");
      client.awaitAcknowledged(1);
      Thread.sleep(2 * TIMEOUT.toMillis());
      assertThat(client.flush().getGeneration()).isZero();
      client.halfClose();
      client.awaitEnd();
      daemon.daemon().awaitStop();
    }
  }
}
