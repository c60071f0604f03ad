package dev.linkd.driver;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.object.ScriptPlaces;
import dev.linkd.store.FileAnswers;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Replaces {@code INCLUDE file} in linker scripts by the content of the file, which may include
 * others. Messages name the file in which a place is.
 */
final class ScriptIncludes {
  private static final String COMMAND = "INCLUDE";
  private static final int DEPTH_MAX = 10;
  private static final int SIZE_MAX = 1 << 20;

  private final FileAnswers answers;
  private final SearchPath search;
  private final Consumer<String> files;

  /**
   * @param files is told of the files that were read
   */
  ScriptIncludes(FileAnswers answers, SearchPath search, Consumer<String> files) {
    this.answers = answers;
    this.search = search;
    this.files = files;
  }

  String expand(Path script, String text) throws LinkException, UsageException {
    return text.contains(COMMAND) ? expand(script, text, 0) : text;
  }

  private String expand(Path script, String text, int depth) throws LinkException, UsageException {
    if (depth > DEPTH_MAX) {
      throw fault(
          Code.LIMIT_EXCEEDED, script, "INCLUDE is nested more than " + DEPTH_MAX + " deep");
    }
    StringBuilder whole = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int end = skip(text, at);
      if (end == at) {
        end = word(text, at);
        if (text.substring(at, end).equals(COMMAND)) {
          int name = blanks(text, end);
          int nameEnd = fileEnd(text, name);
          String file = text.substring(name, nameEnd).replace("\"", "");
          whole.append(content(script, file, depth, nameEnd - at));
          at = nameEnd;
          continue;
        }
      }
      whole.append(text, at, end);
      at = end;
    }
    if (whole.length() > SIZE_MAX) {
      throw fault(Code.LIMIT_EXCEEDED, script, "a linker script of more than 1 MiB");
    }
    return whole.toString();
  }

  private String content(Path script, String name, int depth, int length)
      throws LinkException, UsageException {
    Path path = search.command(name);
    Path beside = script.resolveSibling(name);
    if (!answers.isRegular(path) && answers.isRegular(beside)) {
      path = beside;
    }
    if (name.isEmpty() || !answers.isRegular(path)) {
      throw fault(Code.INPUT_UNREADABLE, script, "cannot open linker script file " + name);
    }
    files.accept(path.toString());
    String text =
        answers
            .text(path, SIZE_MAX)
            .orElseThrow(() -> fault(Code.LIMIT_EXCEEDED, script, name + " has more than 1 MiB"));
    return ScriptPlaces.inside(path.toString(), expand(path, text, depth + 1), length);
  }

  private static LinkException fault(Code code, Path script, String message) {
    return new LinkException(code, Place.input(script.toString()), message);
  }

  /** Behind a comment or a quoted name that begins here. */
  private static int skip(String text, int at) {
    if (text.startsWith("/*", at)) {
      int end = text.indexOf("*/", at + 2);
      return end < 0 ? text.length() : end + 2;
    }
    if (text.charAt(at) == '"') {
      int end = text.indexOf('"', at + 1);
      return end < 0 ? text.length() : end + 1;
    }
    return at;
  }

  /** Behind the word that begins here, at least one character. */
  private static int word(String text, int at) {
    int end = at;
    while (end < text.length() && wordPart(text.charAt(end))) {
      end++;
    }
    return Math.max(end, at + 1);
  }

  private static boolean wordPart(char c) {
    return Character.isLetterOrDigit(c) || "_.$/\\~-+*?[]".indexOf(c) >= 0;
  }

  private static int blanks(String text, int at) {
    int end = at;
    while (end < text.length() && text.charAt(end) <= ' ') {
      end++;
    }
    return end;
  }

  private static int fileEnd(String text, int at) {
    int end = at;
    if (at < text.length() && text.charAt(at) == '"') {
      return skip(text, at);
    }
    while (end < text.length() && text.charAt(end) > ' ' && "{};".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return end;
  }
}
