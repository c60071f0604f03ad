package dev.linkd.linkbench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark of whole links with the smallest programs: what it measures can be believed. */
class LinkBenchIT {
  @TempDir Path folder;

  private String run(String... words) throws IOException {
    Path root = Path.of("..").toAbsolutePath().normalize();
    Path programs = root.resolve("integration-tests/target/distribution/linkd/bin");
    BenchOptions options = BenchOptions.parse(List.of(words), folder);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    new LinkBench(root, folder, programs, options, print).run();
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void allCasesOfASmallProgramAreMeasured() throws Exception {
    String printed =
        run("--quick", "--rounds=1", "--size=S=24x6", "--peers=GNU,mold", "--executables=3", "S-g");

    JsonArray results =
        JsonParser.parseString(Files.readString(folder.resolve("results/results.json")))
            .getAsJsonArray();
    assertThat(results).hasSize(1);
    JsonObject program = results.get(0).getAsJsonObject();
    assertThat(program.get("program").getAsString()).isEqualTo("S-g");
    assertThat(program.getAsJsonObject("machine").keySet())
        .contains("date", "processor", "processors", "memory", "kernel");
    assertThat(program.getAsJsonObject("linkers").keySet())
        .anyMatch(name -> name.startsWith("GNU ld"))
        .anyMatch(name -> name.startsWith("mold"));
    Map<String, JsonObject> linkd =
        program.getAsJsonArray("cases").asList().stream()
            .map(JsonElement::getAsJsonObject)
            .filter(row -> row.get("linker").getAsString().equals("linkd"))
            .collect(Collectors.toMap(row -> row.get("case").getAsString(), row -> row));
    assertThat(linkd.keySet())
        .containsExactlyInAnyOrder(
            "first link, cold daemon",
            "first link, warm daemon",
            "nothing changed",
            "one function",
            "one function: in the flush",
            "one function: in the daemon",
            "one function: in the daemon, without the watch",
            "function added",
            "function removed",
            "function renamed",
            "data grown",
            "data shrunk",
            "archive member pulled",
            "archive member dropped",
            "100 objects × 10 functions",
            "header, 10 % of functions",
            "random edits",
            "first executable",
            "further executables");
    linkd.forEach(LinkBenchIT::isPlausible);
    assertThat(printed).contains("| no edit leads to a full link | S-g | 0 of 51 | yes |");
    sizesAndMemory(program.getAsJsonObject("values"));
    theReportIsComplete();
  }

  private static void isPlausible(String name, JsonObject row) {
    double median = row.get("medianMillis").getAsDouble();
    assertThat(median).as(name).isPositive();
    assertThat(row.get("p10Millis").getAsDouble()).as(name).isLessThanOrEqualTo(median);
    assertThat(row.get("p90Millis").getAsDouble()).as(name).isGreaterThanOrEqualTo(median);
    assertThat(row.getAsJsonArray("millis")).as(name).hasSize(row.get("runs").getAsInt());
    boolean first = name.startsWith("first") || name.equals("further executables");
    assertThat(row.get("fullLinks").getAsInt())
        .as("full links: " + name + row.get("fullLinkReasons"))
        .isEqualTo(first ? row.get("runs").getAsInt() : 0);
  }

  private static void sizesAndMemory(JsonObject values) {
    assertThat(values.get("input bytes").getAsLong()).isGreaterThan(100_000);
    assertThat(values.get("output bytes, linkd").getAsLong()).isGreaterThan(10_000);
    assertThat(values.get("linkd KiB after the first link").getAsLong())
        .as("the daemon, not a client")
        .isGreaterThan(50_000)
        .isLessThanOrEqualTo(values.get("linkd KiB peak").getAsLong());
  }

  private void theReportIsComplete() throws Exception {
    Path results = folder.resolve("results");
    assertThat(Files.readString(results.resolve("results.md")))
        .contains("### Targets", "| one function | 9 | ", "| full link by |", "| GNU ld ");
    var plot =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(results.resolve("results.svg").toFile());
    assertThat(plot.getElementsByTagName("polyline").getLength())
        .as("two linkers, and four cases of linkd")
        .isEqualTo(6);
  }

  @Test
  void whatIsMeasuredAgainReplacesTheEarlierResult() {
    JsonObject earlier = madeUp("one function", 20, "nothing changed", 10);
    JsonObject again = madeUp("one function", 15, "data grown", 30);

    Json.addEarlier(again, earlier);

    Measured measured = new Measured(again);
    assertThat(measured.rows())
        .extracting(row -> row.caseName() + " " + row.median())
        .containsExactly("one function 15.0", "data grown 30.0", "nothing changed 10.0");
    assertThat(measured.value("input bytes")).hasValue(15);
  }

  private static JsonObject madeUp(String one, double millis, String other, double otherMillis) {
    ProgramResult result = new ProgramResult("P", "made up");
    result.series(one, ProgramResult.LINKD).add(millis);
    result.series(other, ProgramResult.LINKD).add(otherMillis);
    result.value("input bytes", millis);
    return Json.of(result, new JsonObject(), List.of());
  }

  @Test
  void aReportIsMadeOfKeptResults() throws IOException {
    Path results = Files.createDirectories(folder.resolve("results"));
    for (String name : List.of("A-g", "B-g")) {
      ProgramResult result = new ProgramResult(name, "made up");
      result.value("input bytes", name.equals("A-g") ? 60e6 : 240e6);
      result.series("one function", ProgramResult.LINKD).add(name.equals("A-g") ? 8 : 14);
      result.series(ProgramResult.IN_THE_DAEMON, ProgramResult.LINKD).add(5.1);
      result.series(ProgramResult.IN_THE_DAEMON_UNWATCHED, ProgramResult.LINKD).add(11.9);
      result.series("nothing changed", ProgramResult.LINKD).add(12);
      result.series(ProgramResult.FULL, "mold 2.0").add(700);
      result.series(ProgramResult.FULL, "LLD 19.1").add(900);
      Json.write(
          results.resolve(name + ".json"), Json.of(result, new JsonObject(), List.<Peer>of()));
    }

    assertThat(run("--report"))
        .contains(
            "| nothing changed ≤ 10 ms | B-g | 12.0 ms | **no** |",
            "| nothing changed: ≥ 75 × as fast as the fastest other linker | B-g | 58 × | **no** |",
            "| one function ≤ 15 ms | B-g | 14.0 ms | yes |",
            "| one function: ≥ 50 × as fast as the fastest other linker | B-g | 50 × | yes |",
            "| one function: in the daemon ≤ 5 ms | B-g | 5.10 ms | **no** |",
            "| one function: in the daemon, without the watch ≤ 12 ms | B-g | 11.9 ms | yes |",
            "| one function: B within 1.5 × A | A, B-g | 1.75 × | **no** |");
  }
}
