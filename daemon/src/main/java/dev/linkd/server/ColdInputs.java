package dev.linkd.server;

import dev.linkd.os.Niceness;
import dev.linkd.session.DrainGate;
import dev.linkd.store.ColdContents;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the contents of inputs out of memory a moment after the last request, on a thread that is
 * nicer than the compilers. Whoever asks for something meanwhile is not kept waiting.
 */
final class ColdInputs {
  private static final Logger log = LoggerFactory.getLogger(ColdInputs.class);

  /** Links of a build follow each other sooner. */
  private static final long QUIET_NANOS = 1_000_000_000L;

  private static final long PAUSE_MILLIS = 500;

  /** A disk that was full is tried again after that. */
  private static final long AGAIN_NANOS = 300_000_000_000L;

  private static final int NICE = 10;

  /** It notices that the daemon stops after the piece in hand, but waits for the disk. */
  private static final Duration END = Duration.ofSeconds(2);

  private final DrainGate gate;
  private final ColdContents contents;
  private final LongSupplier nanoClock;
  private final Thread thread;

  /** How much had been asked for when all was moved. */
  private long movedAfter = -1;

  /** Whether the disk refused something, and when. */
  private boolean faulty;

  private long faultNanos;

  ColdInputs(DrainGate gate, ColdContents contents, LongSupplier nanoClock) {
    this.gate = gate;
    this.contents = contents;
    this.nanoClock = nanoClock;
    this.thread = Thread.ofPlatform().name("cold-inputs").daemon(true).unstarted(this::live);
  }

  ColdInputs start() {
    thread.start();
    return this;
  }

  void end() throws InterruptedException {
    thread.interrupt();
    thread.join(END);
  }

  /** Whether nothing is moved any more. */
  boolean ended() {
    return !thread.isAlive();
  }

  private void live() {
    Niceness.set(NICE);
    try (contents) {
      while (!gate.draining()) {
        Thread.sleep(PAUSE_MILLIS);
        long asked = gate.requests();
        if (asked != movedAfter && !disturbed() && moved()) {
          movedAfter = asked;
        }
      }
    } catch (IOException fault) {
      log.info("The contents of inputs stay in memory: {}", fault.getMessage());
    } catch (InterruptedException stopped) {
      log.debug("The daemon stops");
    } catch (RuntimeException defect) {
      log.warn("The contents of inputs stay in memory from now on", defect);
    }
  }

  /**
   * Moves what there is to move. A disk that is full leaves what comes now in memory; it is looked
   * at again some minutes later, and what was moved before is looked after all the time.
   *
   * @throws IOException when nothing was ever moved: then there is nothing to look after
   */
  private boolean moved() throws IOException {
    if (faulty && nanoClock.getAsLong() - faultNanos < AGAIN_NANOS) {
      contents.tidy(this::disturbed);
      return false;
    }
    try {
      faulty = false;
      return contents.move(this::disturbed);
    } catch (IOException fault) {
      if (contents.movedBytes() == 0) {
        throw fault;
      }
      log.info("The contents of some inputs stay in memory: {}", fault.getMessage());
      faulty = true;
      faultNanos = nanoClock.getAsLong();
      return false;
    }
  }

  private boolean disturbed() {
    return gate.idleNanos() < QUIET_NANOS || gate.draining();
  }
}
