package dev.linkd.linkbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Generates a program, compiles it with all the variants that edits need, and keeps that. */
final class GeneratedProgram {
  /** Changes when what is generated does. */
  private static final int VERSION = 1;

  private static final int MEMBERS = 16;
  private static final int RANDOM_UNITS = 40;
  private static final List<Variation> RANDOM_VARIATIONS =
      List.of(
          Variation.BASE,
          Variation.ofBodies(1, 0),
          Variation.ofBodies(2, 2),
          Variation.ofBodies(1, 9),
          Variation.ofAddition(),
          Variation.ofGrowth(),
          Variation.ofRename(),
          Variation.ofMember(2));

  private final ProgramShape shape;
  private final boolean debug;
  private final Path folder;
  private final Path variants;
  private final UnitCompiler compiler;
  private final List<Edit> edits = new ArrayList<>();
  private final List<Edit> randomEdits = new ArrayList<>();

  private GeneratedProgram(Path cache, ProgramShape shape, boolean debug) {
    this.shape = shape;
    this.debug = debug;
    folder = cache.resolve(shape.name() + (debug ? "-g" : ""));
    variants = cache.resolve("compiled").resolve(shape.name());
    compiler = new UnitCompiler(shape, false, variants);
  }

  /** The folder of the program; made when it is not there, and put back to how it was at first. */
  static Path prepare(Path cache, ProgramShape shape, boolean debug) throws IOException {
    GeneratedProgram program = new GeneratedProgram(cache, shape, debug);
    program.describeEdits();
    return program.complete();
  }

  /** The same without edits. */
  static Path prepareUnedited(Path cache, ProgramShape shape) throws IOException {
    return new GeneratedProgram(cache, shape, true).complete();
  }

  private Path complete() throws IOException {
    Path stamp = variants.resolve("complete");
    String key = VERSION + " " + shape + " " + UnitCompiler.version();
    if (!Files.exists(stamp) || !Files.readString(stamp).equals(key)) {
      Tools.delete(variants);
      Files.createDirectories(variants);
      compile();
      Files.writeString(stamp, key);
    }
    assemble();
    return folder;
  }

  private void describeEdits() {
    for (Variation version :
        List.of(Variation.ofBodies(1, 0), Variation.ofBodies(1, 2), Variation.BASE)) {
      for (int quarter = 1; quarter <= 3; quarter++) {
        edit("one function", List.of(shape.units() * quarter / 4), version);
      }
    }
    List<Integer> single = List.of(shape.units() / 3);
    edit("function added", single, Variation.ofAddition());
    edit("function removed", single, Variation.BASE);
    edit("function renamed", single, Variation.ofRename());
    edit("function renamed", single, Variation.BASE);
    edit("data grown", single, Variation.ofGrowth());
    edit("data shrunk", single, Variation.BASE);
    edit("archive member pulled", single, Variation.ofMember(1));
    edit("archive member dropped", single, Variation.BASE);
    edit("100 objects × 10 functions", spread(100), Variation.ofBodies(10, 1));
    edit("100 objects × 10 functions", spread(100), Variation.BASE);
    edit("header, 10 % of functions", headerUnits(), Variation.ofHeader());
    edit("header, 10 % of functions", headerUnits(), Variation.BASE);
    for (int unit : spread(RANDOM_UNITS)) {
      for (Variation variation : RANDOM_VARIATIONS) {
        randomEdits.add(toEdit("random", List.of(unit), variation));
      }
    }
  }

  private void edit(String name, List<Integer> units, Variation variation) {
    edits.add(toEdit(name, units, variation));
  }

  private Edit toEdit(String name, List<Integer> units, Variation variation) {
    return new Edit(
        name,
        units.stream().map(unit -> new Edit.Copy(variant(unit, variation), object(unit))).toList());
  }

  /** Some units, evenly distributed; fewer in a program that has fewer. */
  private List<Integer> spread(int count) {
    int units = Math.min(count, shape.units());
    return IntStream.range(0, units).map(i -> i * (shape.units() / units)).boxed().toList();
  }

  private List<Integer> headerUnits() {
    return IntStream.range(0, shape.units()).filter(UnitSource::includesHeader).boxed().toList();
  }

  private Path object(int unit) {
    return folder.resolve("objects").resolve("u" + unit + ".o");
  }

  private Path variant(int unit, Variation variation) {
    Path compiled = compiler.object(unit, variation);
    return debug ? compiled : compiled.resolveSibling("plain").resolve(compiled.getFileName());
  }

  private void compile() throws IOException {
    compiler.add(IntStream.range(0, shape.units()).boxed().toList(), Variation.BASE);
    if (!edits.isEmpty()) {
      addVariants();
    }
    compiler.run();
    strip();
    archive();
  }

  private void addVariants() throws IOException {
    List<Integer> quarters = Stream.of(1, 2, 3).map(q -> shape.units() * q / 4).toList();
    List<Integer> single = List.of(shape.units() / 3);
    for (Variation variation : RANDOM_VARIATIONS) {
      if (variation != Variation.BASE) {
        compiler.add(union(union(spread(RANDOM_UNITS), quarters), single), variation);
      }
    }
    compiler.add(quarters, Variation.ofBodies(1, 2));
    compiler.add(single, Variation.ofMember(1));
    compiler.add(spread(100), Variation.ofBodies(10, 1));
    compiler.add(headerUnits(), Variation.ofHeader());
  }

  private static List<Integer> union(List<Integer> some, List<Integer> others) {
    return Stream.concat(some.stream(), others.stream()).distinct().toList();
  }

  /** The same objects without debug information. */
  private void strip() throws IOException {
    List<Callable<String>> jobs = new ArrayList<>();
    for (Path variation : list(variants)) {
      if (Files.isDirectory(variation)) {
        Path plain = Files.createDirectory(variation.resolve("plain"));
        jobs.add(
            () ->
                Tools.run(
                    variation,
                    List.of(
                        "sh",
                        "-c",
                        "for file in *.o; do strip -g -o \"$0/$file\" \"$file\" || exit; done",
                        plain.toString())));
      }
    }
    Tools.parallel(jobs);
  }

  private void archive() throws IOException {
    Path place = Files.createDirectory(variants.resolve("extra"));
    List<String> compile = new ArrayList<>(List.of("gcc", "-c", "-g", "-ffunction-sections"));
    List<String> pack = new ArrayList<>(List.of("ar", "rcsD", "libextra.a"));
    for (int i = 0; i < MEMBERS; i++) {
      Files.writeString(
          place.resolve("extra" + i + ".c"),
          "long extra_" + i + "(long seed)\n{ return seed * " + (i + 3) + "; }\n");
      compile.add("extra" + i + ".c");
      pack.add("extra" + i + ".o");
    }
    Tools.run(place, compile);
    Tools.run(place, pack);
  }

  private static List<Path> list(Path folder) throws IOException {
    try (var paths = Files.list(folder)) {
      return paths.toList();
    }
  }

  private void assemble() throws IOException {
    Files.createDirectories(folder.resolve("objects"));
    List<String> objects = new ArrayList<>();
    for (int unit = 0; unit < shape.units(); unit++) {
      Path from = variant(unit, Variation.BASE);
      Path to = object(unit);
      if (!Files.exists(to) || Files.mismatch(from, to) >= 0) {
        new Edit("", List.of(new Edit.Copy(from, to))).apply();
      }
      objects.add(to.toString());
    }
    objects.add(variants.resolve("extra/libextra.a").toString());
    Files.write(folder.resolve("link.arguments"), LinkArguments.executable(objects));
    Edit.write(folder.resolve("edits"), edits);
    Edit.write(folder.resolve("random-edits"), randomEdits);
    Files.write(
        folder.resolve("facts"),
        List.of(
            "description=generated, "
                + String.format("%,d objects, %,d functions", shape.units(), shape.functions())
                + (debug ? ", debug information" : ""),
            "functions=" + shape.functions(),
            "objects=" + shape.units(),
            "status=42"));
  }
}
