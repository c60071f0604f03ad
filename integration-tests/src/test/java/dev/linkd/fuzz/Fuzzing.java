package dev.linkd.fuzz;

import dev.linkd.diag.Diagnostic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the targets have in common. */
public final class Fuzzing {
  /** Where the targets put their files; in memory where the machine has a place for that. */
  static final Path DIRECTORY = directory();

  private Fuzzing() {}

  private static Path directory() {
    Path memory = Path.of("/dev/shm");
    try {
      Path made =
          Files.isWritable(memory)
              ? Files.createTempDirectory(memory, "linkd-fuzz")
              : Files.createTempDirectory("linkd-fuzz");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path made) {
    try (var files = Files.list(made)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(made);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A directory for the files of a target. */
  public static Path files() {
    return DIRECTORY;
  }

  /** Every diagnostic says something; what an input is refused with names it elsewhere. */
  public static void checkDiagnostic(Diagnostic diagnostic) {
    if (diagnostic.message().isEmpty()) {
      throw new AssertionError("a diagnostic that says nothing: " + diagnostic);
    }
  }
}
