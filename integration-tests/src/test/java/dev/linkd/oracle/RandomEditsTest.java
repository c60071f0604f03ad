package dev.linkd.oracle;

import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** After any history of edits the output means the same as a fresh link of the final inputs. */
final class RandomEditsTest {
  private static final int SEEDS = 5;
  private static final int EDITS = 2_200;
  private static final int FUNCTIONS_MIN = 5;
  private static final int FUNCTIONS_SPREAD = 80;

  @TempDir Path folder;

  static LongStream seeds() {
    return Seeds.several(SEEDS);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theOutputMeansWhatTheModelSays(long seed) throws Exception {
    int functions = FUNCTIONS_MIN + (int) Math.floorMod(seed, (long) FUNCTIONS_SPREAD);
    Path path = folder.resolve("program");
    try (Output output = Engine.open(path, OutputKind.STATIC_EXECUTABLE)) {
      new EditSession(output, seed, functions).run(Seeds.times(EDITS));
    }
  }
}
