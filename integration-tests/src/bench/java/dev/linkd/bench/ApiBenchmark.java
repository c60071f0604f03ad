package dev.linkd.bench;

import dev.linkd.client.DaemonConnection;
import dev.linkd.client.DaemonConnector;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.Update;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What a compiler and a build see through the API, with the daemon in a process of its own, beside
 * full links of the same program by other linkers. Arguments: the socket, a directory for files,
 * and numbers of functions; without numbers, 10,000 and 100,000.
 */
public final class ApiBenchmark {
  private static final int PER_REQUEST = 32;

  /** The first of them has the code of a daemon and of a client that have just started. */
  private static final int FIRST_LINKS = 4;

  private static final int FLUSHES = 2_000;
  private static final int STREAM_ROUNDS = 8;
  private static final int FILE_PATCHES = 200;
  private static final int GROWN_BYTES = 1_000;

  private final GeneratedProgram program;
  private final Path directory;
  private final DaemonConnection daemon;
  private final List<Linker> linkers;
  private final long[] peerNanos;
  private final Random random = new Random(1);
  private int version;

  private ApiBenchmark(
      int functions, Path directory, DaemonConnection daemon, List<Linker> linkers) {
    program = new GeneratedProgram(functions);
    this.directory = directory;
    this.daemon = daemon;
    this.linkers = linkers;
    peerNanos = new long[linkers.size()];
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createDirectories(Path.of(arguments[1]).toAbsolutePath());
    List<Linker> linkers = Linker.installed();
    describe(linkers);
    List<String> sizes = List.of(arguments).subList(2, arguments.length);
    try (DaemonConnection daemon = new DaemonConnector(Path.of(arguments[0])).connect()) {
      for (String size : sizes.isEmpty() ? List.of("10000", "100000") : sizes) {
        new ApiBenchmark(Integer.parseInt(size), directory, daemon, linkers).run();
      }
    }
    print("load average at the end: %s", load());
  }

  private static void describe(List<Linker> linkers) throws Exception {
    print(
        "machine: %d CPUs, %s %s, Java %s; load average %s",
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        System.getProperty("java.version"),
        load());
    linkers.forEach(linker -> print("%s: %s", linker.program(), linker.version()));
  }

  private static String load() throws Exception {
    return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
  }

  private void run() throws Exception {
    print("");
    print(
        "%,d functions of %d bytes with %d calls each",
        program.functions(), GeneratedProgram.BODY_BYTES, GeneratedProgram.CALLS);
    List<Path> objects = program.assemble(directory);
    for (int i = 0; i < linkers.size(); i++) {
      peerNanos[i] = linkers.get(i).medianNanos(objects, directory.resolve("peer"));
      print(
          "  full link by %s, median of 5: %.1f ms", linkers.get(i).program(), peerNanos[i] / 1e6);
    }
    for (int i = 0; i < FIRST_LINKS; i++) {
      try (LiveOutput output = new LiveOutput(daemon, directory.resolve("first"))) {
        String what = i == 0 ? "first link, streamed" : "the same for another output";
        first(what, output, program.updates(version++), PER_REQUEST);
      }
      Files.deleteIfExists(directory.resolve("first"));
    }
    files(objects);
    try (LiveOutput output = new LiveOutput(daemon, directory.resolve("streamed"))) {
      output.send(program.updates(version++), PER_REQUEST);
      output.flush();
      stream(output);
      patches("warm-up: ", output, GeneratedProgram.BODY_BYTES);
      patches("", output, GeneratedProgram.BODY_BYTES);
      patches("", output, GROWN_BYTES);
    }
  }

  /** Object files, as a build has them. */
  private void files(List<Path> objects) throws Exception {
    try (LiveOutput output = new LiveOutput(daemon, directory.resolve("linked"))) {
      List<Update> files = objects.stream().map(LiveOutput::file).toList();
      first("first link of %d objects".formatted(objects.size()), output, files, files.size());
      Path even = program.assemble(directory, "even", 0, 1);
      Path odd = program.assemble(directory, "odd", 0, 2);
      long[] nanos = new long[FILE_PATCHES];
      for (int i = -FILE_PATCHES; i < FILE_PATCHES; i++) {
        replace(objects.getFirst(), i % 2 == 0 ? even : odd);
        nanos[Math.max(0, i)] = output.patch(LiveOutput.file(objects.getFirst()));
      }
      row("one function changed in an object of 5,000", new Quantiles(nanos));
    }
  }

  /** Puts a file in the place of another at once, as a build does. */
  private static void replace(Path object, Path content) throws Exception {
    Path next = object.resolveSibling("next.o");
    Files.createLink(next, content);
    Files.move(next, object, StandardCopyOption.ATOMIC_MOVE);
  }

  private void first(String what, LiveOutput output, List<Update> updates, int perRequest) {
    long start = System.nanoTime();
    output.send(updates, perRequest);
    FlushReport report = output.flush();
    row(what, System.nanoTime() - start);
    print(
        "    of which settle %.0f ms, publish %.0f ms",
        report.getStatistics().getSettleTime().getSeconds() * 1e3
            + report.getStatistics().getSettleTime().getNanos() / 1e6,
        report.getStatistics().getPublishTime().getSeconds() * 1e3
            + report.getStatistics().getPublishTime().getNanos() / 1e6);
  }

  /** Changed content each time, without a flush. */
  private void stream(LiveOutput output) {
    for (int perRequest : new int[] {1, PER_REQUEST}) {
      double best = 0;
      for (int round = 0; round < STREAM_ROUNDS; round++) {
        List<Update> updates = program.updates(version++);
        long start = System.nanoTime();
        output.send(updates, perRequest);
        best = Math.max(best, program.functions() * 1e9 / (System.nanoTime() - start));
        output.flush();
      }
      print(
          "  stream, %d in a request, best of %d: %,.0f updates/s",
          perRequest, STREAM_ROUNDS, best);
    }
  }

  /** One function after the other gets a new version of some size, and is published. */
  private void patches(String prefix, LiveOutput output, int bytes) {
    long[] nanos = new long[FLUSHES];
    long movedBefore = output.moved();
    int first = random.nextInt(program.functions());
    for (int i = 0; i < FLUSHES; i++) {
      // Every function is visited once: 4,001 and the numbers of functions have no common divisor.
      int index = (int) ((first + i * 4_001L) % program.functions());
      nanos[i] = output.patch(program.update(index, ++version, bytes));
    }
    String what =
        "function of %,d bytes put, %,d of %,d moved"
            .formatted(bytes, output.moved() - movedBefore, FLUSHES);
    row(prefix + what, new Quantiles(nanos));
  }

  private void row(String what, Quantiles nanos) {
    row("%s, p99 %.2f ms, p50".formatted(what, nanos.p99() / 1e6), nanos.median());
  }

  /** With how many times as long each linker takes for all of it. */
  private void row(String what, long nanos) {
    StringBuilder ratios = new StringBuilder();
    for (int i = 0; i < linkers.size(); i++) {
      if (peerNanos[i] != 0) {
        double ratio = (double) peerNanos[i] / nanos;
        ratios.append(ratios.isEmpty() ? "; full link: " : ", ");
        ratios.append(linkers.get(i).program()).append(' ');
        ratios.append(String.format(Locale.ROOT, ratio < 10 ? "%.2f x" : "%,.0f x", ratio));
      }
    }
    print("  %s: %.3f ms%s", what, nanos / 1e6, ratios);
  }

  private static void print(String form, Object... values) {
    System.out.println(String.format(Locale.ROOT, form, values));
  }
}
