package dev.linkd.client;

import com.google.protobuf.ByteString;
import dev.linkd.v1.FlushMark;
import dev.linkd.v1.FlushOutcome;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.InputOutcome;
import dev.linkd.v1.LinkServiceGrpc;
import dev.linkd.v1.Rejection;
import dev.linkd.v1.StreamBegin;
import dev.linkd.v1.Update;
import dev.linkd.v1.UpdateRequest;
import dev.linkd.v1.UpdateResponse;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One {@code Update} call: numbers the requests, waits when the daemon does not keep up, and
 * collects the answers. {@link #send} returns before the daemon has seen the update; {@link #flush}
 * waits for everything before it. For one thread at a time.
 *
 * <p>When the call breaks, every method throws {@link StatusRuntimeException}: open the output
 * again, begin a new stream of the same name, and send again what was not flushed. What the daemon
 * holds already is no work.
 */
public final class UpdateStream implements AutoCloseable {
  private static final Update FLUSH =
      Update.newBuilder().setFlush(FlushMark.getDefaultInstance()).build();

  private final Answers answers = new Answers();
  private final ClientCallStreamObserver<UpdateRequest> requests;
  private final List<ByteString> waitingNames = new ArrayList<>();
  private int names;
  private long sequence;
  private boolean halfClosed;

  private UpdateStream(Channel channel) {
    requests =
        (ClientCallStreamObserver<UpdateRequest>) LinkServiceGrpc.newStub(channel).update(answers);
  }

  static UpdateStream begin(Channel channel, long handle, String stream) {
    UpdateStream updates = new UpdateStream(channel);
    updates.sendRequest(
        UpdateRequest.newBuilder()
            .setBegin(StreamBegin.newBuilder().setHandle(handle).setStream(stream)));
    return updates;
  }

  /**
   * Gives a name a number that the atoms of this stream can have in its place, see {@link
   * UpdateRequest#getNamesList}. It is sent with the next updates.
   *
   * @return the number; the same name may have several
   */
  public int name(ByteString name) {
    waitingNames.add(name);
    return ++names;
  }

  /**
   * Sends updates, applied in this order.
   *
   * @return the sequence number, which {@link Rejection}s refer to
   */
  public long send(Update... updates) {
    return send(List.of(updates));
  }

  /** Sends updates, applied in this order. */
  public long send(List<Update> updates) {
    return sendRequest(UpdateRequest.newBuilder().addAllUpdates(updates));
  }

  /** Applies everything that was sent, and publishes; waits for the result. */
  public FlushReport flush() {
    long asked = send(FLUSH);
    answers.awaitAcknowledged(asked);
    return answers.takeFlush();
  }

  /** Waits until everything that was sent is applied or rejected. */
  public void await() {
    answers.awaitAcknowledged(sequence);
  }

  /** Updates that were refused since the last call of this method, as far as is known. */
  public List<Rejection> takeRejections() {
    return answers.takeRejections();
  }

  /** What input files changed since the last call of this method, as far as is known. */
  public List<InputOutcome> takeInputs() {
    return answers.takeInputs();
  }

  private long sendRequest(UpdateRequest.Builder request) {
    answers.awaitReady(requests);
    requests.onNext(request.addAllNames(waitingNames).setSequence(++sequence).build());
    waitingNames.clear();
    return sequence;
  }

  /** Ends the call after everything that was sent is acknowledged. */
  @Override
  public void close() {
    if (!halfClosed) {
      halfClosed = true;
      requests.onCompleted();
      answers.awaitEnd();
    }
  }

  /** What the daemon answered; filled by the transport's thread. */
  private static final class Answers
      implements ClientResponseObserver<UpdateRequest, UpdateResponse> {
    private final List<FlushReport> flushes = new ArrayList<>();
    private List<Rejection> rejections = new ArrayList<>();
    private List<InputOutcome> inputs = new ArrayList<>();
    private long acknowledged;
    private @Nullable Status end;

    /** The details of a fault: google.rpc.ErrorInfo and the like. */
    private @Nullable Metadata trailers;

    @Override
    public void beforeStart(ClientCallStreamObserver<UpdateRequest> call) {
      call.setOnReadyHandler(this::wake);
    }

    private synchronized void wake() {
      notifyAll();
    }

    @Override
    public synchronized void onNext(UpdateResponse response) {
      acknowledged = response.getAcknowledgedSequence();
      rejections.addAll(response.getRejectionsList());
      inputs.addAll(response.getInputsList());
      for (FlushOutcome outcome : response.getFlushesList()) {
        flushes.add(outcome.getReport());
      }
      notifyAll();
    }

    @Override
    public synchronized void onError(Throwable fault) {
      end = Status.fromThrowable(fault);
      trailers = Status.trailersFromThrowable(fault);
      notifyAll();
    }

    @Override
    public synchronized void onCompleted() {
      end = Status.OK;
      notifyAll();
    }

    synchronized void awaitReady(ClientCallStreamObserver<UpdateRequest> requests) {
      while (end == null && !requests.isReady()) {
        pause();
      }
      throwIfEnded();
    }

    synchronized void awaitAcknowledged(long sequence) {
      while (end == null && Long.compareUnsigned(acknowledged, sequence) < 0) {
        pause();
      }
      if (Long.compareUnsigned(acknowledged, sequence) < 0) {
        throwIfEnded();
      }
    }

    synchronized void awaitEnd() {
      while (end == null) {
        pause();
      }
      if (!end.isOk()) {
        throwIfEnded();
      }
    }

    private void throwIfEnded() {
      if (end != null) {
        throw (end.isOk() ? Status.UNAVAILABLE.withDescription("the daemon ended the call") : end)
            .asRuntimeException(trailers);
      }
    }

    private void pause() {
      try {
        wait();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw Status.CANCELLED.withCause(interrupted).asRuntimeException();
      }
    }

    /** The report of the last flush; earlier ones have been taken or were sent as plain updates. */
    synchronized FlushReport takeFlush() {
      FlushReport last = flushes.getLast();
      flushes.clear();
      return last;
    }

    synchronized List<Rejection> takeRejections() {
      List<Rejection> taken = rejections;
      rejections = new ArrayList<>();
      return taken;
    }

    synchronized List<InputOutcome> takeInputs() {
      List<InputOutcome> taken = inputs;
      inputs = new ArrayList<>();
      return taken;
    }
  }
}
