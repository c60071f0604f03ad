package dev.linkd.object;

import dev.linkd.os.SystemFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the tools that make inputs and those that read them independently. */
final class Tools {
  private Tools() {}

  /** Runs a command in a directory and returns what it printed; a failure fails the test. */
  static String run(Path directory, String... command) {
    return run(directory, List.of(command));
  }

  static String run(Path directory, List<String> command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
      builder.environment().put("LC_ALL", "C");
      Process process = builder.redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new AssertionError(command + " failed with " + status + ":\n" + text);
      }
      return text;
    } catch (IOException e) {
      throw new AssertionError("cannot run " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while running " + command, e);
    }
  }

  /** Compiles C, C++ or assembler text, chosen by the extension of {@code source}. */
  static Path compile(Path directory, String source, String text, String... options) {
    try {
      Files.writeString(directory.resolve(source), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    String object = source.substring(0, source.lastIndexOf('.')) + ".o";
    List<String> command = new ArrayList<>(List.of("gcc", "-c", "-o", object, source));
    command.addAll(List.of(options));
    run(directory, command);
    return directory.resolve(object);
  }

  static MemorySegment read(Path file) {
    try {
      return MemorySegment.ofArray(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Where the C compiler finds one of its libraries. */
  static Path library(String name) {
    return SystemFiles.find(name);
  }
}
