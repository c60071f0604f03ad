package dev.linkd.driver;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Paths as users write them. */
final class Paths {
  private Paths() {}

  /**
   * A path that starts at a directory unless it is absolute. It is not normalised: behind a
   * symbolic link {@code ..} means another directory.
   */
  static Path at(Path directory, String text) throws UsageException {
    try {
      return directory.resolve(text);
    } catch (InvalidPathException e) {
      throw new UsageException("no usable path: " + text.replace('\0', '?'));
    }
  }
}
