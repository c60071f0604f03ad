package dev.linkd.linkbench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The command line of the benchmark.
 *
 * @param programs names of the programs
 * @param cases what is measured; an edit is named by a word of its name
 * @param warmUps links before the first edit that counts: a daemon that has run for a minute
 * @param rounds of all edits
 * @param firstRounds of first links
 * @param randomEdits how many
 * @param executables how many share libraries
 * @param idleSeconds that the daemon idles before its memory counts; 0: nor does it rehearse
 * @param shapes of generated programs by name
 * @param peers words that the names of the other linkers may have; none: all
 * @param results folder for the results
 * @param report whether to make tables and plot of the results there, without measuring
 * @param socket of a daemon that is used and left as it is; without it there is one for the run
 * @param verify whether linkd's outputs are compared with independent links
 */
record BenchOptions(
    List<String> programs,
    List<String> cases,
    int warmUps,
    int rounds,
    int firstRounds,
    int randomEdits,
    int executables,
    int idleSeconds,
    Map<String, ProgramShape> shapes,
    List<String> peers,
    Path results,
    boolean report,
    Optional<Path> socket,
    boolean verify) {

  /** The program that a daemon has linked some times when it counts as warm. */
  static final String WARMING = "warming";

  static final List<String> CASES =
      List.of(
          "nothing",
          "one",
          "function",
          "data",
          "archive",
          "100",
          "header",
          "first",
          "random",
          "executables");

  /** Cases that stop the daemon. */
  private static final List<String> STOPPING = List.of("first", "executables");

  static final String USAGE =
      """
      Usage: bin/bench-link [OPTION...] [PROGRAM...]

      Measures links by linkd beside every other linker that is installed, on the same files, in
      turn. Without programs: A A-g B B-g.

      A    1,000 objects, 40,000 functions      B    4,000 objects, 200,000 functions
      A-g, B-g: with debug information          redis, postgresql, clang: real programs

      --quick            small programs (S, S-g) and few rounds: whether everything works
      --cases=A,B,...    only these of: nothing (changed), one (function), function (added, removed,
                         renamed), data (grown), archive (member pulled), 100 (objects × 10
                         functions), header, first (links), random (edits), executables (that share
                         libraries)
      --warm-up=N        links by linkd that do not count, before the edits; default 200
      --rounds=N         rounds of edits; default 7
      --first-rounds=N   rounds of first links; default 3
      --random-edits=N   default 10000
      --executables=N    default 500
      --idle=SECONDS     how long the daemon idles before its memory is measured; default 5. With
                         0 it does not rehearse links either
      --size=NAME=OBJECTSxFUNCTIONS
                         another generated program: objects, and functions in each
      --peers=A,B,...    only linkers whose names contain one of these; "none" for none
      --results=FOLDER   default: target/bench-link/results
      --socket=PATH      uses a daemon that runs there, and what it holds; not for first links
      --no-verify        does not compare linkd's outputs with independent links
      --report           only makes table and plot of the results that are there

      The results of each program are a JSON file in the folder, where cases that are measured again
      replace the earlier ones; a table (results.md), a plot
      (results.svg; results.png if rsvg-convert is there) and all numbers (results.json) are made
      of all that are there. Generated programs and sources are kept in target/bench-link.
      """;

  /** What was asked for. */
  static BenchOptions parse(List<String> words, Path folder) {
    Values values = new Values();
    List<String> programs = new ArrayList<>();
    Map<String, ProgramShape> shapes = new TreeMap<>();
    shape(shapes, "A", 1_000, 40);
    shape(shapes, "B", 4_000, 50);
    shape(shapes, "S", 60, 10);
    for (String word : words) {
      if (word.startsWith("--size=")) {
        String[] parts = word.substring("--size=".length()).split("[=x]", -1);
        if (parts.length != 3) {
          throw new IllegalArgumentException("not a size: " + word);
        }
        shape(shapes, parts[0], Values.positive(word, parts[1]), Values.positive(word, parts[2]));
      } else if (word.startsWith("--")) {
        values.take(word);
      } else {
        programs.add(word);
      }
    }
    boolean quick = values.flag("--quick");
    if (!shapes.containsKey(WARMING)) {
      shape(shapes, WARMING, quick ? 40 : 400, quick ? 10 : 50);
    }
    if (programs.isEmpty()) {
      programs.addAll(quick ? List.of("S", "S-g") : List.of("A", "A-g", "B", "B-g"));
    }
    List<String> cases = values.list("--cases", CASES);
    for (String each : cases) {
      if (!CASES.contains(each)) {
        throw new IllegalArgumentException("no such case: " + each);
      }
    }
    Path results = values.path("--results", folder.resolve("results"));
    BenchOptions options =
        new BenchOptions(
            List.copyOf(programs),
            cases,
            values.number("--warm-up", quick ? 5 : 200),
            values.number("--rounds", quick ? 2 : 7),
            values.number("--first-rounds", quick ? 1 : 3),
            values.number("--random-edits", quick ? 25 : 10_000),
            values.number("--executables", quick ? 4 : 500),
            values.number("--idle", quick ? 0 : 5),
            Map.copyOf(shapes),
            values.list("--peers", List.of()),
            results.toAbsolutePath().normalize(),
            values.flag("--report"),
            values.text("--socket").map(Path::of),
            !values.flag("--no-verify"));
    values.rejectOthers();
    if (options.socket().isPresent() && cases.stream().anyMatch(STOPPING::contains)) {
      throw new IllegalArgumentException("with --socket, --cases cannot have " + STOPPING);
    }
    return options;
  }

  private static void shape(
      Map<String, ProgramShape> shapes, String name, int units, int functions) {
    shapes.put(name, new ProgramShape(name, units, functions, 7));
  }

  /** Whether an edit of this name, or another case, is measured. */
  boolean wantsCase(String name) {
    return cases.stream().anyMatch(List.of(name.split("[ ,]+", -1))::contains);
  }

  /** Whether some edits, or links without one, are measured. */
  boolean wantsEdits(BenchProgram program) {
    return cases.contains("nothing")
        || program.edits().stream().map(Edit::name).anyMatch(this::wantsCase);
  }

  boolean wantsPeer(Peer peer) {
    return peers.isEmpty() || peers.stream().anyMatch(peer.name()::contains);
  }
}
