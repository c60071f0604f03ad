package dev.linkd.linkbench;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Results as JSON, the form in which they are kept. */
final class Json {
  private Json() {}

  static JsonObject of(ProgramResult result, JsonObject machine, List<Peer> peers) {
    JsonObject program = new JsonObject();
    program.addProperty("program", result.name());
    program.addProperty("description", result.description());
    program.add("machine", machine);
    JsonObject linkers = new JsonObject();
    peers.forEach(peer -> linkers.addProperty(peer.name(), peer.version()));
    program.add("linkers", linkers);
    JsonArray cases = new JsonArray();
    result
        .cases()
        .forEach(
            (name, series) ->
                series.forEach((linker, each) -> cases.add(series(name, linker, each))));
    program.add("cases", cases);
    JsonObject values = new JsonObject();
    result.values().forEach(values::addProperty);
    program.add("values", values);
    return program;
  }

  private static JsonObject series(String caseName, String linker, Series series) {
    JsonObject object = new JsonObject();
    object.addProperty("case", caseName);
    object.addProperty("linker", linker);
    object.addProperty("runs", series.millis().size());
    object.addProperty("medianMillis", series.median());
    object.addProperty("p10Millis", series.quantile(0.1));
    object.addProperty("p90Millis", series.quantile(0.9));
    object.addProperty("p99Millis", series.quantile(0.99));
    object.addProperty("peakKib", series.peakKib());
    object.addProperty("fullLinks", series.fullLinks());
    JsonArray reasons = new JsonArray();
    series.reasons().forEach(reasons::add);
    object.add("fullLinkReasons", reasons);
    JsonArray millis = new JsonArray();
    series.millis().forEach(millis::add);
    object.add("millis", millis);
    return object;
  }

  /** Adds what an earlier run measured for cases and linkers that the new one left out. */
  static void addEarlier(JsonObject program, JsonObject earlier) {
    Set<String> measured = new HashSet<>();
    JsonArray cases = program.getAsJsonArray("cases");
    cases.forEach(each -> measured.add(caseAndLinker(each)));
    for (JsonElement each : earlier.getAsJsonArray("cases")) {
      if (!measured.contains(caseAndLinker(each))) {
        cases.add(each);
      }
    }
    addEarlier(program, earlier, "values");
    addEarlier(program, earlier, "linkers");
  }

  private static void addEarlier(JsonObject program, JsonObject earlier, String name) {
    JsonObject now = program.getAsJsonObject(name);
    earlier
        .getAsJsonObject(name)
        .entrySet()
        .forEach(
            each -> {
              if (!now.has(each.getKey())) {
                now.add(each.getKey(), each.getValue());
              }
            });
  }

  private static String caseAndLinker(JsonElement series) {
    Measured.Row row = new Measured.Row(series.getAsJsonObject());
    return row.caseName() + " by " + row.linker();
  }

  static void write(Path file, JsonElement json) throws IOException {
    String text = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json);
    // One line for each list of numbers.
    Files.writeString(file, text.replaceAll("(?<=[\\d\\[],?)\\n\\s+(?=[\\d\\]])", " ") + "\n");
  }
}
