package dev.linkd.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files of the compiler and of the C library. They stay where they are while the tests run, which
 * ask for them with each program that they link: the compiler is asked once for each.
 */
public final class SystemFiles {
  private static final Map<String, Path> FOUND = new ConcurrentHashMap<>();

  private SystemFiles() {}

  /** Where the C compiler finds one of its files; a name that it does not know fails the test. */
  public static Path find(String name) {
    return FOUND.computeIfAbsent(name, SystemFiles::ask);
  }

  private static Path ask(String name) {
    try {
      Process gcc = new ProcessBuilder("gcc", "-print-file-name=" + name).start();
      String printed = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Path path = Path.of(printed.strip());
      if (!path.isAbsolute()) {
        throw new AssertionError("the C compiler has no " + name);
      }
      return path;
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }
}
