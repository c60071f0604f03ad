package dev.linkd.server;

import dev.linkd.session.DrainGate;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Stops the daemon when nothing was asked of it for long. */
final class IdleWatch {
  private static final long CHECKS_PER_TIMEOUT = 20;
  private static final long PAUSE_MILLIS_MAX = 30_000;

  private final DrainGate gate;
  private final Optional<Duration> timeout;

  IdleWatch(DrainGate gate, Optional<Duration> timeout) {
    this.gate = gate;
    this.timeout = timeout;
  }

  /** Time until the stop; empty when there is none. */
  OptionalLong remainingNanos() {
    return timeout.isPresent()
        ? OptionalLong.of(Math.max(0, timeout.get().toNanos() - gate.idleNanos()))
        : OptionalLong.empty();
  }

  /** Watches on a thread of its own and calls the action once. */
  void start(Runnable stop) {
    if (timeout.isEmpty()) {
      return;
    }
    long pause = Math.clamp(timeout.get().toMillis() / CHECKS_PER_TIMEOUT, 1, PAUSE_MILLIS_MAX);
    Thread.ofVirtual()
        .name("idle-watch")
        .start(
            () -> {
              try {
                while (remainingNanos().orElse(Long.MAX_VALUE) > 0) {
                  Thread.sleep(pause);
                }
                stop.run();
              } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
