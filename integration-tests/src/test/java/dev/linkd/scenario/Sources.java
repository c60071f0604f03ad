package dev.linkd.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sources of a program while a scenario goes on. */
final class Sources {
  private final Map<String, String> files = new LinkedHashMap<>();
  private final Map<String, List<String>> archives = new LinkedHashMap<>();
  private final Map<String, List<String>> shared = new LinkedHashMap<>();

  void apply(Scenario.Step step) {
    files.putAll(step.files());
    for (Scenario.Replacement replacement : step.replacements()) {
      files.compute(replacement.file(), (name, text) -> replace(replacement, text));
    }
    for (String name : step.removed()) {
      boolean known =
          files.remove(name) != null
              || archives.remove(name) != null
              || shared.remove(name) != null;
      if (!known) {
        throw new IllegalArgumentException("no file " + name);
      }
    }
    archives.putAll(step.archives());
    shared.putAll(step.shared());
  }

  private static String replace(Scenario.Replacement replacement, @Nullable String text) {
    int at = text == null ? -1 : text.indexOf(replacement.from());
    if (text == null || at < 0 || text.indexOf(replacement.from(), at + 1) >= 0) {
      throw new IllegalArgumentException("not exactly once in the source: " + replacement);
    }
    return text.replace(replacement.from(), replacement.to());
  }

  String text(String name) {
    String text = files.get(name);
    if (text == null) {
      throw new IllegalArgumentException("no source " + name);
    }
    return text;
  }

  Map<String, List<String>> archives() {
    return archives;
  }

  Map<String, List<String>> shared() {
    return shared;
  }

  /** The sources that are linked as objects of their own, in the order of their appearance. */
  List<String> objects() {
    List<String> names = new ArrayList<>();
    for (String name : files.keySet()) {
      boolean elsewhere =
          archives.values().stream().anyMatch(m -> m.contains(name))
              || shared.values().stream().anyMatch(m -> m.contains(name));
      if (Compiler.compiles(name) && !elsewhere && !driver(name)) {
        names.add(name);
      }
    }
    return names;
  }

  /** The sources of the program that uses the linked shared library. */
  List<String> drivers() {
    return files.keySet().stream().filter(Sources::driver).toList();
  }

  /** Files that are neither sources nor drivers, such as version scripts. */
  List<String> others() {
    return files.keySet().stream().filter(n -> !Compiler.compiles(n)).toList();
  }

  private static boolean driver(String name) {
    return name.startsWith("driver");
  }
}
