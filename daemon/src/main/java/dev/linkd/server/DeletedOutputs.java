package dev.linkd.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Now and then lets the state of outputs go whose files were deleted, also when nothing is linked.
 */
final class DeletedOutputs {
  private static final Duration PAUSE = Duration.ofSeconds(15);

  private final Runnable close;
  private @Nullable Thread thread;

  /**
   * @param close closes the outputs
   */
  DeletedOutputs(Runnable close) {
    this.close = close;
  }

  /** Looks again and again, on a thread of its own. */
  synchronized void start() {
    thread =
        Thread.ofVirtual()
            .name("deleted-outputs")
            .start(
                () -> {
                  try {
                    while (true) {
                      Thread.sleep(PAUSE);
                      close.run();
                    }
                  } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                  }
                });
  }

  synchronized void stop() {
    if (thread != null) {
      thread.interrupt();
    }
  }
}
