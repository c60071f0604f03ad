package dev.linkd.driver;

import dev.linkd.output.LinkDriver;
import dev.linkd.output.OutputPool;
import dev.linkd.store.InputStore;

/**
 * Links as {@code ld} does, with the outputs that are resident: the command line is compared with
 * what the output was linked from, and the difference is applied. {@code docs/options.md} lists the
 * options.
 */
public final class LdDriver implements LinkDriver {
  private final InputStore store;
  private final OutputLocks locks = new OutputLocks();

  /**
   * @param store the one that the outputs read their inputs from, so that each file is read once
   */
  public LdDriver(InputStore store) {
    this.store = store;
  }

  @Override
  public LinkExit link(Invocation invocation, OutputPool outputs, Events events)
      throws InterruptedException {
    return new LinkJob(invocation, outputs, events, store, locks).run();
  }
}
