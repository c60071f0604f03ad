package dev.linkd.linkbench;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * A program that is ready to be linked. Its folder holds {@code link.arguments}, the arguments of
 * the linker one per line without {@code -o}; {@code edits}, see {@link Edit#read}; {@code
 * random-edits}, where there are some, in the same form: variants to choose from; and {@code
 * facts}, properties that say what it is and how it is run.
 *
 * @param name names it in reports
 * @param arguments of the linker
 * @param edits in their order; all of them lead back to the start
 * @param randomEdits edits that are possible at any time
 * @param facts see there
 */
record BenchProgram(
    String name,
    List<String> arguments,
    List<Edit> edits,
    List<Edit> randomEdits,
    Properties facts) {

  static BenchProgram load(Path folder) throws IOException {
    Properties facts = new Properties();
    try (Reader reader = Files.newBufferedReader(folder.resolve("facts"))) {
      facts.load(reader);
    }
    Path random = folder.resolve("random-edits");
    return new BenchProgram(
        folder.getFileName().toString(),
        Files.readAllLines(folder.resolve("link.arguments")),
        Edit.read(folder.resolve("edits")),
        Files.exists(random) ? Edit.read(random) : List.of(),
        facts);
  }

  /** What the program is, for people. */
  String description() {
    return facts.getProperty("description", name);
  }

  /** Bytes of all files that the linker is given. */
  long inputBytes() throws IOException {
    long bytes = 0;
    for (String argument : arguments) {
      Path path = Path.of(argument);
      if (!argument.startsWith("-") && path.isAbsolute() && Files.isRegularFile(path)) {
        bytes += Files.size(path);
      }
    }
    return bytes;
  }

  /** Runs what a linker made; fails if it does not do what it should. Returns what it printed. */
  String run(Path executable) throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c"));
    command.add(
        "\"$0\" "
            + facts.getProperty("run", "")
            + "; test $? -eq "
            + facts.getProperty("status", "0"));
    command.add(executable.toString());
    return Tools.run(executable.resolveSibling(""), command);
  }
}
