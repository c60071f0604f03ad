package dev.linkd.linkbench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.linkd.linkbench.Targets.Target;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetsTest {
  private static Target memory(Map<String, Double> values) {
    ProgramResult result = new ProgramResult("B-g", "made up");
    result.series("first executable", ProgramResult.LINKD).add(1000);
    result.series("further executables", ProgramResult.LINKD).add(60);
    values.forEach(result::value);
    Measured measured = new Measured(Json.of(result, new JsonObject(), List.of()));
    return new Targets(List.of(measured))
        .all().stream().filter(each -> each.text().contains("memory")).findFirst().orElseThrow();
  }

  /** A difference of two measurements that is not positive says nothing, least of all "yes". */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # with contents and without: first, further; first, further
          200000, 5000, 120000, 5000, 2.5 % (4.2 %),           true
          200000, 5000,  20000, 5000, 2.5 % (25.0 %),          true
           80000, 5000, 100000, 4000, 6.3 % (4.0 %),           false
          200000, 5000, -35072, 4477, 2.5 % (not measured),    true
          -35072, 4477,  20000,  500, not measured (2.5 %),    false
               0, 4477,  20000,  500, not measured (2.5 %),    false
          200000, -100,  20000, 1000, not measured (5.0 %),    false
          """)
  void theMemoryOfAFurtherExecutableIsAPartOfAllThatTheFirstOneBrought(
      double first, double further, double own, double furtherOwn, String measured, boolean met) {
    Target target =
        memory(
            Map.of(
                SharedLibraries.FIRST_KIB,
                first,
                SharedLibraries.FURTHER_KIB,
                further,
                SharedLibraries.FIRST_KIB + Holdings.WITHOUT_CONTENTS,
                own,
                SharedLibraries.FURTHER_KIB + Holdings.WITHOUT_CONTENTS,
                furtherOwn));

    assertThat(target.measured()).isEqualTo(measured);
    assertThat(target.met()).isEqualTo(met);
  }

  @Test
  void memoryThatWasNotMeasuredIsNoTargetMet() {
    Target target = memory(Map.of());

    assertThat(target.measured()).isEqualTo("not measured (not measured)");
    assertThat(target.met()).isFalse();
  }

  @Test
  void contentsOfInputsCountWhereverTheyAre() {
    Holdings idle = Holdings.of(stats("{'heapBytes': '10485760'}"), 300_000);
    Holdings first =
        Holdings.of(
            stats("{'heapBytes': '20971520', 'residentBytes': '5242880', 'inputBytes': 1048576}"),
            270_000);
    ProgramResult result = new ProgramResult("B-g", "made up");

    first.note(result, "two", idle, 2);

    assertThat(result.values())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "two",
                (10_240 + 5_120 + 1_024) / 2.0,
                "two" + Holdings.WITHOUT_CONTENTS,
                (10_240 + 5_120) / 2.0,
                "two, resident",
                -15_000.0));
  }

  private static JsonObject stats(String json) {
    return JsonParser.parseString(json.replace('\'', '"')).getAsJsonObject();
  }
}
