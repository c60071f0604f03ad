package dev.linkd.driver;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All options: what the parser follows and the documentation is made from. */
final class OptionTable {

  /** The rows below one heading. */
  record Chapter(String title, List<Option> rows) {
    Chapter {
      rows = List.copyOf(rows);
    }
  }

  static final List<Chapter> CHAPTERS =
      List.of(
          new Chapter("Inputs", InputOptions.rows()),
          new Chapter("Output", OutputOptions.rows()),
          new Chapter("Exported symbols", ExportOptions.rows()),
          new Chapter("Undefined symbols", UndefinedOptions.rows()),
          new Chapter("Marks for the dynamic linker", MarkOptions.rows()),
          new Chapter("Dynamic section", TagOptions.rows()),
          new Chapter("Sections", CollectionOptions.rows()),
          new Chapter("Relocatable outputs", RelocatableOptions.rows()),
          new Chapter("Symbols", SymbolOptions.rows()),
          new Chapter("Layout", LayoutOptions.rows()),
          new Chapter("File", FinishOptions.rows()),
          new Chapter("Keywords of `-z`", KeywordOptions.rows()),
          new Chapter("Code", CodeOptions.rows()),
          new Chapter("Reports", ReportOptions.rows()),
          new Chapter("Messages", MessageOptions.rows()),
          new Chapter("Accepted", AcceptedOptions.rows()),
          new Chapter("Of other machines and formats", ForeignOptions.rows()),
          new Chapter("Refused", RefusedOptions.rows()));

  private static final Map<String, Option> BY_NAME = index();

  private OptionTable() {}

  static Stream<Option> rows() {
    return CHAPTERS.stream().flatMap(chapter -> chapter.rows().stream());
  }

  /** The option with that name, written without dashes; null when there is none. */
  static @Nullable Option find(String name) {
    return BY_NAME.get(name);
  }

  private static Map<String, Option> index() {
    Map<String, Option> index = new HashMap<>();
    rows()
        .forEach(
            row -> {
              for (String name : row.names()) {
                if (index.put(name, row) != null) {
                  throw new IllegalStateException("two options are called " + name);
                }
              }
            });
    return Map.copyOf(index);
  }
}
