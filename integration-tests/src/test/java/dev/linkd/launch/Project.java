package dev.linkd.launch;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the files of this project are. */
final class Project {
  private Project() {}

  /** The root of the checkout; tests run in it or in the folder of their module. */
  static Path root() {
    Path here = Path.of("").toAbsolutePath();
    for (Path folder = here; folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("libexec/launch.sh"))) {
        return folder;
      }
    }
    throw new IllegalStateException("no checkout around " + here);
  }
}
