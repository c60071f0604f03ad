package dev.linkd.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.server.TestDaemon;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.GetRequest;
import dev.linkd.v1.ListRequest;
import io.grpc.Status;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever is faster waits for the other side, and memory stays bounded. */
@Timeout(60)
class FlowControlTest {
  private static final int ATOM_BYTES = 256 << 10;

  @TempDir Path directory;
  private TestDaemon daemon;
  private long handle;

  @BeforeEach
  void open() throws Exception {
    daemon = new TestDaemon(directory);
    handle = daemon.open("program").getHandle();
  }

  @AfterEach
  void close() throws Exception {
    daemon.close();
  }

  /** Sends big atoms until the transport takes no more; returns how many. */
  private int sendUntilBlocked(StreamClient client) throws Exception {
    String content = "x".repeat(ATOM_BYTES);
    int sent = 0;
    int patience = 0;
    while (patience < 50) {
      if (client.isReady()) {
        client.send(Atoms.put(Atoms.function("f" + sent++, content)));
        patience = 0;
      } else {
        Thread.sleep(10);
        patience++;
      }
      assertThat(sent).as("the client is never stopped").isLessThan(1_000);
    }
    return sent;
  }

  @Test
  void aSlowEngineBlocksItsClient() throws Exception {
    daemon.outputs().gate();
    StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
    int sent = sendUntilBlocked(client);

    assertThat(sent)
        .as("no more than the window of requests and the transport's buffers")
        .isLessThan(Limits.DEFAULT.window() + 4 * (8 << 20) / ATOM_BYTES);
    assertThat(daemon.outputs().atoms()).isZero();

    daemon.outputs().open();
    client.awaitAcknowledged(sent + 1);
    assertThat(daemon.outputs().atoms()).isEqualTo(sent);
  }

  @Test
  void aBlockedOutputDoesNotBlockAnother() throws Exception {
    daemon.outputs().gate();
    sendUntilBlocked(StreamClient.begin(daemon.channel(), handle, "unit"));
    long other = daemon.open("other").getHandle();

    StreamClient client = StreamClient.begin(daemon.channel(), other, "unit");
    client.awaitAcknowledged(client.send());
    assertThat(client.acknowledged()).isEqualTo(2);
  }

  @Test
  void aClientThatDoesNotReadItsAnswersIsNotReadEither() throws Exception {
    StreamClient client = StreamClient.beginWithoutReading(daemon.channel(), handle, "unit");
    client.awaitAcknowledged(1);
    client.send(Atoms.put(undefinedEverywhere()));
    int sent = 0;
    int patience = 0;
    while (patience < 50) {
      assertThat(sent).as("the client is never stopped").isLessThan(5_000);
      if (client.isReady()) {
        client.send(Atoms.put(Atoms.function("f" + sent++, "x".repeat(100_000))), Atoms.flush());
        patience = 0;
      } else {
        Thread.sleep(10);
        patience++;
      }
    }
    assertThat(daemon.outputs().atoms())
        .as("applied while nobody reads: what fits into the buffers of the transport")
        .isLessThan(sent);

    client.read(Integer.MAX_VALUE);
    client.awaitAcknowledged(sent + 2);
    assertThat(daemon.outputs().atoms()).isEqualTo(sent + 1);
    assertThat(client.outcomes()).hasSize(sent);
  }

  /** An atom that makes the report of each flush long. */
  private static AtomPut.Builder undefinedEverywhere() {
    AtomPut.Builder atom = Atoms.function("main", "0123456789");
    for (int i = 0; i < 500; i++) {
      atom.addTargetNames(Atoms.bytes("undefined_" + i + "x".repeat(100)))
          .addRelocationOffsets(1)
          .addRelocationKinds(4)
          .addRelocationTargets(i)
          .addRelocationAddends(0);
    }
    return atom;
  }

  @Test
  void aClientThatVanishesLeavesWhatWasAcknowledged() throws Exception {
    StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
    client.awaitAcknowledged(client.send(Atoms.put(Atoms.function("kept", "1"))));
    daemon.outputs().gate();
    sendUntilBlocked(client);
    client.cancel();
    daemon.outputs().open();

    StreamClient next = StreamClient.begin(daemon.channel(), handle, "unit");
    next.awaitAcknowledged(1);
    assertThat(
            daemon
                .link()
                .get(GetRequest.newBuilder().setHandle(handle).build())
                .getOutput()
                .getStreams())
        .isEqualTo(1);
    next.send(Atoms.put(Atoms.function("kept", "1")));
    assertThat(next.flush().getPublished()).isTrue();
  }

  @Test
  void aConnectionThatBreaksEndsItsStreams() throws Exception {
    var channel = daemon.channel();
    StreamClient client = StreamClient.begin(channel, handle, "unit");
    client.awaitAcknowledged(client.send(Atoms.put(Atoms.function("a", "1"))));
    channel.shutdownNow();
    assertThat(client.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);

    long deadline = System.nanoTime() + 10_000_000_000L;
    while (daemon.link().list(ListRequest.getDefaultInstance()).getOutputs(0).getStreams() > 0) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  @Test
  void onlySoManyStreamsConnectToOneOutput() throws Exception {
    var channel = daemon.channel();
    for (int i = 0; i < Limits.DEFAULT.streams(); i++) {
      StreamClient.begin(channel, handle, "unit" + i).awaitAcknowledged(1);
    }
    Status end = StreamClient.begin(channel, handle, "one more").awaitEnd();
    assertThat(end.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(end.getDescription()).contains("64 update streams");
  }
}
