package dev.linkd.oracle;

import dev.linkd.oracle.naive.NaiveOutput;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks accept a right linker: the naive one goes through the random edits. */
final class NaiveEditsTest {
  @TempDir Path folder;

  @Test
  void theNaiveLinkerPassesEveryCheck() throws Exception {
    Path path = folder.resolve("program");
    OutputSpec spec = OutputSpec.of(path, OutputKind.STATIC_EXECUTABLE);
    try (NaiveOutput output = new NaiveOutput(spec)) {
      new EditSession(output, Seeds.next(), 40).run(500);
    }
  }
}
