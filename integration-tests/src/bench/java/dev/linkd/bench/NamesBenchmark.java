package dev.linkd.bench;

import dev.linkd.table.Names;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Finding the id of a name that is already held, as for each symbol of an object read again. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class NamesBenchmark {

  /** Names held; the larger number does not fit any cache. */
  @Param({"1000", "1000000"})
  public int count;

  private final Names names = new Names("bench", 1 << 21, 1L << 30);
  private final Arena arena = Arena.ofConfined();
  private MemorySegment bytes = MemorySegment.NULL;
  private long[] offsets = {};
  private int next;

  @Setup
  public void fill() {
    byte[][] encoded = new byte[count][];
    offsets = new long[count + 1];
    for (int i = 0; i < count; i++) {
      // Lengths and common prefixes as in mangled C++ names.
      encoded[i] = ("_ZN5linkd5bench10Function" + i + "EPKcm").getBytes(StandardCharsets.US_ASCII);
      offsets[i + 1] = offsets[i] + encoded[i].length;
    }
    bytes = arena.allocate(offsets[count]);
    for (int i = 0; i < count; i++) {
      MemorySegment.copy(
          encoded[i], 0, bytes, ValueLayout.JAVA_BYTE, offsets[i], encoded[i].length);
      names.intern(bytes, offsets[i], encoded[i].length);
    }
  }

  @TearDown
  public void release() {
    names.close();
    arena.close();
  }

  /** A stride that is prime to the count visits the names in no order of memory. */
  @Benchmark
  public int find() {
    next = (int) ((next + 514_229L) % count);
    return names.find(bytes, offsets[next], (int) (offsets[next + 1] - offsets[next]));
  }
}
