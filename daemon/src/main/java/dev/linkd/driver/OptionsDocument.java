package dev.linkd.driver;

import java.util.stream.Collectors;

/** What people read about the options: {@code docs/options.md} and {@code --help}. */
final class OptionsDocument {
  private static final String INTRODUCTION =
      """
      # Options of ld.linkd

      Made from the option table; `OptionsDocumentTest` fails when it is not up to date. Long options
      have one dash or two. `@FILE` stands for the words in the file.

      * **implemented**: it has the effect that `ld` documents; the test named fails without it.
      * **no-op**: accepted without effect; the text says why the output is right.
      * **refused**: an error; the text says what is missing.
      """;

  private OptionsDocument() {}

  static String markdown() {
    StringBuilder text = new StringBuilder(INTRODUCTION);
    for (OptionTable.Chapter chapter : OptionTable.CHAPTERS) {
      text.append("\n## ").append(chapter.title()).append("\n\n");
      text.append("| option | support | effect, or reason | test |\n|---|---|---|---|\n");
      for (Option row : chapter.rows()) {
        text.append("| ").append(names(row, "`", ", ")).append(" | ");
        text.append(support(row)).append(" | ").append(row.text()).append(" | ");
        text.append(row.proof().isEmpty() ? "" : "`" + row.proof() + "`").append(" |\n");
      }
    }
    return text.toString();
  }

  static String help() {
    StringBuilder text = new StringBuilder("Usage: ld.linkd [options] file...\nOptions:\n");
    OptionTable.rows()
        .filter(row -> row.support() != Support.REFUSED)
        .forEach(
            row ->
                text.append("  ")
                    .append(names(row, "", ", "))
                    .append("\n      ")
                    .append(row.text().replace("`", ""))
                    .append('\n'));
    return text.append(Version.TARGETS).append(Version.EMULATIONS).toString();
  }

  private static String names(Option row, String quote, String separator) {
    return row.names().stream()
        .map(name -> quote + Option.spelled(name) + value(row) + quote)
        .collect(Collectors.joining(separator));
  }

  private static String value(Option row) {
    boolean keyword = row.names().getFirst().startsWith("z ");
    return switch (row.arity()) {
      case NONE -> "";
      case OPTIONAL -> "[=VALUE]";
      case REQUIRED -> keyword ? "=VALUE" : " VALUE";
    };
  }

  private static String support(Option row) {
    return switch (row.support()) {
      case IMPLEMENTED -> "implemented";
      case NO_OP -> "no-op";
      case REFUSED -> "refused";
    };
  }
}
