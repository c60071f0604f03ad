package dev.linkd.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.linkd.client.DaemonConnection;
import dev.linkd.client.DaemonConnector;
import dev.linkd.client.UpdateStream;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.CloseRequest;
import dev.linkd.v1.Definition;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.OpenRequest;
import dev.linkd.v1.OutputKind;
import dev.linkd.v1.OutputOptions;
import dev.linkd.v1.Update;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What a compiler sees through the API, with the daemon in a process of its own: how many small
 * updates a stream takes per second, how long one update with its flush takes, and how long a first
 * link takes. Arguments: the socket, and the file to link. Prints one line per figure.
 */
public final class ApiBenchmark {
  private static final int FUNCTIONS = 100_000;
  private static final int BODY_BYTES = 200;
  private static final int CALLS = 10;
  private static final int PER_REQUEST = 32;
  private static final int FLUSHES = 2_000;
  private static final int ROUNDS = 4;
  private static final int R_X86_64_PLT32 = 4;

  private final UpdateStream updates;
  private final Random random = new Random(1);

  private ApiBenchmark(UpdateStream updates) {
    this.updates = updates;
  }

  public static void main(String[] arguments) throws Exception {
    Path program = Path.of(arguments[1]).toAbsolutePath();
    try (DaemonConnection daemon = new DaemonConnector(Path.of(arguments[0])).connect()) {
      OutputOptions options =
          OutputOptions.newBuilder()
              .setPath(program.toString())
              .setKind(OutputKind.OUTPUT_KIND_STATIC_EXECUTABLE)
              .setEntry("f0")
              .build();
      long handle =
          daemon.link().open(OpenRequest.newBuilder().setOptions(options).build()).getHandle();
      try (UpdateStream updates = daemon.update(handle, "bench")) {
        ApiBenchmark bench = new ApiBenchmark(updates);
        bench.firstLink();
        for (int round = 0; round < ROUNDS; round++) {
          bench.stream("one update in a request", 1);
          bench.stream(PER_REQUEST + " updates in a request", PER_REQUEST);
        }
        bench.flushes("warm-up");
        bench.flushes("measured");
      }
      daemon.link().close(CloseRequest.newBuilder().setHandle(handle).build());
    }
  }

  private void firstLink() {
    List<Update> functions = functions(FUNCTIONS);
    long start = System.nanoTime();
    for (int i = 0; i < FUNCTIONS; i += PER_REQUEST) {
      updates.send(functions.subList(i, Math.min(FUNCTIONS, i + PER_REQUEST)));
    }
    FlushReport report = updates.flush();
    long nanos = System.nanoTime() - start;
    check(report);
    print(
        "first link of %,d functions with %,d relocations: %.2f s (settle %.2f s, publish %.2f s)",
        FUNCTIONS,
        FUNCTIONS * CALLS,
        nanos / 1e9,
        seconds(report.getStatistics().getSettleTime()),
        seconds(report.getStatistics().getPublishTime()));
  }

  private static double seconds(Duration time) {
    return time.getSeconds() + time.getNanos() / 1e9;
  }

  /** Changed content each time, without a flush. */
  private void stream(String what, int perRequest) {
    List<Update> functions = functions(FUNCTIONS);
    long start = System.nanoTime();
    for (int i = 0; i < FUNCTIONS; i += perRequest) {
      updates.send(functions.subList(i, Math.min(FUNCTIONS, i + perRequest)));
    }
    updates.await();
    long nanos = System.nanoTime() - start;
    print("stream, %s: %,.0f updates/s", what, FUNCTIONS * 1e9 / nanos);
    check(updates.flush());
  }

  private void flushes(String what) {
    long[] nanos = new long[FLUSHES];
    for (int i = 0; i < FLUSHES; i++) {
      Update update = function(random.nextInt(FUNCTIONS));
      long start = System.nanoTime();
      updates.send(update);
      FlushReport report = updates.flush();
      nanos[i] = System.nanoTime() - start;
      check(report);
    }
    Arrays.sort(nanos);
    print(
        "update + flush + published (%s): p50 %.0f µs, p99 %.0f µs",
        what, nanos[FLUSHES / 2] / 1e3, nanos[FLUSHES * 99 / 100] / 1e3);
  }

  private static void check(FlushReport report) {
    if (!report.getPublished()) {
      throw new IllegalStateException("not published: " + report);
    }
  }

  private List<Update> functions(int count) {
    List<Update> functions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      functions.add(function(i));
    }
    return functions;
  }

  /** A function of random bytes that calls others. */
  private Update function(int index) {
    byte[] body = new byte[BODY_BYTES];
    random.nextBytes(body);
    AtomPut.Builder atom =
        AtomPut.newBuilder()
            .setKey(name(index))
            .setSection(ByteString.copyFromUtf8(".text"))
            .setSectionType(1)
            .setSectionFlags(6)
            .setAlignment(16)
            .setContent(ByteString.copyFrom(body))
            .addDefinitions(
                Definition.newBuilder().setName(name(index)).setSize(BODY_BYTES).setInfo(0x12));
    for (int call = 0; call < CALLS; call++) {
      atom.addTargetNames(name((index + call * 7_919 + 1) % FUNCTIONS))
          .addRelocationOffsets(call * 16L + 1)
          .addRelocationKinds(R_X86_64_PLT32)
          .addRelocationTargets(call)
          .addRelocationAddends(-4);
    }
    return Update.newBuilder().setPutAtom(atom).build();
  }

  private static ByteString name(int index) {
    return ByteString.copyFromUtf8("f" + index);
  }

  private static void print(String form, Object... values) {
    System.out.println(String.format(Locale.ROOT, form, values));
  }
}
