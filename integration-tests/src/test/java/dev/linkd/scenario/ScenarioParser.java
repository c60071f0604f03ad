package dev.linkd.scenario;

import dev.linkd.output.OutputKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads scenario files. A line that starts with one of these words is a directive:
 *
 * <pre>
 * #scenario TITLE                what is shown; first line
 * #kinds KIND...                 names of OutputKind
 * #libc                          linked with the C library
 * #flags FLAG...                 flags of the compiler
 * #libraries NAME...             libraries after the objects, such as libm.so.6
 * #update TITLE                  starts an edit
 * #file NAME                     new content of a source: the lines up to the next directive
 * #replace NAME OLD => NEW       changes the only occurrence of a text in a source
 * #remove NAME                   the source is no longer part of the program
 * #archive NAME SOURCE...        these sources are members of an archive
 * #shared NAME SOURCE...         gcc links these sources as a shared library
 * #exit N                        the program's exit status
 * #stdout TEXT                   a line that it prints
 * #refused CODE WORD...          instead: the flush fails with this diagnostic
 * #gdb COMMAND                   a command for the debugger
 * #gdb-output TEXT               what the debugger prints at some time, in this order
 * </pre>
 */
final class ScenarioParser {
  private static final Set<String> DIRECTIVES =
      Set.of(
          "#scenario",
          "#kinds",
          "#libc",
          "#flags",
          "#libraries",
          "#update",
          "#file",
          "#replace",
          "#remove",
          "#archive",
          "#shared",
          "#exit",
          "#stdout",
          "#refused",
          "#gdb",
          "#gdb-output");
  private static final int NO_EXIT = -1;

  private final Path path;
  private final List<Scenario.Step> steps = new ArrayList<>();
  private final List<OutputKind> kinds = new ArrayList<>();
  private final List<String> flags = new ArrayList<>();
  private final List<String> libraries = new ArrayList<>();
  private String title = "";
  private boolean libc;
  private StepBuilder step = new StepBuilder("");
  private StringBuilder content = new StringBuilder();

  /** The parts of a step as they come. */
  private static final class StepBuilder {
    final String title;
    final Map<String, String> files = new LinkedHashMap<>();
    final Map<String, StringBuilder> contents = new LinkedHashMap<>();
    final List<Scenario.Replacement> replacements = new ArrayList<>();
    final List<String> removed = new ArrayList<>();
    final Map<String, List<String>> archives = new LinkedHashMap<>();
    final Map<String, List<String>> shared = new LinkedHashMap<>();
    final List<String> debugger = new ArrayList<>();
    final List<String> debuggerOutput = new ArrayList<>();
    final StringBuilder output = new StringBuilder();
    List<String> refused = List.of();
    int exit = NO_EXIT;

    StepBuilder(String title) {
      this.title = title;
    }

    Scenario.Step build() {
      contents.forEach((name, text) -> files.put(name, text.toString()));
      return new Scenario.Step(
          title,
          files,
          replacements,
          removed,
          archives,
          shared,
          refused,
          exit,
          output.toString(),
          debugger,
          debuggerOutput);
    }
  }

  private ScenarioParser(Path path) {
    this.path = path;
  }

  static Scenario parse(Path path) throws IOException {
    return new ScenarioParser(path).parse(Files.readAllLines(path));
  }

  private Scenario parse(List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      String word = line.split(" ", 2)[0];
      if (!DIRECTIVES.contains(word)) {
        content.append(line).append('\n');
        continue;
      }
      String rest = line.substring(word.length()).strip();
      try {
        directive(word, rest);
      } catch (IllegalArgumentException fault) {
        throw new IllegalArgumentException(path + ":" + (i + 1) + ": " + line, fault);
      }
    }
    finishStep();
    if (title.isEmpty() || kinds.isEmpty() || steps.isEmpty()) {
      throw new IllegalArgumentException(path + ": #scenario, #kinds or #update is missing");
    }
    return new Scenario(path.getFileName().toString(), title, kinds, libc, flags, libraries, steps);
  }

  private void directive(String word, String rest) {
    content = new StringBuilder();
    switch (word) {
      case "#scenario" -> title = rest;
      case "#kinds" -> words(rest).forEach(k -> kinds.add(OutputKind.valueOf(k)));
      case "#libc" -> libc = true;
      case "#flags" -> flags.addAll(words(rest));
      case "#libraries" -> libraries.addAll(words(rest));
      case "#update" -> {
        finishStep();
        step = new StepBuilder(rest);
      }
      case "#file" -> step.contents.put(rest, content);
      case "#replace" -> step.replacements.add(replacement(rest));
      case "#remove" -> step.removed.add(rest);
      case "#archive" -> step.archives.put(words(rest).getFirst(), tail(rest));
      case "#shared" -> step.shared.put(words(rest).getFirst(), tail(rest));
      case "#exit" -> step.exit = Integer.parseInt(rest);
      case "#stdout" -> step.output.append(rest).append('\n');
      case "#refused" -> step.refused = words(rest);
      case "#gdb" -> step.debugger.add(rest);
      default -> step.debuggerOutput.add(rest);
    }
  }

  private void finishStep() {
    if (step.title.isEmpty()) {
      return;
    }
    if ((step.exit == NO_EXIT) == step.refused.isEmpty()) {
      throw new IllegalArgumentException(
          path + ": '" + step.title + "' needs either #exit or #refused");
    }
    steps.add(step.build());
  }

  private static Scenario.Replacement replacement(String rest) {
    String[] fileAndTexts = rest.split(" ", 2);
    String[] texts = fileAndTexts[1].split(" =>( |$)", 2);
    if (texts.length != 2) {
      throw new IllegalArgumentException("no =>");
    }
    return new Scenario.Replacement(fileAndTexts[0], texts[0], texts[1]);
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : Arrays.asList(text.split(" +"));
  }

  private static List<String> tail(String text) {
    List<String> all = words(text);
    return all.subList(1, all.size());
  }
}
