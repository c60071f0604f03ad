package dev.linkd.session;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.linkd.store.InputWatch;
import dev.linkd.v1.AdminServiceGrpc;
import dev.linkd.v1.DrainRequest;
import dev.linkd.v1.DrainResponse;
import dev.linkd.v1.InputWatchStats;
import dev.linkd.v1.OutputWork;
import dev.linkd.v1.StatsRequest;
import dev.linkd.v1.StatsResponse;
import dev.linkd.v1.StopRequest;
import dev.linkd.v1.StopResponse;
import dev.linkd.v1.VersionRequest;
import dev.linkd.v1.VersionResponse;
import dev.linkd.v1.WarmUpState;
import dev.linkd.v1.WarmUpStats;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** {@code linkd.v1.AdminService}. */
public final class AdminEndpoint extends AdminServiceGrpc.AdminServiceImplBase {
  private static final long GRACE_SECONDS_USUAL = 10;
  private static final long GRACE_SECONDS_MAX = 3_600;
  private static final long DRAIN_NANOS_MAX = TimeUnit.HOURS.toNanos(1);

  private final DaemonIdentity identity;
  private final OutputRegistry registry;
  private final Counters counters;
  private final DrainGate gate;
  private final DaemonControl control;
  private final Supplier<InputWatch.Statistics> inputWatch;
  private final LongSupplier inputBytes;

  public AdminEndpoint(
      DaemonIdentity identity,
      OutputRegistry registry,
      Counters counters,
      DrainGate gate,
      DaemonControl control,
      Supplier<InputWatch.Statistics> inputWatch,
      LongSupplier inputBytes) {
    this.identity = identity;
    this.registry = registry;
    this.counters = counters;
    this.gate = gate;
    this.control = control;
    this.inputWatch = inputWatch;
    this.inputBytes = inputBytes;
  }

  @Override
  public void version(VersionRequest request, StreamObserver<VersionResponse> observer) {
    observer.onNext(
        VersionResponse.newBuilder()
            .setRelease(identity.release())
            .setBuild(identity.build())
            .setPid(identity.pid())
            .setStarted(
                Timestamp.newBuilder()
                    .setSeconds(identity.started().getEpochSecond())
                    .setNanos(identity.started().getNano()))
            .setRuntime(Runtime.version().toString())
            .addApis("linkd.v1")
            .build());
    observer.onCompleted();
  }

  @Override
  public void stats(StatsRequest request, StreamObserver<StatsResponse> observer) {
    ListCollector.collect(
        registry.actors(),
        outputs -> {
          StatsResponse.Builder stats =
              StatsResponse.newBuilder()
                  .setUptime(OutputMessages.duration(identity.uptimeNanos()))
                  .setOutputs(registry.size())
                  .setWatchers(registry.watchers().size())
                  .setUpdates(counters.updates())
                  .setRejections(counters.rejections())
                  .setFlushes(counters.flushes())
                  .setFailedFlushes(counters.failedFlushes())
                  .setLinks(counters.links())
                  .setHeapBytes(heapBytes())
                  .setDraining(gate.draining())
                  .setInputWatch(inputWatch())
                  .setInputBytes(inputBytes.getAsLong())
                  .setWarmUp(warmUp());
          outputs.forEach(
              output -> {
                stats.setStreams(stats.getStreams() + output.getStreams());
                stats.setResidentBytes(stats.getResidentBytes() + output.getResidentBytes());
                stats.addWork(
                    OutputWork.newBuilder()
                        .setPath(output.getOptions().getPath())
                        .setGeneration(output.getGeneration())
                        .setLastFlush(output.getLastFlush()));
              });
          counters
              .lastLinkNanos()
              .ifPresent(nanos -> stats.setLastLinkTime(OutputMessages.duration(nanos)));
          control
              .idleStopNanos()
              .ifPresent(nanos -> stats.setIdleStop(OutputMessages.duration(nanos)));
          observer.onNext(stats.build());
          observer.onCompleted();
        });
  }

  private InputWatchStats inputWatch() {
    InputWatch.Statistics watch = inputWatch.get();
    return InputWatchStats.newBuilder()
        .setDirectories(watch.directories())
        .setEvents(watch.written())
        .setOverflows(watch.overflows())
        .setRefused(watch.refused())
        .setFilesReadAhead(watch.read())
        .setHits(watch.hits())
        .setBytesHeld(watch.bytes())
        .build();
  }

  private WarmUpStats warmUp() {
    WarmUpProgress progress = control.warmUp();
    return WarmUpStats.newBuilder()
        .setState(
            switch (progress.state()) {
              case OFF -> WarmUpState.WARM_UP_STATE_OFF;
              case RUNNING -> WarmUpState.WARM_UP_STATE_RUNNING;
              case DONE -> WarmUpState.WARM_UP_STATE_DONE;
              case ENDED -> WarmUpState.WARM_UP_STATE_ENDED;
            })
        .setPlayed(progress.played())
        .setScenes(progress.scenes())
        .setTime(OutputMessages.duration(progress.nanos()))
        .build();
  }

  private static long heapBytes() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Override
  public void drain(DrainRequest request, StreamObserver<DrainResponse> observer) {
    control.drain();
    Deadline deadline = Context.current().getDeadline();
    long nanos = deadline == null ? DRAIN_NANOS_MAX : deadline.timeRemaining(TimeUnit.NANOSECONDS);
    Thread.startVirtualThread(() -> awaitQuiet(nanos, observer));
  }

  private void awaitQuiet(long nanos, StreamObserver<DrainResponse> observer) {
    try {
      if (!gate.awaitQuiet(nanos)) {
        throw RequestException.of(Reason.DRAIN_TIMEOUT, gate.running() + " calls still run");
      }
      observer.onNext(DrainResponse.getDefaultInstance());
      observer.onCompleted();
    } catch (RequestException | InterruptedException fault) {
      observer.onError(StatusMapper.toStatus(fault));
    }
  }

  @Override
  public void stop(StopRequest request, StreamObserver<StopResponse> observer) {
    try {
      long nanos = graceNanos(request);
      observer.onNext(StopResponse.newBuilder().setPid(identity.pid()).build());
      observer.onCompleted();
      control.stop(nanos, "a client asked for it");
    } catch (RequestException fault) {
      observer.onError(StatusMapper.toStatus(fault));
    }
  }

  private static long graceNanos(StopRequest request) throws RequestException {
    if (!request.hasGrace()) {
      return TimeUnit.SECONDS.toNanos(GRACE_SECONDS_USUAL);
    }
    Duration grace = request.getGrace();
    if (grace.getSeconds() < 0
        || grace.getSeconds() > GRACE_SECONDS_MAX
        || grace.getNanos() < 0
        || grace.getNanos() >= TimeUnit.SECONDS.toNanos(1)) {
      throw RequestException.field("grace", "0 s to " + GRACE_SECONDS_MAX + " s");
    }
    return TimeUnit.SECONDS.toNanos(grace.getSeconds()) + grace.getNanos();
  }
}
