package dev.linkd.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.session.StreamClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that nobody uses goes away. */
@Timeout(60)
class IdleStopTest {
  private static final Duration TIMEOUT = Duration.ofMillis(600);

  @TempDir Path directory;

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
          .contains("because nothing used it for PT0.6S");
    }
  }

  @Test
  void anOpenStreamKeepsItAlive() throws Exception {
    try (TestDaemon daemon = daemon()) {
      StreamClient client =
          StreamClient.begin(daemon.channel(), daemon.open("program").getHandle(), "unit");
      client.awaitAcknowledged(1);
      Thread.sleep(3 * TIMEOUT.toMillis());
      assertThat(client.flush().getGeneration()).isZero();
      client.halfClose();
      client.awaitEnd();
      daemon.daemon().awaitStop();
    }
  }
}
