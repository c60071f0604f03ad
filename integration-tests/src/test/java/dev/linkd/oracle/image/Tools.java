package dev.linkd.oracle.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs compilers and binutils. */
public final class Tools {
  private static final int TIMEOUT_SECONDS = 60;

  /** What a program returned and printed, both streams together. */
  public record Result(int status, String output) {}

  private Tools() {}

  /** Runs a command whose success is taken for granted and returns what it printed. */
  public static String run(Path folder, String... command)
      throws IOException, InterruptedException {
    Result result = tryRun(folder, List.of(command));
    if (result.status() != 0) {
      throw new AssertionError(
          String.join(" ", command) + " failed: " + result.status() + "\n" + result.output());
    }
    return result.output();
  }

  public static Result tryRun(Path folder, List<String> command)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile("linkd-tool", ".log");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
      builder.environment().putAll(Map.of("LC_ALL", "C", "DEBUGINFOD_URLS", ""));
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
      builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      Process process = builder.start();
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(String.join(" ", command) + " does not end");
      }
      return new Result(process.exitValue(), Files.readString(log, StandardCharsets.ISO_8859_1));
    } finally {
      Files.delete(log);
    }
  }
}
