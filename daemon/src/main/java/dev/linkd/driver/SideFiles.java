package dev.linkd.driver;

import dev.linkd.output.LinkReports;
import dev.linkd.output.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Writes the reports that a command line asks for beside the output: at every link, also when
 * nothing changed, because somebody may have deleted them.
 */
final class SideFiles {
  private final SideChoices choices;
  private final Path directory;
  private final WrittenPaths paths;
  private final Consumer<String> standardOutput;
  private String traced = "";
  private String map = "";
  private String extractions = "";
  private String archives = "";
  private String printed = "";

  /** The archive members that are part of the output. */
  private List<String> members = List.of();

  SideFiles(
      SideChoices choices, Path directory, WrittenPaths paths, Consumer<String> standardOutput) {
    this.choices = choices;
    this.directory = directory;
    this.paths = paths;
    this.standardOutput = standardOutput;
  }

  /** Asks the output for what is wanted. Runs on the thread that owns it. */
  void collect(Output output) {
    if (choices.asksOutput()) {
      output.reports().ifPresent(this::collect);
    }
  }

  private void collect(LinkReports reports) {
    traced = choices.traced.isEmpty() ? "" : reports.trace(List.copyOf(choices.traced));
    map = choices.printMap || !choices.map.isEmpty() ? reports.map() : "";
    if (choices.crossReferences) {
      map += reports.crossReferences();
    }
    printed = choices.members ? reports.members() : "";
    printed += choices.dependenciesOfInputs ? reports.dependencies() : "";
    printed += choices.whyLive.isEmpty() ? "" : reports.whyLive(choices.whyLive);
    printed += choices.memory ? reports.memory() : "";
    members = choices.dependencies.isEmpty() ? List.of() : reports.members().lines().toList();
    archives = choices.archives.isEmpty() ? "" : reports.archives();
    extractions = choices.whyExtract.isEmpty() ? "" : reports.extractions();
  }

  /** Writes what was collected. */
  void write() throws UsageException {
    print(printed);
    print(traced);
    if (!choices.archives.isEmpty()) {
      write("--print-archive-stats= file", choices.archives, paths.shown(archives));
    }
    if (!choices.map.isEmpty()) {
      write("map file", choices.map, paths.shown(map));
    }
    if (choices.printMap || choices.map.isEmpty()) {
      print(map);
    }
    if (!choices.whyExtract.isEmpty()) {
      write("--why-extract= file", choices.whyExtract, paths.shown(extractions));
    }
  }

  private void print(String text) {
    if (!text.isEmpty()) {
      standardOutput.accept(paths.shown(text));
    }
  }

  /**
   * Writes a rule for make: the output depends on every file that was read, and files that
   * disappear are no errors. Members of thin archives are such files.
   */
  void dependencies(PreparedLink link) throws UsageException {
    if (choices.dependencies.isEmpty()) {
      return;
    }
    String output = link.plan.output;
    List<String> files =
        Stream.concat(link.files.stream(), link.thinMembers(members).stream())
            .map(paths::shown)
            .distinct()
            .toList();
    StringBuilder text = new StringBuilder(escaped(output)).append(':');
    for (String file : files) {
      text.append(' ').append(escaped(file));
    }
    text.append('\n');
    for (String file : files) {
      text.append('\n').append(escaped(file)).append(":\n");
    }
    write("dependency file", choices.dependencies, text.toString());
  }

  /** As make reads it: blanks and # behind a backslash, $ twice. */
  private static String escaped(String file) {
    StringBuilder text = new StringBuilder();
    for (char c : file.toCharArray()) {
      if (c == ' ' || c == '#' || c == '\t') {
        text.append('\\');
      } else if (c == '$') {
        text.append('$');
      }
      text.append(c);
    }
    return text.toString();
  }

  private void write(String what, String file, String text) throws UsageException {
    if (file.equals(SideChoices.STANDARD_OUTPUT)) {
      standardOutput.accept(text);
      return;
    }
    try {
      Files.writeString(Paths.at(directory, file), text);
    } catch (IOException e) {
      throw new UsageException("cannot open " + what + " " + file + ": " + reason(e));
    }
  }

  private static String reason(IOException e) {
    return e.getClass().getSimpleName().equals("NoSuchFileException")
        ? "No such file or directory"
        : String.valueOf(e.getMessage());
  }
}
