package dev.linkd.driver;

import dev.linkd.diag.LinkException;
import dev.linkd.store.FileAnswers;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Replaces {@code @FILE} by the words in the file, as GNU tools do: words are separated by white
 * space, single and double quotes hold words together, a backslash takes the next character as it
 * is, also inside quotes. A file may name others. A word whose file cannot be read stays.
 */
final class ResponseFiles {
  static final int FILES_MAX = 2000;
  private static final long BYTES_MAX = 1L << 26;
  private static final int WORDS_MAX = 1_000_000;

  private final FileAnswers answers;
  private final Path directory;
  private int files;

  /**
   * @param directory where relative paths start
   */
  ResponseFiles(FileAnswers answers, Path directory) {
    this.answers = answers;
    this.directory = directory;
  }

  List<String> expand(List<String> words) throws UsageException {
    List<String> expanded = new ArrayList<>(words.size());
    Deque<String> waiting = new ArrayDeque<>(words);
    while (!waiting.isEmpty()) {
      String word = waiting.pop();
      List<String> inside = word.startsWith("@") ? read(word.substring(1)) : List.of(word);
      if (word.startsWith("@") && !inside.equals(List.of(word))) {
        if (inside.size() > WORDS_MAX - waiting.size()) {
          throw new UsageException("more than " + WORDS_MAX + " words in response files");
        }
        inside.reversed().forEach(waiting::push);
      } else {
        expanded.add(word);
      }
    }
    return expanded;
  }

  /** The words of a file; the word that names it when it cannot be read. */
  private List<String> read(String name) throws UsageException {
    Path path = Paths.at(directory, name);
    if (!answers.isRegular(path)) {
      return List.of("@" + name);
    }
    if (++files > FILES_MAX) {
      throw new UsageException("more than " + FILES_MAX + " response files; the last is " + name);
    }
    Optional<String> text;
    try {
      text = answers.text(path, BYTES_MAX);
    } catch (LinkException e) {
      return List.of("@" + name); // it cannot be read
    }
    return split(
        text.orElseThrow(
            () -> new UsageException("response file " + name + " is larger than " + BYTES_MAX)));
  }

  static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\\' && at + 1 < text.length()) {
        word.append(text.charAt(++at));
        inWord = true;
      } else if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        inWord = true;
      } else if (!isSpace(c)) {
        word.append(c);
        inWord = true;
      } else if (inWord) {
        words.add(word.toString());
        word.setLength(0);
        inWord = false;
      }
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
