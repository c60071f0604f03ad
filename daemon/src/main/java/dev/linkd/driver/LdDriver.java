package dev.linkd.driver;

import dev.linkd.output.LinkDriver;
import dev.linkd.output.OutputPool;
import dev.linkd.store.InputStore;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

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

  /**
   * @param store the one that the outputs read their inputs from, so that each file is read once
   */
  public LdDriver(InputStore store) {
    this(store, inputs -> {});
  }

  /**
   * @param linked learns the paths of the inputs of each link that may be repeated
   */
  public LdDriver(InputStore store, Consumer<List<Path>> linked) {
    this.store = store;
    this.memory = new LinkMemory(LINKS_MAX, linked);
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
