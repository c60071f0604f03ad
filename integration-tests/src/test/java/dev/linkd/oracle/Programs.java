package dev.linkd.oracle;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs the random programs. */
final class Programs {
  private static final int TIMEOUT_SECONDS = 30;

  private Programs() {}

  /** What the program prints; its exit status must be the low byte of it. */
  static int run(Path file) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(file.toString()).redirectErrorStream(true);
    return finish(builder.redirectInput(new File("/dev/null")).start());
  }

  /** Starts the program, which waits until its input is closed. */
  static Process start(Path file) throws IOException {
    return new ProcessBuilder(file.toString()).redirectErrorStream(true).start();
  }

  /** Waits for a program that was started and returns what it printed. */
  static int finish(Process process) throws IOException, InterruptedException {
    byte[] printed = process.getInputStream().readAllBytes();
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the program does not end");
    }
    if (printed.length != 4) {
      throw new AssertionError(
          "exit status " + process.exitValue() + ", printed " + printed.length + " bytes");
    }
    int sum = ByteBuffer.wrap(printed).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (process.exitValue() != (sum & 0xff)) {
      throw new AssertionError("exit status " + process.exitValue() + " for sum " + sum);
    }
    return sum;
  }
}
