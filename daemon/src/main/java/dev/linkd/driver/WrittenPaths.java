package dev.linkd.driver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Shows paths as the user wrote them: those below the working directory without it, unless an
 * option or an input was given as an absolute path to the same place.
 */
final class WrittenPaths {
  private final String prefix;
  private final List<String> absolute = new ArrayList<>();

  /** Whether paths of reports were written as absolute ones; a map names some very often. */
  private final Map<String, Boolean> known = new ConcurrentHashMap<>();

  /**
   * @param words all words of the command line
   */
  WrittenPaths(Path directory, List<String> words) {
    String name = directory.toString();
    this.prefix = name.endsWith("/") ? name : name + "/";
    for (String word : words) {
      int at = word.indexOf(prefix);
      if (at >= 0) {
        absolute.add(word.substring(at));
      }
    }
  }

  /** A message or a report with its paths as they were written. */
  String shown(String text) {
    StringBuilder shown = new StringBuilder();
    int done = 0;
    for (int at = text.indexOf(prefix); at >= 0; at = text.indexOf(prefix, at + 1)) {
      boolean begins = at == 0 || " \n\t'`\"".indexOf(text.charAt(at - 1)) >= 0;
      if (begins && !wasAbsolute(text, at)) {
        shown.append(text, done, at);
        done = at + prefix.length();
      }
    }
    return shown.append(text, done, text.length()).toString();
  }

  private boolean wasAbsolute(String text, int at) {
    int line = text.indexOf('\n', at);
    String rest = line < 0 ? text.substring(at) : text.substring(at, line);
    int section = rest.indexOf(":(");
    return known.computeIfAbsent(
        section < 0 ? rest : rest.substring(0, section), this::wasAbsolute);
  }

  private boolean wasAbsolute(String path) {
    for (String word : absolute) {
      if (path.startsWith(word)) {
        return true;
      }
    }
    return false;
  }
}
