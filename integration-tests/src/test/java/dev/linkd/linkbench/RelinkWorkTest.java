package dev.linkd.linkbench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Diagnostic;
import dev.linkd.driver.LdDriver;
import dev.linkd.elf.ElfOutputs;
import dev.linkd.oracle.Seeds;
import dev.linkd.output.FlushResult;
import dev.linkd.output.LinkDriver;
import dev.linkd.output.LinkDriver.Invocation;
import dev.linkd.output.LinkDriver.LinkExit;
import dev.linkd.session.Counters;
import dev.linkd.session.Limits;
import dev.linkd.session.OutputRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Relinking a real program visits as many table rows, writes as many bytes and makes as many system
 * calls when the program is four times as large.
 */
@Timeout(1_800)
class RelinkWorkTest {
  private static final int SMALL = Seeds.longRun() ? 1_000 : 100;
  private static final int LARGE = 4 * SMALL;
  private static final int FUNCTIONS = Seeds.longRun() ? 40 : 25;

  /** Units call only those of their cluster, so each is the same in both programs. */
  private static final ProgramShape SHAPE = new ProgramShape("work", LARGE, FUNCTIONS, 1);

  /** The edited unit: of those that both programs have, neither the first nor the last. */
  private static final int UNIT = SMALL / 3;

  private static final int ROUNDS = 3;

  private static final List<Variation> EDITS =
      List.of(
          Variation.ofBodies(1, 0),
          Variation.ofBodies(1, 9),
          Variation.ofAddition(),
          Variation.ofRename(),
          Variation.ofGrowth());

  @TempDir Path folder;
  private UnitCompiler compiler;

  /** What an edit costs. */
  private record Cost(FlushResult.Rows rows, long relocations, long bytes, long calls) {
    static Cost of(FlushResult.Statistics done) {
      return new Cost(
          done.rows(), done.relocationsApplied(), done.bytesWritten(), done.systemCalls());
    }
  }

  @Test
  void anEditOfALargeProgramCostsAsMuchAsOfASmallOne() throws Exception {
    for (boolean debug : List.of(false, true)) {
      Map<String, List<Cost>> small = costs(SMALL, debug);
      Map<String, List<Cost>> large = costs(LARGE, debug);
      small.forEach((edit, costs) -> System.out.println(edit + ": " + costs.getLast()));
      assertThat(large).as("debug information: " + debug).isEqualTo(small);
    }
  }

  @BeforeEach
  void compile() throws IOException {
    compiler = new UnitCompiler(SHAPE, true, folder.resolve("compiled"));
    compiler.add(IntStream.range(0, LARGE).boxed().toList(), Variation.BASE);
    for (Variation edit : EDITS) {
      compiler.add(List.of(UNIT), edit);
    }
    compiler.run();
    Files.writeString(
        folder.resolve("main.c"),
        "long %1$s(long, int);\nint main(void) { %1$s(1, 6); return 42; }\n"
            .formatted(UnitSource.name(0, 0)));
    Tools.run(folder, List.of("gcc", "-c", "main.c"));
    strip();
  }

  /** The same objects without debug information. */
  private void strip() throws IOException {
    String each =
        """
        for file in */*.o; do
          mkdir -p ../plain/${file%/*} && objcopy -g $file ../plain/$file || exit
        done
        """;
    Tools.run(folder.resolve("compiled"), List.of("sh", "-c", each));
  }

  private Path object(int unit, Variation version, boolean debug) {
    Path compiled = compiler.object(unit, version);
    Path relative = folder.resolve("compiled").relativize(compiled);
    return folder.resolve(debug ? "compiled" : "plain").resolve(relative);
  }

  private Map<String, List<Cost>> costs(int units, boolean debug) throws Exception {
    Path edited = folder.resolve("edited" + units + ".o");
    Path program = folder.resolve("program" + units + debug);
    List<String> objects = new ArrayList<>(List.of(folder.resolve("main.o").toString()));
    for (int unit = 0; unit < units; unit++) {
      Path object = unit == UNIT ? edited : object(unit, Variation.BASE, debug);
      objects.add(object.toString());
    }
    List<String> words = new ArrayList<>(LinkArguments.executable(objects));
    words.addAll(List.of("-o", program.toString()));
    ElfOutputs outputs = new ElfOutputs();
    LdDriver driver = new LdDriver(outputs.store());
    OutputRegistry registry = new OutputRegistry(outputs, Limits.DEFAULT, new Counters());
    try {
      Link link = new Link(driver, registry, words, edited, debug);
      link.to(Variation.BASE);
      Map<String, List<Cost>> costs = new LinkedHashMap<>();
      for (int round = 0; round < ROUNDS; round++) {
        for (Variation edit : EDITS) {
          String name = edit.name();
          keep(costs, round, name, link.to(edit));
          keep(costs, round, name + " and back", link.to(Variation.BASE));
        }
      }
      assertThat(new ProcessBuilder(program.toString()).start().waitFor()).isEqualTo(42);
      return costs;
    } finally {
      registry.closeAll("the test has ended");
    }
  }

  /** The first rounds make both files of the output, and tables and holes of their usual sizes. */
  private static void keep(Map<String, List<Cost>> costs, int round, String edit, Cost cost) {
    if (round > 0) {
      costs.computeIfAbsent(edit, e -> new ArrayList<>()).add(cost);
    }
  }

  private final class Link implements LinkDriver.Events {
    private final LdDriver driver;
    private final OutputRegistry registry;
    private final Invocation invocation;
    private final Path edited;
    private final boolean debug;

    Link(LdDriver driver, OutputRegistry registry, List<String> words, Path edited, boolean debug) {
      this.driver = driver;
      this.registry = registry;
      this.invocation = new Invocation("ld", words, folder, Map.of(), 022);
      this.edited = edited;
      this.debug = debug;
    }

    /** Links with the unit in another version. */
    Cost to(Variation version) throws Exception {
      new Edit("", List.of(new Edit.Copy(object(UNIT, version, debug), edited))).apply();
      LinkExit exit = driver.link(invocation, registry, this);
      assertThat(exit.status()).isZero();
      return Cost.of(exit.flush().orElseThrow().statistics());
    }

    @Override
    public void progress(String phase, long done, long total) {}

    @Override
    public void diagnostic(Diagnostic diagnostic) {
      throw new AssertionError(diagnostic.toString());
    }

    @Override
    public void standardOutput(String text) {}

    @Override
    public void passOutput(byte[] bytes) {}

    @Override
    public void standardError(String text) {
      throw new AssertionError(text);
    }

    @Override
    public boolean cancelled() {
      return false;
    }
  }
}
