package dev.linkd.session;

import dev.linkd.v1.FlushOutcome;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.LinkServiceGrpc;
import dev.linkd.v1.Rejection;
import dev.linkd.v1.StreamBegin;
import dev.linkd.v1.Update;
import dev.linkd.v1.UpdateRequest;
import dev.linkd.v1.UpdateResponse;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One {@code Update} call of a test. */
public final class StreamClient {
  private static final long TIMEOUT_MILLIS = 10_000;

  private final Receiver receiver = new Receiver();
  private final ClientCallStreamObserver<UpdateRequest> requests;
  private final List<UpdateResponse> responses = new ArrayList<>();
  private @Nullable Status end;
  private long sequence;

  /** Starts a call without a request. */
  public StreamClient(Channel channel) {
    requests =
        (ClientCallStreamObserver<UpdateRequest>) LinkServiceGrpc.newStub(channel).update(receiver);
  }

  public static StreamClient begin(Channel channel, long handle, String stream) {
    StreamClient client = new StreamClient(channel);
    client.send(
        UpdateRequest.newBuilder()
            .setSequence(++client.sequence)
            .setBegin(StreamBegin.newBuilder().setHandle(handle).setStream(stream))
            .build());
    return client;
  }

  /** Sends updates under the next sequence number, which is returned. */
  public long send(Update... updates) {
    send(
        UpdateRequest.newBuilder().setSequence(++sequence).addAllUpdates(List.of(updates)).build());
    return sequence;
  }

  public void send(UpdateRequest request) {
    requests.onNext(request);
  }

  public FlushReport flush() throws InterruptedException, TimeoutException {
    long asked = send(Atoms.flush());
    await(() -> outcomes().stream().anyMatch(o -> o.getSequence() == asked));
    return outcomes().stream()
        .filter(o -> o.getSequence() == asked)
        .findFirst()
        .orElseThrow()
        .getReport();
  }

  public void awaitAcknowledged(long wanted) throws InterruptedException, TimeoutException {
    await(() -> acknowledged() >= wanted);
  }

  public boolean isReady() {
    return requests.isReady();
  }

  public void halfClose() {
    requests.onCompleted();
  }

  /** Ends the client's side unless the daemon has ended the call. */
  public void halfCloseIfOpen() {
    synchronized (this) {
      if (end != null) {
        return;
      }
    }
    requests.onCompleted();
  }

  public void cancel() {
    requests.cancel("the test's client vanishes", null);
  }

  /** Asks for no further response. */
  public static StreamClient beginWithoutReading(Channel channel, long handle, String stream) {
    StreamClient client = new StreamClient(channel, 1);
    client.send(
        UpdateRequest.newBuilder()
            .setSequence(++client.sequence)
            .setBegin(StreamBegin.newBuilder().setHandle(handle).setStream(stream))
            .build());
    return client;
  }

  private StreamClient(Channel channel, int responsesAsked) {
    receiver.manual = true;
    requests =
        (ClientCallStreamObserver<UpdateRequest>) LinkServiceGrpc.newStub(channel).update(receiver);
    requests.request(responsesAsked);
  }

  /** Reads on. */
  public void read(int count) {
    requests.request(count);
  }

  public synchronized long acknowledged() {
    return responses.isEmpty() ? 0 : responses.getLast().getAcknowledgedSequence();
  }

  public synchronized List<UpdateResponse> responses() {
    return List.copyOf(responses);
  }

  public List<Rejection> rejections() {
    return responses().stream().flatMap(r -> r.getRejectionsList().stream()).toList();
  }

  public List<FlushOutcome> outcomes() {
    return responses().stream().flatMap(r -> r.getFlushesList().stream()).toList();
  }

  /** The status with which the call ended. */
  public Status awaitEnd() throws InterruptedException, TimeoutException {
    await(() -> end != null);
    return Objects.requireNonNull(end);
  }

  private synchronized void await(BooleanSupplier condition)
      throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + TIMEOUT_MILLIS * 1_000_000;
    while (!condition.getAsBoolean()) {
      long rest = (deadline - System.nanoTime()) / 1_000_000;
      if (rest <= 0) {
        throw new TimeoutException("acknowledged " + acknowledged() + ", ended: " + end);
      }
      wait(rest);
    }
  }

  private final class Receiver implements ClientResponseObserver<UpdateRequest, UpdateResponse> {
    private boolean manual;

    @Override
    public void beforeStart(ClientCallStreamObserver<UpdateRequest> call) {
      if (manual) {
        call.disableAutoRequestWithInitial(0);
      }
    }

    @Override
    public void onNext(UpdateResponse response) {
      synchronized (StreamClient.this) {
        responses.add(response);
        StreamClient.this.notifyAll();
      }
    }

    @Override
    public void onError(Throwable fault) {
      finish(Status.fromThrowable(fault));
    }

    @Override
    public void onCompleted() {
      finish(Status.OK);
    }

    private void finish(Status status) {
      synchronized (StreamClient.this) {
        end = status;
        StreamClient.this.notifyAll();
      }
    }
  }
}
