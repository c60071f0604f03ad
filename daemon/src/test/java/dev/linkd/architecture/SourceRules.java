package dev.linkd.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Rules for one source file that neither the compiler nor the formatter knows. */
final class SourceRules {
  /** Beyond this a file has more than one purpose. */
  static final int MAX_LINES = 400;

  private static final Pattern UNFINISHED = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");

  /** JUnit's ways to let a test pass that did not run. */
  private static final Pattern SKIPPED =
      Pattern.compile("@Disabled|@EnabledIf|@EnabledOn|\\bassume(True|False|That|ThatCode)\\(");

  private SourceRules() {}

  /** What is wrong with a file, one sentence each. */
  static List<String> problems(String name, String text) {
    List<String> problems = new ArrayList<>();
    long lines = text.lines().count();
    if (lines > MAX_LINES) {
      problems.add(name + " has " + lines + " lines, more than " + MAX_LINES);
    }
    if (UNFINISHED.matcher(text).find()) {
      problems.add(name + " is marked as unfinished");
    }
    if (SKIPPED.matcher(text).find()) {
      problems.add(name + " can skip a test");
    }
    if (name.equals("package-info.java") && !text.contains("@NullMarked")) {
      problems.add(name + " lacks @NullMarked");
    }
    return problems;
  }
}
