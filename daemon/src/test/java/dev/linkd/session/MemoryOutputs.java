package dev.linkd.session;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.output.Output;
import dev.linkd.output.OutputFactory;
import dev.linkd.output.OutputSpec;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** Makes {@link MemoryOutput}s, and lets a test slow them down. */
public final class MemoryOutputs implements OutputFactory {
  private final Set<Output> open = ConcurrentHashMap.newKeySet();
  private final List<OutputSpec> specs = new CopyOnWriteArrayList<>();
  private final AtomicLong atoms = new AtomicLong();
  private final Semaphore permits = new Semaphore(0);
  private volatile boolean gated;

  @Override
  public Output open(OutputSpec spec) throws LinkException {
    if (spec.path().endsWith("unwritable")) {
      throw new LinkException(
          Code.PUBLISH_FAILED, Place.input(spec.path().toString()), "permission denied");
    }
    MemoryOutput output = new MemoryOutput(spec, this);
    open.add(output);
    specs.add(spec);
    return output;
  }

  /** What was opened, in order. */
  List<OutputSpec> specs() {
    return specs;
  }

  /** From now on each atom waits for a permit. */
  public void gate() {
    gated = true;
  }

  /** Whether an atom waits for a permit. */
  public boolean atGate() {
    return permits.hasQueuedThreads();
  }

  public void permit(int count) {
    permits.release(count);
  }

  /** Ends the gating. */
  public void open() {
    gated = false;
    permits.release(Integer.MAX_VALUE / 2);
  }

  void beforeAtom() {
    if (gated) {
      permits.acquireUninterruptibly();
    }
    atoms.incrementAndGet();
  }

  void closed(Output output) {
    open.remove(output);
  }

  /** Atoms put into any output. */
  public long atoms() {
    return atoms.get();
  }

  public int openOutputs() {
    return open.size();
  }
}
