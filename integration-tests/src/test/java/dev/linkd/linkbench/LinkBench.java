package dev.linkd.linkbench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Prepares programs, measures their links, and reports. */
final class LinkBench {
  private final Path root;
  private final Path folder;
  private final Path programs;
  private final BenchOptions options;
  private final PrintStream out;

  /**
   * A run of the benchmark.
   *
   * @param root of the checkout
   * @param folder for everything that is made and kept
   * @param programs folder of {@code linkctl} and {@code ld.linkd}
   */
  LinkBench(Path root, Path folder, Path programs, BenchOptions options, PrintStream out) {
    this.root = root;
    this.folder = folder;
    this.programs = programs;
    this.options = options;
    this.out = out;
  }

  /** {@code LinkBench ROOT FOLDER PROGRAMS OPTION...}. */
  public static void main(String[] words) throws IOException {
    Path folder = Path.of(words[1]);
    List<String> rest = List.of(words).subList(3, words.length);
    if (rest.contains("--help") || rest.contains("-h")) {
      System.out.print(BenchOptions.USAGE);
      return;
    }
    BenchOptions options;
    try {
      options = BenchOptions.parse(rest, folder);
    } catch (IllegalArgumentException e) {
      System.err.println("bench-link: " + e.getMessage());
      System.err.print(BenchOptions.USAGE);
      System.exit(2);
      return;
    }
    new LinkBench(Path.of(words[0]), folder, Path.of(words[2]), options, System.out).run();
  }

  void run() throws IOException {
    Files.createDirectories(options.results());
    if (!options.report()) {
      List<Path> folders = new ArrayList<>();
      for (String program : options.programs()) {
        out.println("preparing " + program);
        folders.add(prepare(program));
      }
      measure(folders);
    }
    out.print(new Report(options.results()).write());
  }

  private Path cache() {
    return folder.resolve("programs");
  }

  private Path prepare(String name) throws IOException {
    ProgramShape shape = options.shapes().get(withoutDebug(name));
    if (shape != null) {
      return GeneratedProgram.prepare(cache(), shape, isDebug(name));
    }
    Path place = cache().resolve(name);
    Path script = root.resolve("integration-tests/bench/real.sh");
    Tools.run(root, List.of(script.toString(), name, place.toString()));
    return place;
  }

  private static boolean isDebug(String name) {
    return name.endsWith("-g");
  }

  private static String withoutDebug(String name) {
    return isDebug(name) ? name.substring(0, name.length() - 2) : name;
  }

  /** The program that warms a daemon up, before it links the one that counts. */
  private BenchProgram warming() throws IOException {
    ProgramShape shape = Objects.requireNonNull(options.shapes().get(BenchOptions.WARMING));
    return BenchProgram.load(GeneratedProgram.prepareUnedited(cache(), shape));
  }

  private void measure(List<Path> folders) throws IOException {
    List<Peer> peers = Peer.installed().stream().filter(options::wantsPeer).toList();
    Path temporary = Files.createTempDirectory("linkd-bench");
    Path outputs = Files.createDirectories(folder.resolve("outputs"));
    BenchProgram warming = warming();
    try (LinkdDaemon daemon = new LinkdDaemon(programs, temporary, timed(), options, List.of())) {
      // An interrupted run leaves no daemon behind.
      Runtime.getRuntime().addShutdownHook(new Thread(daemon::stopQuietly));
      Bench bench = new Bench(options, daemon, peers, outputs);
      for (Path each : folders) {
        BenchProgram program = BenchProgram.load(each);
        out.println("measuring " + program.name() + ": " + program.description());
        ProgramResult result = measure(bench, program, warming);
        keep(Json.of(result, Machine.look(), peers), program.name());
      }
    } finally {
      Tools.delete(temporary);
    }
  }

  private void keep(JsonObject measured, String name) throws IOException {
    Path file = options.results().resolve(name + ".json");
    if (Files.exists(file)) {
      Json.addEarlier(measured, JsonParser.parseString(Files.readString(file)).getAsJsonObject());
    }
    Json.write(file, measured);
  }

  private ProgramResult measure(Bench bench, BenchProgram program, BenchProgram warming)
      throws IOException {
    ProgramResult result = new ProgramResult(program.name(), program.description());
    result.value("input bytes", program.inputBytes());
    if (options.cases().contains("first")) {
      new FirstLinks(bench, program, warming, result).run();
    }
    if (bench.options().wantsEdits(program)) {
      new Relinks(bench, program, result).run();
    }
    if (options.wantsCase("one function") && options.socket().isEmpty()) {
      inTheDaemon(new InTheDaemon(bench, program, result));
    }
    if (options.cases().contains("random") && !program.randomEdits().isEmpty()) {
      new RandomEdits(bench, program, result).run();
      putBack(program);
    }
    // The libraries have debug information.
    ProgramShape shape = options.shapes().get(withoutDebug(program.name()));
    if (options.cases().contains("executables") && shape != null && isDebug(program.name())) {
      List<List<String>> links = TestExecutables.prepare(cache(), shape, options.executables());
      new SharedLibraries(bench, program.name(), links, result).run(warming);
    }
    return result;
  }

  private void inTheDaemon(InTheDaemon links) throws IOException {
    links.watched();
    Path temporary = Files.createTempDirectory("linkd-bench");
    try (LinkdDaemon daemon =
        new LinkdDaemon(programs, temporary, timed(), options, List.of("--no-watch"))) {
      links.unwatched(daemon);
    } finally {
      Tools.delete(temporary);
    }
  }

  /** Source of the program that measures. */
  private Path timed() {
    return root.resolve("integration-tests/bench/timed.c");
  }

  /** Random edits leave the objects in any state; the first variant of each is how it was. */
  private static void putBack(BenchProgram program) throws IOException {
    for (Edit edit : program.randomEdits()) {
      if (edit.copies().getFirst().from().toString().contains("/base/")) {
        edit.apply();
      }
    }
  }
}
