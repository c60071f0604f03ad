package dev.linkd.session;

import dev.linkd.diag.LinkException;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.OutputFactory;
import dev.linkd.output.OutputSpec;
import dev.linkd.v1.FlushReport;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open output and the thread that owns it. The thread opens the output, does the work that
 * arrives in its mailbox, and closes the output; nobody else touches it, so nothing inside is
 * locked.
 *
 * <p><b>Batches.</b> The thread takes all waiting work at once. Streams answer at the end of such a
 * batch, so that under load one response acknowledges many requests, and without load the answer
 * comes at once.
 *
 * <p><b>Defects.</b> An unchecked exception from the engine leaves the output in an unknown state.
 * It is closed: its handle becomes stale, the published file stays, and clients open it again.
 * Other outputs are not concerned.
 */
final class OutputActor {
  private static final Logger log = LoggerFactory.getLogger(OutputActor.class);

  private final long handle;
  private final OutputSpec spec;
  private final Limits limits;
  private final Listener listener;
  private final Mailbox<OutputWork> mailbox;
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Streams that are connected. A stream leaves on another thread only after the thread's end. */
  private final List<UpdateCall> calls = new CopyOnWriteArrayList<>();

  /** Streams that owe a response at the end of the batch. Owned by the thread. */
  private final ArrayDeque<UpdateCall> owing = new ArrayDeque<>();

  private long refusedFlushes;
  private @Nullable String closeReason;

  /** Why there never was an output. */
  private volatile @Nullable LinkException refusal;

  /** Why the present content was made as it was; empty when there is nothing to say. */
  private volatile String cause = "";

  /** Learns what happens to an output, on its thread. */
  interface Listener {
    void opened(OutputActor actor, Output output);

    void flushed(OutputActor actor, Output output, FlushResult result);

    /** A flush was not tried, because updates before it were rejected. */
    void refused(OutputActor actor, FlushReport report);

    /** The output is about to close: nobody may attach to it any more. */
    void failed(OutputActor actor);

    /** The output is closed and its path is free. */
    void ended(OutputActor actor, String reason);
  }

  OutputActor(long handle, OutputSpec spec, Limits limits, Listener listener) {
    this.handle = handle;
    this.spec = spec;
    this.limits = limits;
    this.listener = listener;
    this.mailbox = new Mailbox<>(limits.waitingCalls());
  }

  /**
   * Starts the thread.
   *
   * @param predecessor the actor that had the path before and may still be closing it
   */
  void start(OutputFactory factory, @Nullable OutputActor predecessor) {
    Thread.ofPlatform()
        .name("output-" + spec.path().getFileName())
        .daemon(true)
        .start(() -> live(factory, predecessor));
  }

  long handle() {
    return handle;
  }

  OutputSpec spec() {
    return spec;
  }

  void explain(String text) {
    cause = text;
  }

  /** Something that happened to the output, with its cause. */
  String explained(String event) {
    return cause.isEmpty() ? event : event + "; " + cause;
  }

  /** Number of connected streams. */
  int streams() {
    return calls.size();
  }

  /** Queues a call; it is refused at once when too many wait. */
  void submit(OutputWork work) {
    switch (mailbox.offer(work)) {
      case ACCEPTED -> {}
      case FULL ->
          work.refuse(
              RequestException.limit("calls that wait for one output", limits.waitingCalls()));
      case CLOSED -> work.refuse(endFault());
    }
  }

  /** Queues work of a stream, which bounds the number of its requests itself. */
  void post(OutputWork work) {
    if (!mailbox.put(work)) {
      work.refuse(endFault());
    }
  }

  /** Closes the output after the work that waits already. */
  void close(String reason) {
    post(
        new OutputWork() {
          @Override
          public void run(Output output) {
            closeReason = reason;
          }

          @Override
          public void refuse(Exception fault) {
            // Closed already: that is what was asked for.
          }
        });
  }

  /**
   * Lets the output give the memory of its image back after the work that waits already.
   *
   * @param unlessChanged not when the published file is not the image any more
   */
  void releaseImage(boolean unlessChanged) {
    post(
        new OutputWork() {
          @Override
          public void run(Output output) {
            output.releaseImage(unlessChanged);
          }

          @Override
          public void refuse(Exception fault) {
            // Closed already: it has no image any more.
          }
        });
  }

  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /** Waits for the end at most so long; returns whether it has come. */
  boolean awaitEnd(long nanos) throws InterruptedException {
    return ended.await(nanos, TimeUnit.NANOSECONDS);
  }

  /** Flushes, for the owner's work. */
  FlushResult flush(Output output) {
    FlushResult result = output.flush();
    listener.flushed(this, output, result);
    return result;
  }

  /** Tells of a flush that is not tried, for the owner's work. */
  void refused(FlushReport report) {
    refusedFlushes++;
    listener.refused(this, report);
  }

  /** Flushes that were not tried because of rejected updates; read on the owner's thread. */
  long refusedFlushes() {
    return refusedFlushes;
  }

  /** Admits a stream, for its own work. */
  void connect(UpdateCall call) throws RequestException {
    if (calls.size() >= limits.streams()) {
      throw RequestException.limit("update streams for one output", limits.streams());
    }
    calls.add(call);
  }

  /** Forgets a stream, for its own work. */
  void disconnect(UpdateCall call) {
    calls.remove(call);
  }

  /** Lets a stream answer at the end of the batch, for its own work. */
  void owe(UpdateCall call) {
    owing.add(call);
  }

  private void live(OutputFactory factory, @Nullable OutputActor predecessor) {
    Exception fault;
    try {
      if (predecessor != null) {
        predecessor.awaitEnd();
      }
      fault = serve(factory);
    } catch (LinkException refused) {
      closeReason = "it could not be opened";
      refusal = refused;
      fault = refused;
    } catch (InterruptedException interrupted) {
      fault = RequestException.of(Reason.DRAINING, "the daemon is stopping");
    } catch (Throwable defect) {
      log.error("{} is closed because of a defect", spec.path(), defect);
      closeReason = "a defect in the daemon: " + defect;
      fault = RequestException.of(Reason.DEFECT, "the output was closed by " + closeReason);
    }
    end(fault);
  }

  private Exception serve(OutputFactory factory) throws LinkException, InterruptedException {
    try (Output output = factory.open(spec)) {
      listener.opened(this, output);
      ArrayDeque<OutputWork> batch = new ArrayDeque<>();
      while (closeReason == null) {
        batch = mailbox.takeAll(batch);
        runBatch(output, batch);
      }
    }
    return closedFault();
  }

  private void runBatch(Output output, ArrayDeque<OutputWork> batch) {
    for (OutputWork work = batch.poll(); work != null; work = batch.poll()) {
      try {
        if (closeReason == null) {
          work.run(output);
        } else {
          work.refuse(closedFault());
        }
      } catch (LinkException | RequestException fault) {
        work.refuse(fault);
      } catch (Throwable defect) {
        listener.failed(this);
        work.refuse(RequestException.of(Reason.DEFECT, "defect in the daemon: " + defect));
        refuseAll(batch, RequestException.of(Reason.DEFECT, "the output was closed: " + defect));
        throw defect;
      }
    }
    for (UpdateCall call = owing.poll(); call != null; call = owing.poll()) {
      call.respond();
    }
  }

  private void end(Exception fault) {
    listener.ended(this, closeReason == null ? "the daemon stops" : closeReason);
    refuseAll(mailbox.close(), fault);
    for (UpdateCall call : calls) {
      call.refuse(fault);
    }
    ended.countDown();
  }

  private static void refuseAll(ArrayDeque<OutputWork> rest, Exception fault) {
    for (OutputWork work = rest.poll(); work != null; work = rest.poll()) {
      work.refuse(fault);
    }
  }

  /** For who comes after the end, which may come before the first call does. */
  private Exception endFault() {
    LinkException refused = refusal;
    return refused == null ? closedFault() : refused;
  }

  private RequestException closedFault() {
    return RequestException.of(
        Reason.OUTPUT_CLOSED,
        "the output " + spec.path() + " is closed; open it again and send its content");
  }
}
