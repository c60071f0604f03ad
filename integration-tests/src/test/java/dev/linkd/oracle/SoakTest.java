package dev.linkd.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.LinkException;
import dev.linkd.oracle.image.ImageRules;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputStatus;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Memory, file and tables stay proportional to the live program over very many updates. */
final class SoakTest {
  private static final int UPDATES = Seeds.times(1_000_000);
  private static final int FUNCTIONS = 1_000;

  /** The first functions are called by others; the rest change their names. */
  private static final int CALLED = 700;

  private static final int FLUSH_EVERY = 50;
  private static final int SIZE_MIN = 16;
  private static final int SIZE_SPREAD = 2_000;
  private static final int SAMPLES = 200;
  private static final double GROWTH_MAX = 1.3;

  private final Random random = new Random(Seeds.next());
  private final String[] names = new String[FUNCTIONS];
  private int created;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = {"STATIC_EXECUTABLE", "PIE"})
  void everythingLevelsOff(OutputKind kind) throws Exception {
    List<OutputStatus> samples = new ArrayList<>();
    Path path = folder.resolve("program");
    try (Output output = Engine.open(path, kind);
        Arena arena = Arena.ofConfined()) {
      CallGraph graph = new CallGraph(output, arena);
      for (int i = 0; i < FUNCTIONS; i++) {
        names[i] = "function_" + created++;
      }
      for (String name : names) {
        put(graph, name);
      }
      graph.put("_start", SIZE_MIN, 0);
      flush(output);
      for (int i = 1; i <= UPDATES; i++) {
        update(graph);
        if (i % FLUSH_EVERY == 0) {
          flush(output);
        }
        if (i % (UPDATES / SAMPLES) == 0) {
          samples.add(output.status());
        }
      }
      assertThat(output.verify()).isEmpty();
      assertThat(ImageRules.problems(path)).isEmpty();
    }
    levelsOff("resident bytes", samples, OutputStatus::residentBytes);
    levelsOff("file bytes", samples, OutputStatus::fileBytes);
    levelsOff("slack bytes", samples, OutputStatus::slackBytes);
    levelsOff("nodes", samples, OutputStatus::nodes);
    levelsOff("symbols", samples, OutputStatus::symbols);
    levelsOff("relocations", samples, OutputStatus::relocations);
  }

  /** Mostly other bytes of another size; now and then another name takes the place of one. */
  private void update(CallGraph graph) throws LinkException {
    int index = random.nextInt(FUNCTIONS);
    if (index >= CALLED && random.nextInt(4) == 0) {
      graph.remove(names[index]);
      names[index] = "function_" + created++;
    }
    put(graph, names[index]);
  }

  private void put(CallGraph graph, String name) throws LinkException {
    String[] callees = new String[random.nextInt(3)];
    for (int i = 0; i < callees.length; i++) {
      callees[i] = names[random.nextInt(CALLED)];
    }
    int size = SIZE_MIN + random.nextInt(random.nextInt(SIZE_SPREAD) + 1);
    graph.put(name, size, random.nextInt(), callees);
  }

  private static void flush(Output output) {
    assertThat(output.flush().diagnostics()).isEmpty();
  }

  private static void levelsOff(
      String what, List<OutputStatus> samples, ToLongFunction<OutputStatus> value) {
    int fifth = samples.size() / 5;
    long level = samples.subList(fifth / 2, fifth).stream().mapToLong(value).max().orElseThrow();
    long later =
        samples.subList(fifth, samples.size()).stream().mapToLong(value).max().orElseThrow();
    System.out.printf("%s: %d at 20%%, at most %d later%n", what, level, later);
    assertThat((double) later).as(what).isLessThanOrEqualTo(level * GROWTH_MAX);
  }
}
