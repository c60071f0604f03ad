package dev.linkd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Duration;
import dev.linkd.session.Atoms;
import dev.linkd.session.StreamClient;
import dev.linkd.v1.AdminServiceGrpc;
import dev.linkd.v1.DrainRequest;
import dev.linkd.v1.StatsRequest;
import dev.linkd.v1.StatsResponse;
import dev.linkd.v1.StopRequest;
import dev.linkd.v1.VersionRequest;
import dev.linkd.v1.VersionResponse;
import dev.linkd.v1.WarmUpState;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as its operators see it. */
@Timeout(60)
class AdministrationTest {
  @TempDir Path directory;
  private TestDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    daemon = new TestDaemon(directory);
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
  }

  private ServingStatus health() {
    return health("");
  }

  private ServingStatus health(String service) {
    return HealthGrpc.newBlockingStub(daemon.channel())
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }

  @Test
  void stoppingDoesNotWaitForLongWorkAndKeepsOthersOutMeanwhile() throws Exception {
    long handle = daemon.open("program").getHandle();
    StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
    daemon.outputs().gate();
    client.send(Atoms.put(Atoms.function("slow", "1")));
    client.send(Atoms.put(Atoms.function("never", "2")));
    while (!daemon.outputs().atGate()) {
      Thread.sleep(5);
    }
    daemon.daemon().stop(0, "test");
    assertThat(daemon.outputs().openOutputs()).as("still at work").isEqualTo(1);
    assertThat(directory.resolve("socket")).doesNotExist();
    assertThatThrownBy(() -> new TestDaemon(directory))
        .isInstanceOf(SocketLock.AlreadyRunningException.class);
  }

  @Test
  void versionNamesTheProcess() {
    VersionResponse version = daemon.admin().version(VersionRequest.getDefaultInstance());
    assertThat(version.getRelease()).isEqualTo("1.2.3");
    assertThat(version.getPid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(version.getApisList()).containsExactly("linkd.v1");
    assertThat(version.getStarted().getSeconds()).isPositive();
  }

  @Test
  void statsCountWhatHappened() throws Exception {
    StreamClient client =
        StreamClient.begin(daemon.channel(), daemon.open("program").getHandle(), "unit");
    client.send(Atoms.put(Atoms.function("a", "1")), Atoms.put(Atoms.function("refused", "2")));
    client.flush();
    client.flush();

    StatsResponse stats = daemon.admin().stats(StatsRequest.getDefaultInstance());
    assertThat(stats.getOutputs()).isEqualTo(1);
    assertThat(stats.getStreams()).isEqualTo(1);
    assertThat(stats.getUpdates()).isEqualTo(4);
    assertThat(stats.getRejections()).isEqualTo(1);
    assertThat(stats.getFlushes()).isEqualTo(2);
    assertThat(stats.getFailedFlushes()).as("refused because of the rejection").isEqualTo(1);
    assertThat(stats.getResidentBytes()).isEqualTo(1 << 20);
    assertThat(stats.getHeapBytes()).isPositive();
    assertThat(stats.getInputBytes()).isEqualTo(ScriptedDriver.INPUT_BYTES);
    assertThat(stats.getWarmUp().getState()).isEqualTo(WarmUpState.WARM_UP_STATE_OFF);
    assertThat(stats.getIdleStop().getSeconds()).isBetween(3_590L, 3_600L);
  }

  @Test
  void theStandardServicesAnswer() throws Exception {
    assertThat(health()).isEqualTo(ServingStatus.SERVING);
    assertThat(health("linkd.v1.LinkService")).isEqualTo(ServingStatus.SERVING);
    assertThat(health("linkd.v1.AdminService")).isEqualTo(ServingStatus.SERVING);
    CompletableFuture<ServerReflectionResponse> services = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> request =
        ServerReflectionGrpc.newStub(daemon.channel())
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    services.complete(response);
                  }

                  @Override
                  public void onError(Throwable fault) {
                    services.completeExceptionally(fault);
                  }

                  @Override
                  public void onCompleted() {}
                });
    request.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    assertThat(services.get(10, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
        .extracting("name")
        .contains(
            "linkd.v1.LinkService",
            "linkd.v1.AdminService",
            "grpc.health.v1.Health",
            "grpc.channelz.v1.Channelz");
    request.onCompleted();
  }

  @Test
  void drainWaitsForStreamsAndRefusesNewOnes() throws Exception {
    long handle = daemon.open("program").getHandle();
    StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
    client.awaitAcknowledged(1);
    StatusRuntimeException early =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                AdminServiceGrpc.newBlockingStub(daemon.channel())
                    .withDeadlineAfter(200, TimeUnit.MILLISECONDS)
                    .drain(DrainRequest.getDefaultInstance()));
    assertThat(early.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(health()).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(StreamClient.begin(daemon.channel(), handle, "late").awaitEnd().getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
    StatusRuntimeException open =
        catchThrowableOfType(StatusRuntimeException.class, () -> daemon.open("other"));
    assertThat(open.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);

    client.send(Atoms.put(Atoms.function("a", "1")));
    assertThat(client.flush().getPublished()).as("the running stream goes on").isTrue();
    client.halfClose();
    client.awaitEnd();
    assertThat(daemon.admin().drain(DrainRequest.getDefaultInstance())).isNotNull();
  }

  @Test
  void stopAnswersThenClosesEverything() throws Exception {
    daemon.open("program");
    long pid = daemon.admin().stop(StopRequest.getDefaultInstance()).getPid();
    assertThat(pid).isEqualTo(ProcessHandle.current().pid());
    daemon.daemon().awaitStop();
    assertThat(daemon.outputs().openOutputs()).isZero();
    assertThat(directory.resolve("socket")).doesNotExist();
    assertThat(Files.readString(directory.resolve("socket.pid")))
        .startsWith("stopped\n")
        .contains("because a client asked for it");
  }

  @Test
  void stopGivesRunningStreamsTheirGrace() throws Exception {
    long handle = daemon.open("program").getHandle();
    StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
    client.awaitAcknowledged(1);
    daemon
        .admin()
        .stop(StopRequest.newBuilder().setGrace(Duration.newBuilder().setSeconds(30)).build());
    client.send(Atoms.put(Atoms.function("a", "1")));
    assertThat(client.flush().getPublished()).isTrue();
    client.halfClose();
    assertThat(client.awaitEnd().getCode()).isEqualTo(Status.Code.OK);
    daemon.daemon().awaitStop();
  }

  @Test
  void stopWithoutGraceEndsRunningStreams() throws Exception {
    StreamClient client =
        StreamClient.begin(daemon.channel(), daemon.open("program").getHandle(), "unit");
    client.awaitAcknowledged(1);
    daemon.admin().stop(StopRequest.newBuilder().setGrace(Duration.getDefaultInstance()).build());
    assertThat(client.awaitEnd().getCode())
        .isIn(Status.Code.NOT_FOUND, Status.Code.UNAVAILABLE, Status.Code.CANCELLED);
    daemon.daemon().awaitStop();
    assertThat(daemon.outputs().openOutputs()).isZero();
  }

  @Test
  void aGraceOutOfRangeIsRefused() {
    for (Duration grace :
        new Duration[] {
          Duration.newBuilder().setSeconds(-1).build(),
          Duration.newBuilder().setSeconds(3_601).build(),
          Duration.newBuilder().setNanos(1_000_000_000).build()
        }) {
      StatusRuntimeException fault =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () -> daemon.admin().stop(StopRequest.newBuilder().setGrace(grace).build()));
      assertThat(fault.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
    assertThat(health()).isEqualTo(ServingStatus.SERVING);
  }
}
