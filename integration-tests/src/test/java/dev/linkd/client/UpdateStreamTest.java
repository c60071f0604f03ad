package dev.linkd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.FlushOutcome;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.InputOutcome;
import dev.linkd.v1.LinkServiceGrpc;
import dev.linkd.v1.Rejection;
import dev.linkd.v1.Update;
import dev.linkd.v1.UpdateRequest;
import dev.linkd.v1.UpdateResponse;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client's side of an update stream, against a daemon that answers as each test says. */
@Timeout(60)
class UpdateStreamTest {
  private final Script script = new Script();
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    String name = UUID.randomUUID().toString();
    server = InProcessServerBuilder.forName(name).addService(script).build().start();
    channel = InProcessChannelBuilder.forName(name).build();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
  }

  private UpdateStream begin() {
    return UpdateStream.begin(channel, 77, "unit");
  }

  private static Update put(String key, int size) {
    return Update.newBuilder()
        .setPutAtom(
            AtomPut.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setContent(ByteString.copyFrom(new byte[size])))
        .build();
  }

  @Test
  void requestsAreNumberedAndTheFirstOneNamesTheStream() {
    try (UpdateStream updates = begin()) {
      assertThat(updates.send(put("a", 1), put("b", 1))).isEqualTo(2);
      assertThat(updates.send(List.of(put("c", 1)))).isEqualTo(3);
      updates.await();
    }
    assertThat(script.requests).extracting(UpdateRequest::getSequence).containsExactly(1L, 2L, 3L);
    assertThat(script.requests.getFirst().getBegin().getHandle()).isEqualTo(77);
    assertThat(script.requests.getFirst().getBegin().getStream()).isEqualTo("unit");
    assertThat(script.requests.get(1).getUpdatesCount()).isEqualTo(2);
  }

  @Test
  void namesAreNumberedAndSentWithTheNextUpdates() {
    ByteString name = ByteString.copyFromUtf8("f");
    try (UpdateStream updates = begin()) {
      assertThat(updates.name(name)).isEqualTo(1);
      assertThat(updates.name(name)).isEqualTo(2);
      updates.send(put("a", 1));
      updates.send(put("b", 1));
      assertThat(updates.name(name)).isEqualTo(3);
      updates.send(put("c", 1));
      updates.await();
    }
    assertThat(script.requests)
        .extracting(UpdateRequest::getNamesCount)
        .containsExactly(0, 2, 0, 1);
    assertThat(script.requests.get(1).getNames(0)).isEqualTo(name);
  }

  @Test
  void aFlushWaitsForItsReport() {
    script.answer =
        request ->
            request.getUpdatesList().stream().anyMatch(Update::hasFlush)
                ? List.of(report(request.getSequence(), 5))
                : List.of();
    try (UpdateStream updates = begin()) {
      updates.send(put("a", 1));
      FlushReport report = updates.flush();
      assertThat(report.getGeneration()).isEqualTo(5);
      assertThat(script.requests).hasSize(3);
      assertThat(updates.flush().getGeneration()).isEqualTo(5);
    }
  }

  private static UpdateResponse report(long sequence, long generation) {
    return UpdateResponse.newBuilder()
        .setAcknowledgedSequence(sequence)
        .addFlushes(
            FlushOutcome.newBuilder()
                .setSequence(sequence)
                .setReport(FlushReport.newBuilder().setGeneration(generation)))
        .build();
  }

  @Test
  void rejectionsAndInputsAreTakenOnce() {
    script.answer =
        request ->
            List.of(
                UpdateResponse.newBuilder()
                    .setAcknowledgedSequence(request.getSequence())
                    .addRejections(Rejection.newBuilder().setSequence(request.getSequence()))
                    .addInputs(InputOutcome.newBuilder().setSequence(request.getSequence()))
                    .build());
    try (UpdateStream updates = begin()) {
      long sent = updates.send(put("a", 1));
      updates.await();
      assertThat(updates.takeRejections())
          .last()
          .extracting(Rejection::getSequence)
          .isEqualTo(sent);
      assertThat(updates.takeRejections()).isEmpty();
      assertThat(updates.takeInputs()).last().extracting(InputOutcome::getSequence).isEqualTo(sent);
      assertThat(updates.takeInputs()).isEmpty();
    }
  }

  @Test
  void aCallThatBreaksFailsEveryWaitingMethodWithItsStatus() {
    script.answer =
        request -> {
          if (request.hasBegin()) {
            return List.of();
          }
          throw Status.NOT_FOUND.withDescription("the output is closed").asRuntimeException();
        };
    UpdateStream updates = begin();
    updates.send(put("a", 1));
    assertThat(fault(updates::await).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(fault(updates::flush).getDescription()).isEqualTo("the output is closed");
    assertThat(fault(() -> updates.send(put("b", 1))).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(fault(updates::close).getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void theDetailsOfAFaultReachTheCaller() {
    Metadata.Key<String> detail = Metadata.Key.of("detail", Metadata.ASCII_STRING_MARSHALLER);
    Metadata details = new Metadata();
    details.put(detail, "OUTPUT_CLOSED");
    script.answer =
        request -> {
          throw Status.NOT_FOUND.asRuntimeException(details);
        };
    UpdateStream updates = begin();
    StatusRuntimeException fault =
        catchThrowableOfType(StatusRuntimeException.class, updates::await);
    assertThat(fault.getTrailers()).isNotNull();
    assertThat(fault.getTrailers().get(detail)).isEqualTo("OUTPUT_CLOSED");
  }

  @Test
  void aDaemonThatEndsTheCallEarlyIsUnavailable() {
    script.answer =
        request -> {
          script.acknowledging = false;
          script.call.join().onCompleted();
          return List.of();
        };
    UpdateStream updates = begin();
    assertThat(fault(updates::await).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    updates.close();
    updates.close();
  }

  private static Status fault(Runnable action) {
    return catchThrowableOfType(StatusRuntimeException.class, action::run).getStatus();
  }

  @Test
  void closingWaitsForTheEndAndHappensOnce() {
    script.delayEndMillis = 200;
    UpdateStream updates = begin();
    long start = System.nanoTime();
    updates.close();
    assertThat(System.nanoTime() - start).isGreaterThan(150_000_000L);
    updates.close();
    assertThat(script.ends()).isEqualTo(1);
  }

  @Test
  void aDaemonThatDoesNotReadSlowsTheClientDown() throws Exception {
    script.reading = false;
    CompletableFuture<Long> last = new CompletableFuture<>();
    Thread sender =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (UpdateStream updates = begin()) {
                    for (int i = 0; i < 200; i++) {
                      updates.send(put("large", 1 << 16));
                    }
                    updates.await();
                    last.complete(script.requests.getLast().getSequence());
                  } catch (RuntimeException e) {
                    last.completeExceptionally(e);
                  }
                });
    await().until(() -> sender.getState() == Thread.State.WAITING);
    int waiting = script.requests.size();
    assertThat(waiting).isLessThan(50);
    assertThat(last).isNotDone();
    script.call.join().request(Integer.MAX_VALUE);
    assertThat(last.get(30, TimeUnit.SECONDS)).isEqualTo(201);
    assertThat(script.requests).hasSize(201);
  }

  @Test
  void anInterruptedWaitIsCancelledAndStaysInterrupted() {
    script.answer = request -> List.of();
    script.acknowledging = false;
    UpdateStream updates = begin();
    Thread.currentThread().interrupt();
    assertThat(fault(updates::await).getCode()).isEqualTo(Status.Code.CANCELLED);
    assertThat(Thread.interrupted()).isTrue();
  }

  /** What the daemon says to one request. */
  private interface Answer {
    List<UpdateResponse> to(UpdateRequest request);
  }

  /** Records requests, answers as told, and acknowledges what gets no answer. */
  private static final class Script extends LinkServiceGrpc.LinkServiceImplBase {
    private final List<UpdateRequest> requests = new CopyOnWriteArrayList<>();
    private final CompletableFuture<ServerCallStreamObserver<UpdateResponse>> call =
        new CompletableFuture<>();
    private volatile Answer answer = request -> List.of();
    private volatile boolean reading = true;
    private volatile boolean acknowledging = true;
    private volatile long delayEndMillis;
    private int ends;

    synchronized int ends() {
      return ends;
    }

    private synchronized void countEnd() {
      ends++;
    }

    @Override
    public StreamObserver<UpdateRequest> update(StreamObserver<UpdateResponse> observer) {
      var responses = (ServerCallStreamObserver<UpdateResponse>) observer;
      if (!reading) {
        responses.disableAutoRequest();
      }
      call.complete(responses);
      return new StreamObserver<>() {
        @Override
        public void onNext(UpdateRequest request) {
          requests.add(request);
          try {
            List<UpdateResponse> answers = new ArrayList<>(answer.to(request));
            if (answers.isEmpty() && acknowledging && !responses.isCancelled()) {
              answers.add(
                  UpdateResponse.newBuilder()
                      .setAcknowledgedSequence(request.getSequence())
                      .build());
            }
            answers.forEach(responses::onNext);
          } catch (StatusRuntimeException fault) {
            responses.onError(fault);
          }
        }

        @Override
        public void onError(Throwable fault) {
          countEnd();
        }

        @Override
        public void onCompleted() {
          countEnd();
          if (!acknowledging) {
            return;
          }
          try {
            Thread.sleep(delayEndMillis);
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
          }
          responses.onCompleted();
        }
      };
    }
  }
}
