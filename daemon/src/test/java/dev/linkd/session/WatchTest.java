package dev.linkd.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.linkd.server.TestDaemon;
import dev.linkd.v1.ByteRange;
import dev.linkd.v1.Change;
import dev.linkd.v1.ChangeGap;
import dev.linkd.v1.CloseRequest;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.FlushRequest;
import dev.linkd.v1.GetRequest;
import dev.linkd.v1.LinkServiceGrpc;
import dev.linkd.v1.OutputState;
import dev.linkd.v1.StatsRequest;
import dev.linkd.v1.StatsResponse;
import dev.linkd.v1.Update;
import dev.linkd.v1.WatchRequest;
import dev.linkd.v1.WatchResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Watching outputs. */
@Timeout(60)
class WatchTest {
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

  private Iterator<WatchResponse> watch(long watched) {
    return daemon.link().watch(WatchRequest.newBuilder().setHandle(watched).build());
  }

  @Test
  void aWatcherSeesTheStateThenEachFlushThenTheEnd() throws Exception {
    Iterator<WatchResponse> events = watch(handle);
    assertThat(events.next().getState().getGeneration()).isZero();

    StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
    client.send(Atoms.put(Atoms.caller("main", "call helper", "helper")));
    client.flush();
    client.send(Atoms.put(Atoms.function("helper", "ret")));
    client.flush();
    WatchResponse failed = events.next();
    assertThat(failed.getFlush().getPublished()).isFalse();
    assertThat(failed.getFlush().getDiagnosticsList()).hasSize(1);
    assertThat(events.next().getFlush().getGeneration()).isEqualTo(1);

    daemon.link().close(CloseRequest.newBuilder().setHandle(handle).build());
    assertThat(events.next().getClosed().getReason()).isEqualTo("a client closed it");
    assertThat(events.hasNext()).isFalse();
  }

  @Test
  void aWatcherSeesAFlushThatIsRefused() throws Exception {
    Iterator<WatchResponse> events = watch(handle);
    assertThat(events.next().hasState()).isTrue();
    StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
    client.send(Atoms.put(Atoms.function("", "ret")));
    assertThat(client.flush().getPublished()).isFalse();
    FlushReport refused = events.next().getFlush();
    assertThat(refused.getPublished()).isFalse();
    assertThat(refused.getDiagnosticsList()).hasSize(1);
    StatsResponse stats = daemon.admin().stats(StatsRequest.getDefaultInstance());
    assertThat(stats.getFailedFlushes()).isEqualTo(1);
    OutputState state =
        daemon.link().get(GetRequest.newBuilder().setHandle(handle).build()).getOutput();
    assertThat(state.getFlushes()).isEqualTo(stats.getFlushes());
    assertThat(state.getFailedFlushes()).isEqualTo(1);
  }

  @Test
  void watchingAllSeesOutputsComeAndGo() {
    Iterator<WatchResponse> events = watch(0);
    assertThat(events.next().getHandle()).isEqualTo(handle);
    long other = daemon.open("other").getHandle();
    assertThat(events.next())
        .satisfies(
            event -> {
              assertThat(event.getHandle()).isEqualTo(other);
              assertThat(event.hasState()).isTrue();
              assertThat(event.getPath()).endsWith("other");
            });
    daemon.link().close(CloseRequest.newBuilder().setHandle(handle).build());
    assertThat(events.next().hasClosed()).isTrue();
    daemon.link().close(CloseRequest.newBuilder().setHandle(other).build());
    assertThat(events.next().getHandle()).isEqualTo(other);
  }

  private Iterator<WatchResponse> follow(WatchRequest.Builder request) {
    return daemon.link().watch(request.setHandle(handle).setChanges(true).build());
  }

  private void publish(StreamClient client, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      client.send(Atoms.put(Atoms.function("f" + names++, "ret")));
      assertThat(client.flush().getPublished()).isTrue();
    }
  }

  private int names;

  @Test
  void aFollowerGetsTheChangeOfEveryPublishAfterItsReport() throws Exception {
    Iterator<WatchResponse> events = follow(WatchRequest.newBuilder());
    assertThat(events.next().hasState()).isTrue();
    StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
    publish(client, 2);
    assertThat(client.flush().getPublished()).isFalse();
    assertThat(events.next().getFlush().getGeneration()).isEqualTo(1);
    WatchResponse first = events.next();
    assertThat(first.getHandle()).isEqualTo(handle);
    Change change = first.getChange();
    assertThat(change.getGeneration()).isEqualTo(1);
    assertThat(change.getFileBytes()).isEqualTo(4096);
    assertThat(change.getFileRangesList())
        .containsExactly(ByteRange.newBuilder().setStart(1).setSize(2).build());
    assertThat(change.getAddressRangesList())
        .containsExactly(ByteRange.newBuilder().setStart(0x400001).setSize(2).build());
    assertThat(change.getAtomsComplete()).isTrue();
    assertThat(change.getAtomsAdded()).isEqualTo(1);
    assertThat(change.getAddedList()).containsExactly(7);
    assertThat(events.next().getFlush().getGeneration()).isEqualTo(2);
    assertThat(events.next().getChange().getGeneration()).isEqualTo(2);
    assertThat(events.next().getFlush().getPublished()).isFalse();
  }

  @Test
  void aFollowerThatComesBackContinuesWhereItWas() throws Exception {
    publish(StreamClient.begin(daemon.channel(), handle, "unit"), 5);
    Iterator<WatchResponse> events = follow(WatchRequest.newBuilder().setSince(3));
    assertThat(events.next().getState().getChangesSince()).isZero();
    assertThat(events.next().getChange().getGeneration()).isEqualTo(4);
    assertThat(events.next().getChange().getGeneration()).isEqualTo(5);
  }

  @Test
  void aFollowerThatIsTooFarBehindIsToldOfTheGap() throws Exception {
    StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
    publish(client, 20);
    Iterator<WatchResponse> events = follow(WatchRequest.newBuilder().setSince(3));
    assertThat(events.next().getState().getChangesSince()).isEqualTo(12);
    assertThat(events.next().getGap())
        .isEqualTo(ChangeGap.newBuilder().setKnown(3).setGeneration(20).build());
    publish(client, 1);
    assertThat(events.next().hasFlush()).isTrue();
    assertThat(events.next().getChange().getGeneration()).isEqualTo(21);
  }

  @Test
  void aGenerationOfAnotherDaemonIsAGap() throws Exception {
    publish(StreamClient.begin(daemon.channel(), handle, "unit"), 2);
    for (long unknown : new long[] {77, -1}) {
      Iterator<WatchResponse> events = follow(WatchRequest.newBuilder().setSince(unknown));
      assertThat(events.next().hasState()).isTrue();
      assertThat(events.next().getGap().getGeneration()).isEqualTo(2);
    }
  }

  @Test
  void aFollowerThatReadsTooSlowlyGetsOneGapAndThenTheNewestChanges() throws Exception {
    SlowWatcher slow = new SlowWatcher();
    LinkServiceGrpc.newStub(daemon.channel())
        .watch(WatchRequest.newBuilder().setHandle(handle).setChanges(true).build(), slow);
    slow.started.await();
    StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
    int flushes = 100_000;
    long last = 0;
    for (int i = 0; i < flushes / 100; i++) {
      Update[] batch = new Update[200];
      for (int j = 0; j < batch.length; j += 2) {
        batch[j] = Atoms.put(Atoms.function("same", i + " " + j));
        batch[j + 1] = Atoms.flush();
      }
      last = client.send(batch);
    }
    client.awaitAcknowledged(last);
    slow.readAll();
    daemon.link().close(CloseRequest.newBuilder().setHandle(handle).build());
    slow.ended.await();
    long known = 0;
    int gaps = 0;
    for (WatchResponse event : slow.events) {
      if (event.hasGap()) {
        gaps++;
        assertThat(event.getGap().getKnown()).isEqualTo(known);
        known = event.getGap().getGeneration();
      } else if (event.hasChange()) {
        assertThat(event.getChange().getGeneration()).isEqualTo(++known);
      }
    }
    assertThat(gaps).isPositive();
    assertThat(known).isEqualTo(flushes);
  }

  @Test
  void changesOfAllOutputsTogetherAreRefused() {
    for (WatchRequest wrong :
        List.of(
            WatchRequest.newBuilder().setChanges(true).build(),
            WatchRequest.newBuilder().setHandle(handle).setSince(1).build())) {
      StatusRuntimeException fault =
          catchThrowableOfType(
              StatusRuntimeException.class, () -> daemon.link().watch(wrong).next());
      assertThat(fault.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
  }

  @Test
  void aStaleHandleCannotBeWatched() {
    StatusRuntimeException fault =
        catchThrowableOfType(StatusRuntimeException.class, () -> watch(77).next());
    assertThat(fault.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void aSlowWatcherLosesEventsAndIsToldHowMany() throws Exception {
    SlowWatcher slow = new SlowWatcher();
    LinkServiceGrpc.newStub(daemon.channel())
        .watch(WatchRequest.newBuilder().setHandle(handle).build(), slow);
    slow.started.await();
    int flushes = 200_000;
    FlushRequest flush = FlushRequest.newBuilder().setHandle(handle).build();
    StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
    long last = 0;
    for (int i = 0; i < flushes / 100; i++) {
      Update[] batch = new Update[100];
      Arrays.fill(batch, Atoms.flush());
      last = client.send(batch);
    }
    client.awaitAcknowledged(last);
    slow.readAll();
    daemon.link().flush(flush);
    daemon.link().close(CloseRequest.newBuilder().setHandle(handle).build());
    slow.ended.await();

    long missed = slow.events.stream().mapToLong(WatchResponse::getMissed).sum();
    long seen = slow.events.stream().filter(WatchResponse::hasFlush).count();
    assertThat(missed).isPositive();
    assertThat(seen + missed).isEqualTo(flushes + 1);
    assertThat(slow.events.getLast().hasClosed()).isTrue();
  }

  /** Reads one event and then nothing until told. */
  private static final class SlowWatcher
      implements ClientResponseObserver<WatchRequest, WatchResponse> {
    private final List<WatchResponse> events = new ArrayList<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CompletableFuture<ClientCallStreamObserver<WatchRequest>> call =
        new CompletableFuture<>();

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> requests) {
      requests.disableAutoRequestWithInitial(1);
      call.complete(requests);
    }

    void readAll() {
      call.join().request(Integer.MAX_VALUE);
    }

    @Override
    public void onNext(WatchResponse event) {
      events.add(event);
      started.countDown();
    }

    @Override
    public void onError(Throwable fault) {
      ended.countDown();
    }

    @Override
    public void onCompleted() {
      ended.countDown();
    }
  }
}
