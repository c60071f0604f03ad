package dev.linkd.driver;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * An archive (POSIX ustar) of everything that a link reads, for reports of faults: in a folder
 * called like the archive there are the inputs below their absolute paths, {@code response.txt}
 * with the command line, in which they are named so, and {@code version.txt}.
 */
final class Reproduction {
  private static final String SUFFIX = ".tar";

  private final Path directory;

  /** Files to be written, absolute. */
  private final Set<Path> files = new LinkedHashSet<>();

  /** What the command line names of them. */
  private final Set<String> named;

  private final String output;

  /**
   * @param directory where relative paths start
   * @param output the output as the command line names it
   * @param named inputs and lists as the command line names them; other words may be equal to the
   *     path of an input without meaning it, like that of the dynamic linker
   */
  Reproduction(Path directory, String output, Set<String> named) {
    this.directory = directory;
    this.output = output;
    this.named = named;
  }

  /**
   * Writes the archive.
   *
   * @param words the command line, response files expanded
   * @param read the files that were read
   */
  void write(String archive, List<String> words, List<String> read) throws UsageException {
    for (String file : read) {
      files.add(Paths.at(directory, file));
    }
    StringBuilder response = new StringBuilder();
    for (String word : response(words)) {
      response.append(quoted(word)).append('\n');
    }
    Path path = Paths.at(directory, archive);
    String name = String.valueOf(path.getFileName());
    String folder =
        name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path))) {
      TarWriter tar = new TarWriter(out);
      tar.add(folder + "/response.txt", response.toString().getBytes(StandardCharsets.UTF_8));
      tar.add(folder + "/version.txt", Version.TEXT.getBytes(StandardCharsets.UTF_8));
      List<Path> sorted = new ArrayList<>(files);
      for (Path file : sorted) {
        tar.add(folder + "/" + inside(file), file);
      }
      tar.end();
    } catch (IOException e) {
      throw new UsageException("cannot write " + archive + ": " + e.getMessage());
    }
  }

  /** The command line for the folder: it makes no other archive and needs no other folders. */
  private List<String> response(List<String> words) throws UsageException {
    List<String> response = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      boolean value = i + 1 < words.size();
      switch (word.replaceFirst("^--", "-")) {
        case "-reproduce" -> i++;
        case "-repro" -> {}
        case "-o", "-output" -> {
          response.add(word);
          if (value) {
            response.add(lastName(words.get(++i)));
          }
        }
        case "-L", "-library-path" -> {
          response.add(word);
          if (value) {
            response.add(inside(Paths.at(directory, words.get(++i))));
          }
        }
        default -> {
          if (!word.matches("--?reproduce=.*")) {
            response.add(relative(word));
          }
        }
      }
    }
    return response;
  }

  private static String lastName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Files and folders in a word are named as they are in the archive. */
  private String relative(String word) throws UsageException {
    if (word.startsWith("-L") && word.length() > 2) {
      return "-L" + inside(Paths.at(directory, word.substring(2)));
    }
    if (!word.startsWith("-")) {
      return inputOrWord(word);
    }
    if (word.equals("-o" + output) || word.equals("--output=" + output)) {
      return word.substring(0, word.length() - output.length()) + lastName(output);
    }
    int equals = word.indexOf('=');
    return equals < 0
        ? word
        : word.substring(0, equals + 1) + inputOrWord(word.substring(equals + 1));
  }

  /** A file that the command line names is an input, a script or a list. */
  private String inputOrWord(String text) throws UsageException {
    return named.contains(text) ? inside(Paths.at(directory, text)) : text;
  }

  /** The path below the root, without dots. */
  private static String inside(Path path) {
    String text = path.normalize().toString();
    return text.startsWith("/") ? text.substring(1) : text;
  }

  /** As response files quote. */
  private static String quoted(String word) {
    return word.matches("[^\\s\"'\\\\]+")
        ? word
        : '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
