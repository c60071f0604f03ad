package dev.linkd.session;

import dev.linkd.output.Output;
import dev.linkd.v1.StreamBegin;
import dev.linkd.v1.UpdateRequest;
import dev.linkd.v1.UpdateResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The transport's side of one {@code Update} call: checks the protocol of the stream and hands
 * requests to the output's thread. gRPC calls it from one thread at a time.
 */
final class UpdateReceiver implements StreamObserver<UpdateRequest> {
  private final OutputRegistry registry;
  private final Limits limits;
  private final Counters counters;
  private final DrainGate gate;
  private final ServerCallStreamObserver<UpdateResponse> observer;

  private @Nullable OutputActor actor;
  private @Nullable UpdateCall call;
  private long lastSequence;
  private boolean ended;

  UpdateReceiver(
      OutputRegistry registry,
      Limits limits,
      Counters counters,
      DrainGate gate,
      ServerCallStreamObserver<UpdateResponse> observer) {
    this.registry = registry;
    this.limits = limits;
    this.counters = counters;
    this.gate = gate;
    this.observer = observer;
    observer.disableAutoRequest();
    observer.setOnReadyHandler(this::ready);
    observer.setOnCancelHandler(this::cancelled);
    observer.request(1);
  }

  @Override
  public void onNext(UpdateRequest request) {
    if (ended) {
      return;
    }
    try {
      if (Long.compareUnsigned(request.getSequence(), lastSequence) <= 0) {
        throw RequestException.of(
            Reason.OUT_OF_SEQUENCE,
            "sequence %s follows %s; it must be greater"
                .formatted(
                    Long.toUnsignedString(request.getSequence()),
                    Long.toUnsignedString(lastSequence)));
      }
      lastSequence = request.getSequence();
      if (request.getUpdatesCount() > limits.updates()) {
        throw RequestException.field("updates", "more than " + limits.updates() + " in a request");
      }
      if (call == null) {
        begin(request);
      } else if (request.hasBegin()) {
        throw RequestException.of(Reason.OUT_OF_SEQUENCE, "only the first request may begin");
      } else {
        post(actor(), call, (c, output) -> c.apply(output, request));
      }
    } catch (RequestException fault) {
      fail(fault);
    }
  }

  private void begin(UpdateRequest request) throws RequestException {
    if (!request.hasBegin()) {
      throw RequestException.of(
          Reason.OUT_OF_SEQUENCE, "the first request must name output and stream in 'begin'");
    }
    StreamBegin begin = request.getBegin();
    checkStream(begin.getStream());
    OutputActor found = registry.actor(begin.getHandle());
    gate.enter();
    UpdateCall opened = new UpdateCall(limits, counters, observer, found, gate::leave);
    counters.streams(1);
    actor = found;
    call = opened;
    post(
        found,
        opened,
        (c, output) -> {
          c.begin(output, begin);
          c.apply(output, request);
        });
    observer.request(limits.window() - 1);
  }

  private void checkStream(String name) throws RequestException {
    if (name.isEmpty()
        || name.indexOf('\0') >= 0
        || name.getBytes(StandardCharsets.UTF_8).length > limits.pathBytes()) {
      throw RequestException.field(
          "begin.stream", "must have 1 to " + limits.pathBytes() + " bytes without NUL");
    }
  }

  /** After everything that arrived before it, so that the answers keep their order. */
  private void fail(RequestException fault) {
    ended = true;
    if (call == null) {
      observer.onError(StatusMapper.toStatus(fault));
      return;
    }
    post(
        actor(),
        call,
        (c, output) -> {
          c.respond();
          c.refuse(fault);
        });
  }

  @Override
  public void onCompleted() {
    if (ended) {
      return;
    }
    ended = true;
    if (call == null) {
      observer.onCompleted();
    } else {
      post(actor(), call, (c, output) -> c.halfClose());
    }
  }

  /** A cancellation: the cancel handler does the work. */
  @Override
  public void onError(Throwable fault) {
    ended = true;
  }

  private void ready() {
    if (call != null) {
      post(actor(), call, (c, output) -> c.oweResponse());
    }
  }

  private void cancelled() {
    ended = true;
    if (call != null) {
      post(actor(), call, (c, output) -> c.cancel());
    }
  }

  private OutputActor actor() {
    if (actor == null) {
      throw new IllegalStateException("the call has not begun");
    }
    return actor;
  }

  /** What a call does on the output's thread. */
  private interface Step {
    void run(UpdateCall call, Output output) throws RequestException;
  }

  private static void post(OutputActor actor, UpdateCall call, Step step) {
    actor.post(
        new OutputWork() {
          @Override
          public void run(Output output) throws RequestException {
            step.run(call, output);
          }

          @Override
          public void refuse(Exception fault) {
            call.refuse(fault);
          }
        });
  }
}
