package dev.linkd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A linker to compare with.
 *
 * @param program its name on the path
 * @param version first line of what it says about itself
 */
record Linker(String program, String version) {
  private static final int RUNS = 5;

  /** Those that are installed. */
  static List<Linker> installed() throws IOException, InterruptedException {
    List<Linker> linkers = new ArrayList<>();
    for (String program : List.of("ld.bfd", "ld.lld", "mold")) {
      if (onPath(program)) {
        String text = Command.run(List.of(program, "--version"));
        linkers.add(new Linker(program, text.lines().findFirst().orElse(program)));
      }
    }
    return linkers;
  }

  private static boolean onPath(String program) {
    for (String directory : System.getenv("PATH").split(":", -1)) {
      if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }

  /** Median time of a full link in nanoseconds. */
  long medianNanos(List<Path> objects, Path output) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program, "-o", output.toString()));
    command.addAll(List.of("-e", GeneratedProgram.ENTRY));
    objects.forEach(object -> command.add(object.toString()));
    return Command.medianNanos(command, RUNS);
  }
}
