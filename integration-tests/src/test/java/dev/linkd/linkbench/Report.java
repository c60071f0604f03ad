package dev.linkd.linkbench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Makes tables, a plot and one JSON file of all results in a folder. */
final class Report {
  private static final String ALL = "results.json";
  private final Path folder;

  Report(Path folder) {
    this.folder = folder;
  }

  /** Writes everything; returns the tables. */
  String write() throws IOException {
    List<Measured> programs = read();
    if (programs.isEmpty()) {
      throw new IOException("no results in " + folder);
    }
    JsonArray all = new JsonArray();
    programs.forEach(program -> all.add(program.json()));
    Json.write(folder.resolve(ALL), all);
    Path plot = folder.resolve("results.svg");
    Files.writeString(plot, new Plot(programs).svg());
    if (Tools.onPath("rsvg-convert")) {
      String image = folder.resolve("results.png").toString();
      Tools.run(folder, List.of("rsvg-convert", "--zoom=2", "-o", image, plot.toString()));
    }
    String tables = tables(programs);
    Files.writeString(folder.resolve("results.md"), tables);
    return tables;
  }

  /** Smaller programs first. */
  private List<Measured> read() throws IOException {
    try (var files = Files.list(folder)) {
      List<Path> results =
          files
              .filter(file -> file.toString().endsWith(".json"))
              .filter(file -> !file.endsWith(ALL))
              .toList();
      return results.stream()
          .map(Report::parse)
          .sorted(Comparator.comparingDouble(each -> each.value("input bytes").orElse(0)))
          .toList();
    }
  }

  private static Measured parse(Path file) {
    try {
      return new Measured(JsonParser.parseString(Files.readString(file)).getAsJsonObject());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tables(List<Measured> programs) {
    Table table = new Table();
    JsonObject machine = programs.getLast().json().getAsJsonObject("machine");
    table.line("Machine: " + values(machine) + ".");
    table.line("");
    table.line("Linkers: " + values(programs.getLast().json().getAsJsonObject("linkers")) + ".");
    table.line("");
    table.targets(new Targets(programs));
    programs.forEach(table::program);
    return table.text();
  }

  private static String values(JsonObject object) {
    return String.join(
        "; ",
        object.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(each -> each.getKey() + " " + each.getValue().getAsString())
            .toList());
  }
}
