package dev.linkd.server;

import dev.linkd.diag.LinkException;
import dev.linkd.session.DrainGate;
import dev.linkd.session.Rehearsal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rehearses while nobody asks anything of a daemon that has just started: a daemon whose code is
 * not compiled yet needs three times as long for a first link. Whoever comes meanwhile is not kept
 * waiting, for the rehearsal stops at once and goes on when the daemon is idle again.
 */
final class WarmUp {
  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

  /** A client that has started the daemon is about to ask it for something. */
  private static final long QUIET_NANOS = 300_000_000L;

  private static final long PAUSE_MILLIS = 50;

  private final DrainGate gate;
  private final Rehearsal rehearsal;

  WarmUp(DrainGate gate, Rehearsal rehearsal) {
    this.gate = gate;
    this.rehearsal = rehearsal;
  }

  /** Starts a thread for it, which ends when the daemon stops or everything is compiled. */
  Thread start() {
    return Thread.ofPlatform().name("warm-up").daemon(true).start(this::live);
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
      log.debug("Rehearsed {} rounds", rehearsal.rounds());
    } catch (LinkException fault) {
      log.info("Not rehearsed, so the first link is slow: {}", fault.diagnostic().message());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean disturbed() {
    return gate.idleNanos() < QUIET_NANOS || gate.draining();
  }
}
