package dev.linkd.session;

import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.Output.InputChange;
import dev.linkd.v1.FlushOutcome;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.InputOutcome;
import dev.linkd.v1.Rejection;
import dev.linkd.v1.StreamBegin;
import dev.linkd.v1.Update;
import dev.linkd.v1.UpdateRequest;
import dev.linkd.v1.UpdateResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The output's side of one {@code Update} call. Everything here runs on the output's thread, except
 * {@link #refuse} when that thread has ended.
 *
 * <p><b>Flow control.</b> At most {@code window} requests are received and not yet applied, because
 * a new one is asked for only when one was applied and the response about it could be handed over.
 * A client that does not read its responses therefore stops being read, and memory stays bounded;
 * so does a client that is faster than the engine.
 *
 * <p><b>Rejections.</b> A rejected update leaves the output with the older content of what it was
 * about. Publishing that would look like success, so the flush after it reports the rejections
 * instead.
 */
final class UpdateCall {
  private final Limits limits;
  private final Counters counters;
  private final ServerCallStreamObserver<UpdateResponse> observer;
  private final OutputActor actor;
  private final Runnable onEnd;

  private @Nullable UpdateApplier applier;
  private UpdateResponse.Builder response = UpdateResponse.newBuilder();
  private long acknowledged;

  /** Requests that were applied and are not yet asked for again. */
  private int applied;

  private boolean owing;
  private boolean halfClosed;
  private final AtomicBoolean ended = new AtomicBoolean();

  /** Rejected since the last flush of this call. */
  private final List<Diagnostic> rejected = new ArrayList<>();

  UpdateCall(
      Limits limits,
      Counters counters,
      ServerCallStreamObserver<UpdateResponse> observer,
      OutputActor actor,
      Runnable onEnd) {
    this.limits = limits;
    this.counters = counters;
    this.observer = observer;
    this.actor = actor;
    this.onEnd = onEnd;
  }

  void begin(Output output, StreamBegin begin) throws RequestException {
    actor.connect(this);
    applier = new UpdateApplier(limits, output, begin.getStream());
  }

  /** Applies a request. */
  void apply(Output output, UpdateRequest request) throws RequestException {
    if (ended.get() || applier == null) {
      return;
    }
    int count = request.getUpdatesCount();
    counters.updates(count);
    applier.begin(request);
    for (int i = 0; i < count; i++) {
      apply(output, applier, request, i);
    }
    acknowledged = request.getSequence();
    applied++;
    oweResponse();
  }

  private void apply(Output output, UpdateApplier applier, UpdateRequest request, int index)
      throws RequestException {
    long sequence = request.getSequence();
    Update update = request.getUpdates(index);
    try {
      switch (update.getChangeCase()) {
        case FLUSH -> flush(output, sequence, index);
        case PUT_INPUT -> {
          InputChange change = applier.putInput(output, update.getPutInput());
          response.addInputs(outcome(sequence, index, change));
        }
        default -> applier.apply(output, request, index);
      }
    } catch (LinkException fault) {
      reject(sequence, index, fault.diagnostic());
    }
  }

  private void flush(Output output, long sequence, int index) {
    FlushOutcome.Builder outcome = FlushOutcome.newBuilder().setSequence(sequence).setIndex(index);
    if (rejected.isEmpty()) {
      FlushResult result = actor.flush(output);
      outcome.setReport(OutputMessages.report(result));
    } else {
      FlushReport report = OutputMessages.refusal(output.generation(), rejected);
      rejected.clear();
      outcome.setReport(report);
      actor.refused(report);
    }
    response.addFlushes(outcome);
  }

  private void reject(long sequence, int index, Diagnostic diagnostic) throws RequestException {
    counters.rejections(1);
    if (rejected.size() >= limits.rejections()) {
      throw RequestException.of(
          Reason.TOO_MANY_REJECTIONS,
          "more than "
              + limits.rejections()
              + " rejected updates since the last flush; the last: "
              + diagnostic);
    }
    rejected.add(diagnostic);
    response.addRejections(
        Rejection.newBuilder()
            .setSequence(sequence)
            .setIndex(index)
            .setDiagnostic(DiagnosticMessages.of(diagnostic)));
  }

  private static InputOutcome outcome(long sequence, int index, InputChange change) {
    return InputOutcome.newBuilder()
        .setSequence(sequence)
        .setIndex(index)
        .setAtomsAdded(change.atomsAdded())
        .setAtomsChanged(change.atomsChanged())
        .setAtomsRemoved(change.atomsRemoved())
        .setAtomsSame(change.atomsSame())
        .build();
  }

  /** The client has sent everything. */
  void halfClose() {
    halfClosed = true;
    oweResponse();
  }

  /** The client reads again, or a batch ended. */
  void oweResponse() {
    if (!owing && !ended.get()) {
      owing = true;
      actor.owe(this);
    }
  }

  /** Answers what was applied, unless the client does not read: then when it reads again. */
  void respond() {
    owing = false;
    if (ended.get() || !observer.isReady()) {
      return;
    }
    if (applied > 0) {
      observer.onNext(response.setAcknowledgedSequence(acknowledged).build());
      response = UpdateResponse.newBuilder();
      observer.request(applied);
      applied = 0;
    }
    if (halfClosed && end()) {
      observer.onCompleted();
    }
  }

  /** Ends the call with a fault. */
  void refuse(Exception fault) {
    if (end()) {
      observer.onError(StatusMapper.toStatus(fault));
    }
  }

  /** The client is gone; what it sent and was not yet applied is dropped. */
  void cancel() {
    end();
  }

  /** Whether this ended the call. */
  private boolean end() {
    if (!ended.compareAndSet(false, true)) {
      return false;
    }
    actor.disconnect(this);
    onEnd.run();
    return true;
  }
}
