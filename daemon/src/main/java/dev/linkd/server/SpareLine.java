package dev.linkd.server;

import dev.linkd.publish.FileIdentity;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A line of the list of spares: {@code + DEVICE INODE BIRTH OUTPUT} when a file came to be a spare,
 * {@code - OUTPUT} when there is none any more. In a path, {@code \n} is the end of a line and
 * {@code \\} a backslash.
 *
 * @param output path of the output
 * @param spare the file, or null when there is none any more
 */
record SpareLine(Path output, @Nullable FileIdentity spare) {
  private static final int FIELDS = 5;

  /** NAME_MAX and PATH_MAX of Linux: no file has a longer name or path. */
  private static final int NAME_BYTES_MAX = 255;

  private static final int PATH_BYTES_MAX = 4096;

  /** The line with its end. */
  String text() {
    FileIdentity file = spare;
    String fields =
        file == null
            ? "- "
            : "+ %d %d %d ".formatted(file.device(), file.inode(), file.birthTime());
    return fields + output.toString().replace("\\", "\\\\").replace("\n", "\\n") + '\n';
  }

  /** Reads a line without its end; empty when it is none of ours. */
  static Optional<SpareLine> of(String line) {
    try {
      if (line.startsWith("- ")) {
        return absolute(line.substring(2)).map(output -> new SpareLine(output, null));
      }
      String[] fields = line.split(" ", FIELDS);
      if (fields.length < FIELDS || !fields[0].equals("+")) {
        return Optional.empty();
      }
      FileIdentity file =
          new FileIdentity(
              Long.parseLong(fields[1]), Long.parseLong(fields[2]), Long.parseLong(fields[3]));
      return absolute(fields[4]).map(output -> new SpareLine(output, file));
    } catch (NumberFormatException | InvalidPathException broken) {
      return Optional.empty(); // the line of a process that was killed, or somebody's
    }
  }

  private static Optional<Path> absolute(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        i++;
        c = text.charAt(i) == 'n' ? '\n' : text.charAt(i);
      }
      plain.append(c);
    }
    Path path = Path.of(plain.toString());
    Path name = path.getFileName();
    boolean usable =
        path.isAbsolute()
            && name != null
            && bytes(name) <= NAME_BYTES_MAX
            && bytes(path) <= PATH_BYTES_MAX;
    return usable ? Optional.of(path) : Optional.empty();
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }
}
