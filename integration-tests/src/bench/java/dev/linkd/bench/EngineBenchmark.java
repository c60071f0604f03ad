package dev.linkd.bench;

import dev.linkd.diag.LinkException;
import dev.linkd.output.FlushResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;

/**
 * One update of the engine without the API: a function of 200 bytes with ten relocations, called by
 * ten others. JMH measures the update with its publish; what of it is update and settling is
 * printed at the end of each trial.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 3)
@Measurement(iterations = 4, time = 3)
@Fork(1)
public class EngineBenchmark {
  private static final int KEPT = 1 << 20;
  private static final int STEP = 514_229;
  private static final int GROWN_BYTES_MAX = 4_000;

  /** Functions of the program. */
  @Param({"1000", "100000", "1000000"})
  public int functions;

  private final long[] nanos = new long[KEPT];
  private int[] sizes = {};
  private int updates;
  private int counted;
  private boolean measuring;
  private long moved;
  private Path directory = Path.of("");

  @SuppressWarnings("NullAway.Init") // by link()
  private EngineProgram program;

  @Setup
  public void link() throws IOException, LinkException {
    directory = Files.createTempDirectory("linkd-bench-");
    program = new EngineProgram(directory.resolve("program"), functions);
    sizes = new int[functions];
    Arrays.fill(sizes, EngineProgram.BODY_BYTES);
  }

  /** What is printed is of the iterations that count, when the code has been compiled. */
  @Setup(Level.Iteration)
  public void begin(IterationParams iteration) {
    if (!measuring) {
      counted = 0;
      moved = 0;
    }
    measuring = iteration.getType() == IterationType.MEASUREMENT;
  }

  @TearDown
  public void report() throws IOException {
    long[] sorted = Arrays.copyOf(nanos, Math.min(counted, KEPT));
    Arrays.sort(sorted);
    System.out.printf(
        Locale.ROOT,
        "%n%,d functions: update and settle p50 %.1f us, p99 %.1f us; %.2f atoms moved by each%n",
        functions,
        sorted[sorted.length / 2] / 1e3,
        sorted[(int) (sorted.length * 0.99)] / 1e3,
        (double) moved / counted);
    program.close();
    Files.delete(directory.resolve("program"));
    Files.delete(directory);
  }

  /** Same size: the function keeps its place. */
  @Benchmark
  public void replace() throws LinkException {
    int index = next();
    program.put(index, EngineProgram.BODY_BYTES, updates + 1);
    count(program.flush());
  }

  /**
   * Half as large again: the function moves, and its callers are corrected. One that is large
   * already is replaced by a small one, which does not inherit its place.
   */
  @Benchmark
  public void grow() throws LinkException {
    int index = next();
    int size = sizes[index] + sizes[index] / 2;
    sizes[index] = size;
    if (size > GROWN_BYTES_MAX) {
      sizes[index] = EngineProgram.BODY_BYTES;
      program.remove(index);
    }
    program.put(index, sizes[index], updates + 1);
    count(program.flush());
  }

  /** The numbers of functions and the step have no common divisor: every function has its turn. */
  private int next() {
    return (int) ((updates + 1L) * STEP % functions);
  }

  private void count(FlushResult.Statistics done) {
    updates++;
    nanos[counted++ % KEPT] = done.applyNanos() + done.settleNanos();
    moved += done.atomsMoved();
  }
}
