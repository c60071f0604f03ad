package dev.linkd.oracle;

import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** After any history of edits the output means the same as a fresh link of the final inputs. */
final class RandomEditsTest {
  private static final int SEEDS = 6;
  private static final int EDITS = 2_000;
  private static final int FUNCTIONS_MIN = 5;
  private static final int FUNCTIONS_SPREAD = 80;

  @TempDir Path folder;

  private static final List<OutputKind> KINDS =
      List.of(OutputKind.STATIC_EXECUTABLE, OutputKind.PIE, OutputKind.DYNAMIC_EXECUTABLE);

  static LongStream seeds() {
    return Seeds.several(SEEDS);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theOutputMeansWhatTheModelSays(long seed) throws Exception {
    int functions = FUNCTIONS_MIN + (int) Math.floorMod(seed, (long) FUNCTIONS_SPREAD);
    OutputKind kind = KINDS.get((int) Math.floorMod(seed, (long) KINDS.size()));
    try (Output output = Engine.open(folder.resolve("program"), kind)) {
      new EditSession(output, seed, functions).run(Seeds.times(EDITS));
    }
  }
}
