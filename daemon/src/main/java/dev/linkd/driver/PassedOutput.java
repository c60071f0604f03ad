package dev.linkd.driver;

import dev.linkd.output.LinkDriver.Events;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The output of {@code -o -}: linked to a file that only this invocation knows, and passed to
 * standard output.
 */
final class PassedOutput implements AutoCloseable {
  /** What {@code -o} names for standard output. */
  static final String NAME = "-";

  private static final int CHUNK_BYTES = 1 << 18;

  private final Path directory;

  private PassedOutput(Path directory) {
    this.directory = directory;
  }

  static PassedOutput create() throws UsageException {
    try {
      return new PassedOutput(Files.createTempDirectory("linkd-out").toRealPath());
    } catch (IOException e) {
      throw new UsageException("cannot make a temporary directory: " + e.getMessage());
    }
  }

  Path path() {
    return directory.resolve(NAME);
  }

  void send(Events events) throws UsageException {
    try (InputStream file = Files.newInputStream(path())) {
      byte[] chunk = new byte[CHUNK_BYTES];
      int size = file.readNBytes(chunk, 0, CHUNK_BYTES);
      while (size > 0 && !events.cancelled()) {
        events.passOutput(Arrays.copyOf(chunk, size));
        size = file.readNBytes(chunk, 0, CHUNK_BYTES);
      }
    } catch (IOException e) {
      throw new UsageException("cannot read the output: " + e.getMessage());
    }
  }

  @Override
  public void close() throws UsageException {
    try {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    } catch (IOException e) {
      throw new UsageException("cannot remove the output's copy: " + e.getMessage());
    }
  }
}
