package dev.linkd.client.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The C compiler of the system, which also knows where the C library is. */
final class Toolchain {
  private static final List<String> NAMES = List.of("gcc", "cc", "clang");
  private static final List<String> BEFORE = List.of("Scrt1.o", "crti.o", "crtbeginS.o");
  private static final List<String> AFTER =
      List.of(
          "libm.so.6",
          "libgcc.a",
          "libgcc_s.so.1",
          "libc.so.6",
          "libc_nonshared.a",
          "crtendS.o",
          "crtn.o");
  private static final List<String> OPTIONS =
      List.of(
          "-c",
          "-O1",
          "-g",
          "-fPIE",
          "-std=c11",
          "-D_POSIX_C_SOURCE=200809L",
          "-ffunction-sections",
          "-fdata-sections");

  private final String compiler;
  private final String version;

  private Toolchain(String compiler, String version) {
    this.compiler = compiler;
    this.version = version;
  }

  /** {@code $CC}, or the first compiler on the path. */
  static Toolchain find(Map<String, String> environment)
      throws DemoFault, IOException, InterruptedException {
    String chosen = environment.getOrDefault("CC", "");
    for (String name : chosen.isEmpty() ? NAMES : List.of(chosen)) {
      if (isProgram(name, environment.getOrDefault("PATH", ""))) {
        Ran ran = Ran.check(Path.of("/"), List.of(name, "--version"));
        return new Toolchain(name, ran.output().lines().findFirst().orElse(name));
      }
    }
    throw new DemoFault(
        chosen.isEmpty()
            ? "no C compiler is installed; on Debian: apt-get install gcc libc6-dev"
            : "there is no program '" + chosen + "', which CC names");
  }

  private static boolean isProgram(String name, String path) {
    if (name.contains("/")) {
      return Files.isExecutable(Path.of(name));
    }
    for (String directory : path.split(":", -1)) {
      if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, name))) {
        return true;
      }
    }
    return false;
  }

  String compiler() {
    return compiler;
  }

  String version() {
    return version;
  }

  /** Compiles a unit into its object; returns the time in nanoseconds. */
  long compile(Example example, String unit) throws DemoFault, IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(compiler));
    command.addAll(OPTIONS);
    command.addAll(List.of("-o", unit + ".o", unit + ".c"));
    return Ran.check(example.directory(), command).nanos();
  }

  /** All that belongs into the program, in the order of a link line. */
  List<Path> inputs(Example example) throws DemoFault, IOException, InterruptedException {
    List<Path> inputs = new ArrayList<>();
    for (String name : BEFORE) {
      inputs.add(file(name));
    }
    Example.UNITS.forEach(unit -> inputs.add(example.object(unit)));
    for (String name : AFTER) {
      inputs.add(file(name));
    }
    return inputs;
  }

  /** A file of the C library or of the compiler. */
  private Path file(String name) throws DemoFault, IOException, InterruptedException {
    Path path =
        Path.of(
            Ran.check(Path.of("/"), List.of(compiler, "-print-file-name=" + name))
                .output()
                .strip());
    if (!path.isAbsolute()) {
      throw new DemoFault(
          compiler
              + " does not know where "
              + name
              + " is; the demo needs the development files of the GNU C library, on Debian:"
              + " apt-get install libc6-dev");
    }
    return path.toRealPath();
  }

  /** The linker that the compiler calls. */
  String linker() throws DemoFault, IOException, InterruptedException {
    String linker = Ran.check(Path.of("/"), List.of(compiler, "-print-prog-name=ld")).output();
    return linker.strip();
  }
}
