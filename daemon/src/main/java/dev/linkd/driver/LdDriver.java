package dev.linkd.driver;

import dev.linkd.output.LinkDriver;
import dev.linkd.output.OutputPool;
import dev.linkd.store.InputStore;
import dev.linkd.store.InputWatch;
import java.util.Optional;

/**
 * Links as {@code ld} does, with the outputs that are resident: the command line is compared with
 * what the output was linked from, and the difference is applied. {@code docs/options.md} lists the
 * options.
 */
public final class LdDriver implements LinkDriver {
  /** Invocations that are remembered. */
  private static final int LINKS_MAX = 1024;

  private final InputStore store;
  private final OutputLocks locks = new OutputLocks();
  private final LinkMemory memory;

  private final Optional<InputWatch> watch;

  /**
   * @param store the one that the outputs read their inputs from, so that each file is read once
   */
  public LdDriver(InputStore store) {
    this(store, Optional.empty());
  }

  /**
   * @param watch notices when the inputs of links that may be repeated are written
   */
  public LdDriver(InputStore store, InputWatch watch) {
    this(store, Optional.of(watch));
  }

  private LdDriver(InputStore store, Optional<InputWatch> watch) {
    this.store = store;
    this.watch = watch;
    this.memory = new LinkMemory(LINKS_MAX, inputs -> watch.ifPresent(w -> w.watch(inputs)));
  }

  @Override
  public InputWatch.Statistics inputWatch() {
    return watch.map(InputWatch::statistics).orElse(InputWatch.Statistics.NONE);
  }

  @Override
  public long inputBytes() {
    return store.bytesHeld();
  }

  /**
   * The invocation without what gcc makes up for each one: the name of a file that a plug-in for
   * link-time optimisation would write. Behind another option of the plug-in it is no value of an
   * option.
   */
  private static Invocation lasting(Invocation invocation) {
    return new Invocation(
        invocation.program(),
        invocation.words().without("-plugin-opt=-fresolution=", "-plugin-opt="),
        invocation.directory(),
        invocation.environment(),
        invocation.umask());
  }

  @Override
  public LinkExit link(Invocation invocation, OutputPool outputs, Events events)
      throws InterruptedException {
    return new LinkJob(lasting(invocation), outputs, events, store, locks, memory).run();
  }
}
