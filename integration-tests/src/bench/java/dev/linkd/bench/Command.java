package dev.linkd.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs other programs. */
final class Command {
  private Command() {}

  /** Runs a program that must succeed; returns what it printed. */
  static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException(command.getFirst() + " ended with status " + status + ": " + output);
    }
    return output;
  }

  /** How long it takes, in nanoseconds: the median of some runs after one that does not count. */
  static long medianNanos(List<String> command, int runs) throws IOException, InterruptedException {
    run(command);
    long[] nanos = new long[runs];
    for (int i = 0; i < runs; i++) {
      long start = System.nanoTime();
      run(command);
      nanos[i] = System.nanoTime() - start;
    }
    return new Quantiles(nanos).median();
  }
}
