package dev.linkd.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.linkd.session.Atoms;
import dev.linkd.session.Limits;
import dev.linkd.session.StreamClient;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(60)
class LogSetupTest {
  @TempDir Path directory;

  @AfterEach
  void leaveTheFile() {
    LogSetup.quiet();
  }

  /** Else anybody who may connect could write as much into the log as they like. */
  @Test
  void aMessageBeyondTheLimitLeavesNoStackTrace() throws Exception {
    Path log = directory.resolve("log");
    new LogSetup().apply(Optional.of(log), false, Level.INFO);
    try (TestDaemon daemon = new TestDaemon(directory)) {
      long handle = daemon.open("program").getHandle();
      StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
      client.send(Atoms.put(Atoms.function("huge", "x".repeat(Limits.DEFAULT.messageBytes()))));
      assertThat(client.awaitEnd().getCode())
          .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.CANCELLED);
    }
    LoggerFactory.getLogger("io.grpc.Other").warn("a warning");
    assertThat(Files.readString(log)).contains("a warning").doesNotContain("\tat io.grpc");
  }
}
