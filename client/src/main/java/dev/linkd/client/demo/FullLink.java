package dev.linkd.client.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Links the same objects with the linker of the system, as the compiler calls it. The compiler is
 * asked once, with a program in the place of its linker that writes down its arguments; then the
 * linker alone is measured.
 *
 * @param linker first line of its version
 * @param nanos duration of each run
 */
public record FullLink(String linker, long[] nanos) {
  private static final int RUNS = 9;

  static FullLink measure(Toolchain toolchain, Example example)
      throws DemoFault, IOException, InterruptedException {
    Path directory = example.directory();
    String linker = toolchain.linker();
    List<String> command = new ArrayList<>(List.of(linker));
    command.addAll(arguments(toolchain, example, linker));
    Ran.check(directory, command);
    long[] nanos = new long[RUNS];
    for (int run = 0; run < RUNS; run++) {
      nanos[run] = Ran.check(directory, command).nanos();
    }
    Ran version = Ran.check(directory, List.of(linker, "--version"));
    return new FullLink(version.output().lines().findFirst().orElse(linker), nanos);
  }

  private static List<String> arguments(Toolchain toolchain, Example example, String linker)
      throws DemoFault, IOException, InterruptedException {
    Path tools = Files.createDirectories(example.directory().resolve("tools"));
    Path arguments = tools.resolve("arguments");
    Path recorder = tools.resolve("ld");
    Files.writeString(
        recorder,
        """
        #!/bin/sh
        printf '%%s\\n' "$@" >'%s'
        exec '%s' "$@"
        """
            .formatted(arguments, linker));
    Files.setPosixFilePermissions(recorder, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<String> command =
        new ArrayList<>(List.of(toolchain.compiler(), "-B" + tools, "-pie", "-o", "full"));
    Example.UNITS.forEach(unit -> command.add(unit + ".o"));
    command.add("-lm");
    Ran.check(example.directory(), command);
    if (!Files.exists(arguments)) {
      throw new DemoFault(toolchain.compiler() + " does not call ld; its linker is not measured");
    }
    return Files.readAllLines(arguments);
  }

  /** The run in the middle, in nanoseconds. */
  public long medianNanos() {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
