package dev.linkd.driver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Shows paths as the user wrote them: those below the working directory without it, unless an
 * option or an input was given as an absolute path to the same place.
 */
final class WrittenPaths {
  private final String prefix;
  private final List<String> absolute = new ArrayList<>();

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

  /** A message with its paths as they were written. */
  String shown(String text) {
    StringBuilder shown = new StringBuilder();
    int done = 0;
    for (int at = text.indexOf(prefix); at >= 0; at = text.indexOf(prefix, at + 1)) {
      boolean begins = at == 0 || " \t'`\"".indexOf(text.charAt(at - 1)) >= 0;
      if (begins && !wasAbsolute(text, at)) {
        shown.append(text, done, at);
        done = at + prefix.length();
      }
    }
    return shown.append(text, done, text.length()).toString();
  }

  private boolean wasAbsolute(String text, int at) {
    for (String word : absolute) {
      if (text.startsWith(word, at)) {
        return true;
      }
    }
    return false;
  }
}
