package dev.linkd.client.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The sources of the example program, packed from {@code examples/}. */
final class Example {
  static final String NAME = "calculator";

  /** Translation units, without {@code .c}. */
  static final List<String> UNITS =
      List.of(
          "main",
          "check",
          "evaluate",
          "format",
          "functions",
          "lexer",
          "parser",
          "statistics",
          "symbols");

  /** What the program is asked in every step. */
  static final List<String> QUESTIONS =
      List.of("r = 3", "2 * pi * r", "sqrt(2)", "mean(1, 2, 3, 4, 90)");

  private final Path directory;

  private Example(Path directory) {
    this.directory = directory;
  }

  /** Writes the sources into a directory. */
  static Example copyTo(Path directory) throws IOException {
    Example example = new Example(directory);
    example.copy("calculator.h");
    for (String unit : UNITS) {
      example.copy(unit + ".c");
    }
    return example;
  }

  Path directory() {
    return directory;
  }

  Path source(String unit) {
    return directory.resolve(unit + ".c");
  }

  Path object(String unit) {
    return directory.resolve(unit + ".o");
  }

  /** Replaces a text that is there exactly once. */
  void replace(String unit, String from, String to) throws IOException {
    Path source = source(unit);
    String text = Files.readString(source);
    int at = text.indexOf(from);
    if (at < 0 || text.indexOf(from, at + 1) >= 0) {
      throw new IllegalStateException(source + " does not hold this exactly once: " + from);
    }
    Files.writeString(source, text.substring(0, at) + to + text.substring(at + from.length()));
  }

  private void copy(String name) throws IOException {
    try (InputStream source = Example.class.getResourceAsStream(NAME + "/" + name)) {
      if (source == null) {
        throw new IOException("the client was packed without its example " + name);
      }
      Files.copy(source, directory.resolve(name));
    }
  }
}
