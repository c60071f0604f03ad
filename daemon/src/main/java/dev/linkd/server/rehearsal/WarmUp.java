package dev.linkd.server.rehearsal;

import dev.linkd.session.DrainGate;
import dev.linkd.session.WarmUpProgress;
import dev.linkd.session.WarmUpProgress.State;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rehearses while nobody asks anything of a daemon that has just started: a daemon whose code is
 * not compiled yet needs three times as long for a first link. Whoever comes meanwhile is not kept
 * waiting, for the rehearsal stops at once and goes on when the daemon is idle again.
 */
public final class WarmUp {
  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

  /** A client that has started the daemon is about to ask it for something. */
  private static final long QUIET_NANOS = 300_000_000L;

  private static final long PAUSE_MILLIS = 50;

  /** It notices that the daemon stops before its next request; this is for the one in hand. */
  private static final Duration END = Duration.ofSeconds(2);

  private final DrainGate gate;
  private final Rehearsal rehearsal;
  private final Runnable warm;
  private final Thread thread;
  private volatile State state = State.RUNNING;

  /**
   * Starts nothing yet.
   *
   * @param warm is run when everything was rehearsed
   */
  public WarmUp(DrainGate gate, Rehearsal rehearsal, Runnable warm) {
    this.gate = gate;
    this.rehearsal = rehearsal;
    this.warm = warm;
    this.thread = Thread.ofPlatform().name("warm-up").daemon(true).unstarted(this::live);
  }

  /** Starts a thread for it, which ends when the daemon drains or everything is rehearsed. */
  public WarmUp start() {
    thread.start();
    return this;
  }

  /** How far it is; for any thread. */
  public WarmUpProgress progress() {
    return new WarmUpProgress(state, rehearsal.played(), rehearsal.sceneCount(), rehearsal.nanos());
  }

  /** Waits for the end. */
  void join() throws InterruptedException {
    thread.join();
  }

  /** Waits until it has noticed that the daemon drains; if need be, ends it. */
  public void end() throws InterruptedException {
    if (!thread.join(END)) {
      thread.interrupt();
      thread.join(END);
    }
  }

  private void live() {
    try {
      while (!rehearsal.done() && !gate.draining()) {
        if (gate.idleNanos() < QUIET_NANOS) {
          Thread.sleep(PAUSE_MILLIS);
        } else {
          rehearsal.run(this::disturbed);
        }
      }
      if (rehearsal.done()) {
        state = State.DONE;
        warm.run();
        log.info(
            "Warmed up: {} of {} scenes in {} ms",
            rehearsal.played(),
            rehearsal.sceneCount(),
            TimeUnit.NANOSECONDS.toMillis(rehearsal.nanos()));
      }
    } catch (IOException fault) {
      if (gate.draining()) {
        log.debug("The warm-up was ended: {}", fault.toString());
      } else {
        log.info("Not warmed up, so the first links are slow: {}", fault.toString());
      }
    } catch (InterruptedException stopped) {
      log.debug("The warm-up was ended");
    } catch (RuntimeException defect) {
      log.warn("Not warmed up, so the first links are slow", defect);
    } finally {
      if (state == State.RUNNING) {
        state = State.ENDED;
      }
    }
  }

  private boolean disturbed() {
    return gate.idleNanos() < QUIET_NANOS || gate.draining();
  }
}
