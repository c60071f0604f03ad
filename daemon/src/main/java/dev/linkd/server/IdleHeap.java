package dev.linkd.server;

import dev.linkd.session.DrainGate;
import java.util.function.LongSupplier;

/**
 * Has the Java heap collected, and the memory that it does not need given back, a moment after the
 * last request. The serial collector by itself collects the old generation only when there is no
 * room left, so what messages leave there would stay resident as long as the daemon idles. A
 * collection stops all threads for as long as it takes to mark what lives, about a tenth of a
 * second after a large link; so there is one only when the heap has grown by much since the last
 * one.
 */
final class IdleHeap {
  private static final long QUIET_NANOS = 1_000_000_000L;
  private static final long PAUSE_MILLIS = 500;

  /** More than the young generation, whose size says nothing. */
  static final long GROWTH_BYTES = 64L << 20;

  private final DrainGate gate;
  private final LongSupplier usedBytes;
  private final Runnable collector;
  private final Thread thread;

  /** Used after the last collection. */
  private long base;

  IdleHeap(DrainGate gate, LongSupplier usedBytes, Runnable collector) {
    this.gate = gate;
    this.usedBytes = usedBytes;
    this.collector = collector;
    this.thread = Thread.ofPlatform().name("idle-heap").daemon(true).unstarted(this::live);
  }

  /** For the heap of this process. */
  static IdleHeap ofProcess(DrainGate gate) {
    return new IdleHeap(gate, IdleHeap::usedBytes, System::gc);
  }

  private static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  IdleHeap start() {
    thread.start();
    return this;
  }

  void end() throws InterruptedException {
    thread.interrupt();
    thread.join();
  }

  private void live() {
    try {
      while (!gate.draining()) {
        Thread.sleep(PAUSE_MILLIS);
        if (gate.idleNanos() >= QUIET_NANOS) {
          collect();
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void collect() {
    if (usedBytes.getAsLong() - base >= GROWTH_BYTES) {
      collector.run();
      base = usedBytes.getAsLong();
    }
  }
}
