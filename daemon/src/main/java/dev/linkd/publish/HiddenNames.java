package dev.linkd.publish;

import dev.linkd.os.NativePath;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Names of the hidden files next to an output {@code NAME}: the spare {@code .NAME.linkd-spare},
 * and {@code .NAME.linkd-new}, {@code .NAME.linkd-new1}, … while a generation is written whole. A
 * name that would be longer than file systems allow is cut and made distinct by a hash.
 */
final class HiddenNames {
  /** Attempts to find a free name for a new file. */
  static final int NEW_NAMES = 8;

  private static final String SPARE = ".linkd-spare";
  private static final String NEW = ".linkd-new";

  /** NAME_MAX of Linux. */
  private static final int NAME_BYTES_MAX = 255;

  /** Longest of the suffixes with its digit, and the leading dot. */
  private static final int ADDED_BYTES = SPARE.length() + 1;

  private HiddenNames() {}

  static Path spare(Path output) {
    return output.resolveSibling("." + stem(output) + SPARE);
  }

  /** All names of new files, in the order in which they are tried. */
  static MemorySegment[] fresh(Path output) {
    MemorySegment[] names = new MemorySegment[NEW_NAMES];
    for (int i = 0; i < NEW_NAMES; i++) {
      String name = "." + stem(output) + NEW + (i == 0 ? "" : String.valueOf(i));
      names[i] = NativePath.of(output.resolveSibling(name).toString());
    }
    return names;
  }

  private static String stem(Path output) {
    String name = fileName(output);
    if (bytes(name) + ADDED_BYTES <= NAME_BYTES_MAX) {
      return name;
    }
    String hash = "~" + Integer.toHexString(name.hashCode());
    int end = name.length();
    while (bytes(name.substring(0, end)) + hash.length() + ADDED_BYTES > NAME_BYTES_MAX) {
      end = name.offsetByCodePoints(end, -1);
    }
    return name.substring(0, end) + hash;
  }

  private static String fileName(Path output) {
    Path name = output.getFileName();
    if (name == null) {
      throw new IllegalArgumentException("not the path of a file: " + output);
    }
    return name.toString();
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
