package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Runs programs to their end. */
final class Processes {
  private Processes() {}

  /** Runs a command that must succeed. */
  static String check(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    assertThat(code).as("%s: %s", String.join(" ", command), text).isZero();
    return text;
  }
}
