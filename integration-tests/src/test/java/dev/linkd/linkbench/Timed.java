package dev.linkd.linkbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs programs and measures them from outside. */
final class Timed {
  /**
   * One run of a program.
   *
   * @param millis wall time
   * @param cpuMillis processor time of the process, in user and kernel mode
   * @param peakKib its greatest resident memory
   * @param messages what it wrote to stderr
   */
  record Run(double millis, double cpuMillis, long peakKib, String messages) {}

  private final Path helper;
  private final Path out;
  private final Path err;
  private final Map<String, String> environment;

  private Timed(Path helper, Path folder, Map<String, String> environment) {
    this.helper = helper;
    this.environment = environment;
    out = folder.resolve("out");
    err = folder.resolve("err");
  }

  /** Compiles the helper from its source. */
  static Timed make(Path source, Path folder, Map<String, String> environment) throws IOException {
    Path helper = folder.resolve("timed");
    Tools.run(
        folder,
        List.of("gcc", "-O2", "-Wall", "-Werror", "-o", helper.toString(), source.toString()));
    return new Timed(helper, folder, environment);
  }

  /**
   * Runs a program in the root directory.
   *
   * @throws IOException if it fails
   */
  Run run(List<String> command) throws IOException {
    List<String> words = new ArrayList<>(List.of(helper.toString(), out.toString()));
    words.add(err.toString());
    words.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(words).directory(Path.of("/").toFile());
    builder.environment().putAll(environment);
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String[] numbers = new String(process.getInputStream().readAllBytes()).strip().split(" ");
    String messages = Files.exists(err) ? Files.readString(err) : "";
    if (numbers.length != 4 || !numbers[3].equals("0")) {
      throw new IOException(
          command.getFirst() + " failed: " + String.join(" ", numbers) + ": " + messages);
    }
    return new Run(
        Long.parseLong(numbers[0]) / 1e6,
        Long.parseLong(numbers[1]) / 1e3,
        Long.parseLong(numbers[2]),
        messages);
  }
}
