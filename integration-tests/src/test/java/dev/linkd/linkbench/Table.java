package dev.linkd.linkbench;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Results as tables in Markdown. */
final class Table {
  private final StringBuilder text = new StringBuilder();

  /** All tables of a program. */
  void program(Measured program) {
    line("### " + program.name() + ": " + program.description());
    line("");
    OptionalDouble fastest = program.fullLink(name -> true);
    OptionalDouble mold = program.fullLink(name -> name.startsWith("mold"));
    line("| linkd | runs | median ms | 10–90 % | fastest other | mold | full links |");
    line("|---|---|---|---|---|---|---|");
    for (Measured.Row row : program.rows()) {
      if (row.linker().equals(ProgramResult.LINKD)) {
        OptionalDouble same = program.fastest("an executable", name -> true);
        boolean executable =
            row.caseName().endsWith("executables") || row.caseName().endsWith("executable");
        line(
            cells(
                row.caseName(),
                String.valueOf(row.runs()),
                millis(row.median()),
                millis(row.p10()) + "–" + millis(row.p90()),
                ratio(executable ? same : fastest, row.median()),
                ratio(
                    executable
                        ? program.fastest("an executable", name -> name.startsWith("mold"))
                        : mold,
                    row.median()),
                String.valueOf(row.fullLinks())));
      }
    }
    line("");
    others(program);
    values(program);
  }

  private void others(Measured program) {
    line("| full link by | runs | median ms | 10–90 % | peak memory MiB |");
    line("|---|---|---|---|---|");
    for (Measured.Row row : program.rows(ProgramResult.FULL)) {
      line(
          cells(
              row.linker(),
              String.valueOf(row.runs()),
              millis(row.median()),
              millis(row.p10()) + "–" + millis(row.p90()),
              String.format(Locale.ROOT, "%,d", peak(program, row) / 1024)));
    }
    program
        .value("linkd KiB after the first link")
        .ifPresent(
            kib ->
                line(
                    cells(
                        "linkd: the daemon after its first link",
                        "",
                        "",
                        "",
                        String.format(Locale.ROOT, "%,.0f", kib / 1024))));
    line("");
  }

  private static long peak(Measured program, Measured.Row row) {
    return program.rows("memory").stream()
        .filter(each -> each.linker().equals(row.linker()))
        .mapToLong(Measured.Row::peakKib)
        .max()
        .orElse(row.peakKib());
  }

  private void values(Measured program) {
    TreeMap<String, Double> values = new TreeMap<>();
    program
        .json()
        .getAsJsonObject("values")
        .entrySet()
        .forEach(each -> values.put(each.getKey(), each.getValue().getAsDouble()));
    line("| value | |");
    line("|---|---|");
    values.forEach((name, value) -> line(cells(name, number(value))));
    line("");
  }

  /** What was promised and what is. */
  void targets(Targets targets) {
    line("### Targets");
    line("");
    line("| target | program | measured | met |");
    line("|---|---|---|---|");
    for (Targets.Target target : targets.all()) {
      line(
          cells(
              target.text(), target.program(), target.measured(), target.met() ? "yes" : "**no**"));
    }
    line("");
  }

  static String cells(String... cells) {
    return "| " + String.join(" | ", cells) + " |";
  }

  void line(String line) {
    text.append(line).append('\n');
  }

  static String millis(double millis) {
    return String.format(
        Locale.ROOT, millis < 10 ? "%.2f" : millis < 100 ? "%.1f" : "%,.0f", millis);
  }

  private static String ratio(OptionalDouble other, double millis) {
    return other.isPresent()
        ? String.format(
            Locale.ROOT,
            other.getAsDouble() / millis < 10 ? "%.2f×" : "%.0f×",
            other.getAsDouble() / millis)
        : "";
  }

  private static String number(double value) {
    return value >= 1000
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }

  String text() {
    return text.toString();
  }
}
