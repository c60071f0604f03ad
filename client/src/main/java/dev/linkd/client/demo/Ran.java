package dev.linkd.client.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A program that ran to its end.
 *
 * @param status its exit status
 * @param output what it printed, standard error included
 * @param nanos how long it took
 */
record Ran(int status, String output, long nanos) {
  /** Runs a program; one that cannot be started is an {@link IOException}. */
  static Ran run(Path directory, List<String> command) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    return new Ran(status, output, System.nanoTime() - start);
  }

  /** The output of a program that must succeed. */
  static Ran check(Path directory, List<String> command)
      throws DemoFault, IOException, InterruptedException {
    Ran ran = run(directory, command);
    if (ran.status != 0) {
      throw new DemoFault(
          "'%s' ended with status %d:\n%s"
              .formatted(String.join(" ", command), ran.status, ran.output.strip()));
    }
    return ran;
  }
}
