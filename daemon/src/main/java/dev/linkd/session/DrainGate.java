package dev.linkd.session;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Counts the calls that keep the daemon busy (streams and invocations), refuses new ones while it
 * drains, and knows since when nothing happened. Thread-safe.
 */
public final class DrainGate {
  private final LongSupplier nanoClock;
  private int running;
  private boolean draining;
  private volatile long lastActivityNanos;
  private final AtomicLong requests = new AtomicLong();

  public DrainGate(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.lastActivityNanos = nanoClock.getAsLong();
  }

  /** Admits a long call; to be paired with {@link #leave}. */
  synchronized void enter() throws RequestException {
    check();
    running++;
    touch();
  }

  synchronized void leave() {
    running--;
    touch();
    if (running == 0) {
      notifyAll();
    }
  }

  /** Refuses a call that starts something new while the daemon drains. */
  synchronized void check() throws RequestException {
    if (draining) {
      throw RequestException.of(Reason.DRAINING, "the daemon is stopping; connect to the next one");
    }
  }

  /** Something was asked for. */
  public void touch() {
    requests.incrementAndGet();
    lastActivityNanos = nanoClock.getAsLong();
  }

  /** A number that is greater after each request. */
  public long requests() {
    return requests.get();
  }

  /** How long nothing has happened; 0 while calls run. */
  public synchronized long idleNanos() {
    return running > 0 ? 0 : nanoClock.getAsLong() - lastActivityNanos;
  }

  /**
   * Refuses new work from now on.
   *
   * @return whether this was the first time
   */
  public synchronized boolean drain() {
    boolean first = !draining;
    draining = true;
    return first;
  }

  public synchronized boolean draining() {
    return draining;
  }

  public synchronized int running() {
    return running;
  }

  /**
   * Waits until no long call runs.
   *
   * @return whether that is so
   */
  public synchronized boolean awaitQuiet(long timeoutNanos) throws InterruptedException {
    long deadline = nanoClock.getAsLong() + timeoutNanos;
    while (running > 0) {
      long rest = deadline - nanoClock.getAsLong();
      if (rest <= 0) {
        return false;
      }
      wait(rest / 1_000_000 + 1);
    }
    return true;
  }
}
