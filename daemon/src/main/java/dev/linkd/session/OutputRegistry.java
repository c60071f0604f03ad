package dev.linkd.session;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.OutputFactory;
import dev.linkd.output.OutputPool;
import dev.linkd.output.OutputSpec;
import dev.linkd.output.OutputStatus;
import dev.linkd.v1.FlushReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The open outputs: by path, so that two clients share one, and by handle.
 *
 * <p>An output that is being closed keeps its path until its files are settled. Who opens the path
 * meanwhile gets a new output that starts when the old one has ended.
 */
public final class OutputRegistry implements OutputPool {
  private final OutputFactory factory;
  private final Limits limits;
  private final Counters counters;
  private final WatchHub watchers;
  private final ImageBudget budget;
  private final SmallImages smallImages = new SmallImages();

  private final Map<Path, OutputActor> byPath = new HashMap<>();
  private final HandleTable<OutputActor> handles;

  /** Outputs whose thread has not ended, open or closing. */
  private final List<OutputActor> living = new ArrayList<>();

  private final LinkedOutputs linked;
  private final OutputActor.Listener listener = new Events();

  public OutputRegistry(OutputFactory factory, Limits limits, Counters counters) {
    this(factory, limits, counters, System::nanoTime);
  }

  OutputRegistry(OutputFactory factory, Limits limits, Counters counters, LongSupplier clock) {
    this.factory = factory;
    this.limits = limits;
    this.counters = counters;
    this.watchers = new WatchHub(limits.watchers());
    this.budget = new ImageBudget(limits.imageBytes());
    this.handles = new HandleTable<>(limits.outputs());
    this.linked = new LinkedOutputs(clock);
  }

  /**
   * An output for a client.
   *
   * @param fresh whether it was opened for this client
   */
  record Attachment(OutputActor actor, boolean fresh) {}

  /** Opens an output or attaches to it. The thread of a new one starts; a fault comes from it. */
  synchronized Attachment attach(OutputSpec spec) throws RequestException {
    Attachment attachment = open(spec);
    linked.forget(attachment.actor());
    return attachment;
  }

  private synchronized Attachment attachLink(OutputSpec spec) throws RequestException {
    Attachment attachment = open(spec);
    if (attachment.fresh() || linked.contains(attachment.actor())) {
      linked.linked(attachment.actor());
    }
    linked.someWithoutFile().forEach(this::closeDeleted);
    return attachment;
  }

  /** Closes outputs that only invocations use and whose files have been missing for a while. */
  public synchronized void closeDeleted() {
    linked.allWithoutFile().forEach(this::closeDeleted);
  }

  private void closeDeleted(OutputActor actor) {
    close(actor, "its file was deleted");
  }

  private void close(OutputActor actor, String reason) {
    handles.remove(actor.handle());
    actor.close(reason);
  }

  private Attachment open(OutputSpec spec) throws RequestException {
    OutputActor present = byPath.get(spec.path());
    if (present != null && handles.find(present.handle()) == present) {
      List<String> differences = OptionsMessages.differences(present.spec(), spec);
      if (!differences.isEmpty()) {
        throw conflict(spec.path(), differences);
      }
      return new Attachment(present, false);
    }
    if (handles.full()) {
      linked
          .takeEldest()
          .ifPresent(eldest -> close(eldest, "too many outputs are open, and it was not used"));
    }
    if (handles.full()) {
      throw RequestException.limit("open outputs", limits.outputs());
    }
    OutputActor actor = handles.add(handle -> new OutputActor(handle, spec, limits, listener));
    byPath.put(spec.path(), actor);
    living.add(actor);
    actor.start(factory, present);
    return new Attachment(actor, true);
  }

  private static RequestException conflict(Path path, List<String> differences) {
    String names = String.join(", ", differences);
    return RequestException.of(
        Reason.OPTIONS_CONFLICT,
        path + " is open with other options (" + names + "); use the same, or close it first",
        Map.of("path", path.toString(), "differences", names));
  }

  /** The output of a handle. */
  synchronized OutputActor actor(long handle) throws RequestException {
    OutputActor actor = handles.find(handle);
    if (actor == null) {
      throw RequestException.of(
          Reason.STALE_HANDLE,
          "no open output has the handle 0x" + Long.toHexString(handle) + "; open it again");
    }
    return actor;
  }

  /** The open outputs in the order of their paths. */
  synchronized List<OutputActor> actors() {
    return handles.all().stream().sorted(Comparator.comparing(a -> a.spec().path())).toList();
  }

  public synchronized int size() {
    return handles.size();
  }

  /** Makes the handle stale and closes its output after the work that waits for it. */
  synchronized OutputActor close(long handle, String reason) throws RequestException {
    OutputActor actor = actor(handle);
    handles.remove(handle);
    actor.close(reason);
    return actor;
  }

  /** Closes everything and waits until all files are settled. */
  public void closeAll(String reason) throws InterruptedException {
    closeAll(reason, TimeUnit.DAYS.toNanos(1_000));
  }

  /**
   * Closes everything and waits until all files are settled. An output that works for longer than
   * that cannot be interrupted; what it has published is whole at every moment.
   *
   * @return whether all have ended in time
   */
  public boolean closeAll(String reason, long timeoutNanos) throws InterruptedException {
    long deadline = System.nanoTime() + timeoutNanos;
    List<OutputActor> rest;
    synchronized (this) {
      for (OutputActor actor : handles.all()) {
        handles.remove(actor.handle());
        actor.close(reason);
      }
      rest = List.copyOf(living);
    }
    boolean all = true;
    for (OutputActor actor : rest) {
      all &= actor.awaitEnd(Math.max(0, deadline - System.nanoTime()));
    }
    return all;
  }

  /** Ends all watches after the events that wait. */
  public void endWatches() {
    watchers.end();
  }

  WatchHub watchers() {
    return watchers;
  }

  @Override
  public <T> T call(OutputSpec spec, OutputTask<T> task)
      throws LinkException, InterruptedException {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      Attachment attachment = attachLink(spec);
      OutputActor actor = attachment.actor();
      actor.submit(
          new OutputWork() {
            @Override
            public void run(Output output) throws LinkException {
              result.complete(task.run(new ReportedOutput(output, actor), attachment.fresh()));
            }

            @Override
            public void refuse(Exception fault) {
              result.completeExceptionally(fault);
            }
          });
      return result.get();
    } catch (RequestException fault) {
      throw linkException(spec, fault);
    } catch (ExecutionException fault) {
      if (fault.getCause() instanceof LinkException refused) {
        throw refused;
      }
      if (fault.getCause() instanceof RequestException request) {
        throw linkException(spec, request);
      }
      throw new IllegalStateException(fault);
    }
  }

  private static LinkException linkException(OutputSpec spec, RequestException fault) {
    Code code =
        fault.reason() == Reason.LIMIT_EXCEEDED ? Code.LIMIT_EXCEEDED : Code.INVALID_REQUEST;
    return new LinkException(code, Place.input(spec.path().toString()), fault.getMessage());
  }

  @Override
  public synchronized Optional<OutputSpec> find(Path path) {
    return open(path).map(OutputActor::spec);
  }

  @Override
  public boolean close(Path path) throws InterruptedException {
    OutputActor actor;
    synchronized (this) {
      actor = open(path).orElse(null);
      if (actor == null) {
        return false;
      }
      handles.remove(actor.handle());
      actor.close("another link of the same output starts over");
    }
    actor.awaitEnd();
    return true;
  }

  private Optional<OutputActor> open(Path path) {
    @Nullable OutputActor actor = byPath.get(path);
    return actor != null && handles.find(actor.handle()) == actor
        ? Optional.of(actor)
        : Optional.empty();
  }

  /** Keeps the registry, the counters and the watchers up to date. */
  private final class Events implements OutputActor.Listener {
    @Override
    public void opened(OutputActor actor, Output output) {
      watchers.opened(actor, OutputMessages.state(actor, output));
    }

    @Override
    public void flushed(OutputActor actor, Output output, FlushResult result) {
      counters.flushed(result.ok());
      OutputStatus status = output.status();
      budget.used(actor, status.residentBytes()).forEach(idle -> idle.releaseImage(false));
      long image = status.resident() ? status.fileBytes() : 0;
      smallImages.used(actor, image).ifPresent(idle -> idle.releaseImage(true));
      watchers.flushed(actor, result);
    }

    @Override
    public void refused(OutputActor actor, FlushReport report) {
      counters.flushed(false);
      watchers.refused(actor, report);
    }

    @Override
    public void failed(OutputActor actor) {
      synchronized (OutputRegistry.this) {
        handles.remove(actor.handle());
      }
    }

    @Override
    public void ended(OutputActor actor, String reason) {
      synchronized (OutputRegistry.this) {
        handles.remove(actor.handle());
        byPath.remove(actor.spec().path(), actor);
        living.remove(actor);
      }
      linked.forget(actor);
      budget.ended(actor);
      smallImages.ended(actor);
      watchers.closed(actor, reason);
    }
  }
}
