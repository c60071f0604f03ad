package dev.linkd.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.LinkException;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The work of an update follows the size of the change, not the size of the program. */
final class WorkTest {
  private static final int SMALL = 1_000;
  private static final int LARGE = 1_000_000;
  private static final int ROUNDS = 40;
  private static final int SIZE = 64;

  /**
   * Updates whose fastest is compared. One function is updated again and again, so that everything
   * it needs is in the caches of the processor, however large the program is.
   */
  private static final int TIMED = 1_500;

  /** Work that nobody counts, such as a look at every symbol, shows in the time. */
  private static final double TIME_RATIO_MAX = 5;

  @TempDir Path folder;

  /** What one update costs. */
  private record Cost(
      long rows, long relocations, long moved, long bytes, long ranges, long systemCalls) {
    static Cost of(FlushResult.Statistics s) {
      return new Cost(
          s.rowsVisited(),
          s.relocationsApplied(),
          s.atomsMoved(),
          s.bytesWritten(),
          s.ranges(),
          s.systemCalls());
    }
  }

  private record Costs(
      List<Cost> replaced, List<Cost> grown, long medianNanos, long fastestNanos) {}

  @Test
  void anUpdateOfALargeProgramCostsAsMuchAsOfASmallOne() throws Exception {
    Costs small = measure(SMALL);
    Costs large = measure(LARGE);
    System.out.printf(
        "update: %d atoms %.1f us, %d atoms %.1f us, ratio %.2f; rows %d, bytes %d%n",
        SMALL,
        small.medianNanos() / 1e3,
        LARGE,
        large.medianNanos() / 1e3,
        (double) large.medianNanos() / small.medianNanos(),
        large.replaced().getLast().rows(),
        large.replaced().getLast().bytes());
    double ratio = (double) large.fastestNanos() / small.fastestNanos();
    System.out.printf(
        "fastest, without publish: %.1f us and %.1f us, ratio %.2f%n",
        small.fastestNanos() / 1e3, large.fastestNanos() / 1e3, ratio);
    assertThat(large.replaced()).isEqualTo(small.replaced());
    assertThat(large.grown()).isEqualTo(small.grown());
    assertThat(ratio).isLessThanOrEqualTo(TIME_RATIO_MAX);
  }

  private Costs measure(int atoms) throws LinkException {
    Path path = folder.resolve("program" + atoms);
    try (Output output = Engine.open(path, OutputKind.STATIC_EXECUTABLE);
        Arena arena = Arena.ofConfined()) {
      CallGraph graph = new CallGraph(output, arena);
      build(graph, atoms);
      flush(output);
      warmUp(graph, output);
      List<Cost> replaced = new ArrayList<>();
      long[] nanos = new long[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        long before = System.nanoTime();
        graph.put(name(500), SIZE, i + 1, name(501), name(502));
        replaced.add(Cost.of(flush(output)));
        nanos[i] = System.nanoTime() - before;
      }
      List<Cost> grown = new ArrayList<>();
      for (int i = 1; i <= ROUNDS; i++) {
        graph.put(name(600), SIZE + 40 * i, i, name(601), name(602));
        grown.add(Cost.of(flush(output)));
      }
      Arrays.sort(nanos);
      return new Costs(replaced, grown, nanos[ROUNDS / 2], fastest(graph, output));
    }
  }

  private static long fastest(CallGraph graph, Output output) throws LinkException {
    long fastest = Long.MAX_VALUE;
    for (int i = 0; i < TIMED; i++) {
      graph.put(name(500), SIZE, i, name(501), name(502));
      FlushResult.Statistics work = flush(output);
      fastest = Math.min(fastest, work.applyNanos() + work.settleNanos());
    }
    return fastest;
  }

  /** The first functions call only each other, so they are the same in every program. */
  private static void build(CallGraph graph, int atoms) throws LinkException {
    graph.put("_start", SIZE, 0, name(0));
    for (int i = 0; i < atoms; i++) {
      int base = i < SMALL ? 0 : SMALL;
      int count = i < SMALL ? SMALL : atoms - SMALL;
      int index = i - base;
      graph.put(
          name(i), SIZE, 0, name(base + (index + 1) % count), name(base + (index * 7 + 3) % count));
    }
  }

  /** Both files exist and the tables have taken their sizes. */
  private static void warmUp(CallGraph graph, Output output) throws LinkException {
    for (int i = 0; i < 10; i++) {
      graph.put(name(500), SIZE, 100 + i, name(501), name(502));
      flush(output);
    }
  }

  private static FlushResult.Statistics flush(Output output) {
    FlushResult result = output.flush();
    assertThat(result.diagnostics()).isEmpty();
    return result.statistics();
  }

  private static String name(int index) {
    return "function_" + index;
  }
}
