package dev.linkd.linkbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Compiles units of a generated program. Each variant is compiled in a folder of its own that the
 * debug information does not show, as if one file had been edited.
 */
final class UnitCompiler {
  /** Files in one call of the compiler, whose start costs more than a unit. */
  private static final int BATCH = 20;

  private static final List<String> COMMAND =
      List.of("gcc", "-c", "-O0", "-g", "-ffunction-sections", "-fdata-sections");

  private final ProgramShape shape;
  private final boolean library;
  private final Path folder;
  private final List<Callable<String>> jobs = new ArrayList<>();

  UnitCompiler(ProgramShape shape, boolean library, Path folder) {
    this.shape = shape;
    this.library = library;
    this.folder = folder;
  }

  /** What the compiled units depend on beside this class. */
  static String version() throws IOException {
    return String.join(" ", COMMAND) + " " + Tools.run(Path.of("/"), List.of("gcc", "--version"));
  }

  /** Where a variant of a unit is or will be. */
  Path object(int unit, Variation variation) {
    return folder.resolve(variation.name()).resolve("u" + unit + ".o");
  }

  /** Asks for a variant of some units. */
  void add(List<Integer> units, Variation variation) throws IOException {
    Path place = Files.createDirectories(folder.resolve(variation.name()));
    Files.writeString(
        place.resolve("tuning.h"),
        "#define TUNING(seed) ((seed) * 0.5 + " + variation.headerVersion() + ")\n");
    for (int i = 0; i < units.size(); i += BATCH) {
      List<Integer> batch = units.subList(i, Math.min(units.size(), i + BATCH));
      jobs.add(() -> compile(place, batch, variation));
    }
  }

  private String compile(Path place, List<Integer> units, Variation variation) throws IOException {
    List<String> command = new ArrayList<>(COMMAND);
    command.add("-fdebug-prefix-map=" + place + "=/generated");
    for (int unit : units) {
      String name = "u" + unit + ".c";
      Files.writeString(
          place.resolve(name), new UnitSource(shape, library, unit, variation).text());
      command.add(name);
    }
    return Tools.run(place, command);
  }

  /** Compiles what was asked for. */
  void run() throws IOException {
    Tools.parallel(jobs);
    jobs.clear();
  }
}
