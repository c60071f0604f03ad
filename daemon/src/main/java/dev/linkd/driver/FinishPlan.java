package dev.linkd.driver;

import dev.linkd.output.FinishRules;
import dev.linkd.output.FinishRules.Compression;
import java.nio.file.Path;
import java.util.Optional;

/** What the options ask for what becomes of the image on its way into the file. */
final class FinishPlan {
  private static final int ZLIB_LEVEL_MAX = 9;
  private static final int ZSTD_LEVEL_MAX = 22;

  private Compression compression = Compression.NONE;
  private int level = FinishRules.LEVEL_USUAL;
  boolean index;
  boolean flat;

  /** Sections that are not loaded lie behind all others. */
  boolean loadedFirst;

  /** Landing pads that no indirect branch can reach go. */
  boolean padsRemoved;

  /** Debug information goes into a file of its own. */
  boolean separate;

  /** Empty for the usual name of that file. */
  String debugFile = "";

  /** {@code METHOD}, or {@code METHOD:LEVEL}. */
  void compress(String value) throws UsageException {
    int colon = value.indexOf(':');
    String method = colon < 0 ? value : value.substring(0, colon);
    String number = colon < 0 ? "" : value.substring(colon + 1);
    level = FinishRules.LEVEL_USUAL;
    switch (method) {
      case "none" -> compression = Compression.NONE;
      case "zlib", "zlib-gabi", "zlib-gnu" -> {
        compression = Compression.ZLIB;
        if (colon >= 0) {
          level = level("zlib", number, 0, ZLIB_LEVEL_MAX);
        }
      }
      case "zstd" -> {
        compression = Compression.ZSTD;
        if (colon >= 0) {
          level("zstd", number, 1, ZSTD_LEVEL_MAX);
        }
      }
      default -> throw new UsageException("unknown --compress-debug-sections value: " + value);
    }
  }

  private static int level(String method, String number, int min, int max) throws UsageException {
    int level = number.matches("[0-9]{1,3}") ? Integer.parseInt(number) : -1;
    if (level < min || level > max) {
      throw new UsageException(
          "--compress-debug-sections: "
              + method
              + " level must be between "
              + min
              + " and "
              + max
              + ", not '"
              + number
              + "'");
    }
    return level;
  }

  FinishRules rules(Path output, Path directory) throws UsageException {
    Optional<Path> file = Optional.empty();
    if (separate) {
      file =
          Optional.of(
              debugFile.isEmpty()
                  ? output.resolveSibling(output.getFileName() + ".dbg")
                  : Paths.at(directory, debugFile));
    }
    return new FinishRules(compression, level, index, flat, file, loadedFirst, padsRemoved);
  }
}
