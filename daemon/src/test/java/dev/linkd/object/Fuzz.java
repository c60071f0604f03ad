package dev.linkd.object;

import com.sun.management.ThreadMXBean;
import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;

/**
 * Runs a parser and everything that reads its result on damaged inputs. Only {@link LinkException}
 * may come out; memory and time must stay in proportion to the input.
 *
 * <p>Each case has its own seed, printed when it fails; {@code -Dlinkd.seed=N} starts there, and
 * {@code -Dlinkd.long=true} runs fifty times as many.
 */
final class Fuzz {
  private static final int CASES = 20_000;
  private static final long FIRST_SEED = Long.getLong("linkd.seed", 1);
  private static final long NANOS_MAX = 5_000_000_000L;

  /** Bytes of heap for a byte of input, and for a case whatever its size. */
  private static final long HEAP_FACTOR = 64;

  private static final long HEAP_BASE = 1 << 20;

  /** What is tried. */
  @FunctionalInterface
  interface Target {
    void run(MemorySegment bytes) throws LinkException;
  }

  /** How the cases ended; a test checks that both ends were reached. */
  record Outcome(int accepted, int refused) {}

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  Outcome run(byte[] base, int[] hot, Target target) {
    int cases = Boolean.getBoolean("linkd.long") ? CASES * 50 : CASES;
    int accepted = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + cases; seed++) {
      if (accepts(seed, new Mutator(seed).mutate(base, hot), target)) {
        accepted++;
      }
    }
    return new Outcome(accepted, cases - accepted);
  }

  private boolean accepts(long seed, byte[] bytes, Target target) {
    long heap = threads.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    boolean accepted = true;
    try {
      target.run(MemorySegment.ofArray(bytes));
    } catch (LinkException e) {
      accepted = false;
      if (e.diagnostic().place().input().isEmpty()) {
        throw new AssertionError("seed " + seed + ": no input in " + e.getMessage(), e);
      }
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError("seed " + seed + ": " + e, e);
    }
    long used = threads.getCurrentThreadAllocatedBytes() - heap;
    if (used > HEAP_BASE + HEAP_FACTOR * bytes.length) {
      throw new AssertionError("seed " + seed + ": " + used + " bytes for " + bytes.length);
    }
    if (System.nanoTime() - start > NANOS_MAX) {
      throw new AssertionError("seed " + seed + " took too long");
    }
    return accepted;
  }
}
