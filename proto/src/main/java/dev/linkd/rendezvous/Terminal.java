package dev.linkd.rendezvous;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How linkers mark the severity of a message: in colour where a person reads it. */
public final class Terminal {
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
  private static final String RED = "\033[31m";
  private static final String MAGENTA = "\033[35m";
  private static final String RESET = "\033[0m";

  private Terminal() {}

  /** Whether standard error is a terminal, and NO_COLOR is not set (no-color.org). */
  public static boolean wantsColour() {
    if (!System.getenv().getOrDefault("NO_COLOR", "").isEmpty()) {
      return false;
    }
    try {
      String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException unknown) {
      // Without /proc nobody knows; plain text suits everybody.
      return false;
    }
  }

  public static String error(boolean coloured) {
    return coloured ? RED + "error:" + RESET : "error:";
  }

  public static String warning(boolean coloured) {
    return coloured ? MAGENTA + "warning:" + RESET : "warning:";
  }
}
