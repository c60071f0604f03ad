package dev.linkd.linkbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/**
 * Very many small executables that share libraries, as the tests of a project do: the units of a
 * program as archives, and main programs of which each calls into two groups of units.
 */
final class TestExecutables {
  private static final int VERSION = 1;

  private final ProgramShape shape;
  private final Path folder;

  private TestExecutables(Path cache, ProgramShape shape) {
    this.shape = shape;
    folder = cache.resolve("libraries").resolve(shape.name());
  }

  /** Arguments of the link of each executable. */
  static List<List<String>> prepare(Path cache, ProgramShape shape, int count) throws IOException {
    TestExecutables executables = new TestExecutables(cache, shape);
    Path stamp = executables.folder.resolve("complete");
    String key = VERSION + " " + shape + " " + count + " " + UnitCompiler.version();
    if (!Files.exists(stamp) || !Files.readString(stamp).equals(key)) {
      Tools.delete(executables.folder);
      Files.createDirectories(executables.folder);
      executables.compile(count);
      Files.writeString(stamp, key);
    }
    List<List<String>> links = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> files = new ArrayList<>();
      files.add(executables.folder.resolve("main" + i + ".o").toString());
      files.add("--start-group");
      for (int first = 0; first < shape.units(); first += ProgramShape.LIBRARY_UNITS) {
        files.add(executables.library(first).toString());
      }
      files.add("--end-group");
      links.add(LinkArguments.executable(files));
    }
    return links;
  }

  private Path library(int first) {
    return folder.resolve("lib" + first / ProgramShape.LIBRARY_UNITS + ".a");
  }

  private void compile(int count) throws IOException {
    UnitCompiler units = new UnitCompiler(shape, true, folder);
    units.add(IntStream.range(0, shape.units()).boxed().toList(), Variation.BASE);
    units.run();
    List<Callable<String>> jobs = new ArrayList<>();
    for (int first = 0; first < shape.units(); first += ProgramShape.LIBRARY_UNITS) {
      List<String> pack = new ArrayList<>(List.of("ar", "rcsD", library(first).toString()));
      int end = Math.min(shape.units(), first + ProgramShape.LIBRARY_UNITS);
      for (int unit = first; unit < end; unit++) {
        pack.add("u" + unit + ".o");
      }
      Path place = folder.resolve(Variation.BASE.name());
      jobs.add(() -> Tools.run(place, pack));
    }
    for (int i = 0; i < count; i++) {
      int number = i;
      jobs.add(() -> main(number));
    }
    Tools.parallel(jobs);
    Tools.delete(folder.resolve(Variation.BASE.name()));
  }

  private String main(int number) throws IOException {
    int clusters = Math.ceilDiv(shape.units(), ProgramShape.CLUSTER_UNITS);
    String one = UnitSource.name(number % clusters * ProgramShape.CLUSTER_UNITS, 0);
    String two = UnitSource.name((number + 1) % clusters * ProgramShape.CLUSTER_UNITS, 1);
    Files.writeString(
        folder.resolve("main" + number + ".c"),
        """
        long %1$s(long, int);
        long %2$s(long, int);
        int main(void)
        {
          return %1$s(%3$d, 5) + %2$s(%3$d, 5) == 0 ? 0 : 42;
        }
        """
            .formatted(one, two, number + 1));
    return Tools.run(
        folder,
        List.of(
            "gcc", "-c", "-g", "-ffunction-sections", "-fdata-sections", "main" + number + ".c"));
  }
}
