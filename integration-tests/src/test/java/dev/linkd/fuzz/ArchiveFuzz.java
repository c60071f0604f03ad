package dev.linkd.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.linkd.output.OutputKind;
import java.io.IOException;

/** Archives and the objects in them, linked. */
class ArchiveFuzz {
  private static final LinkedInput INPUT =
      new LinkedInput("a.a", OutputKind.STATIC_EXECUTABLE, true);

  @FuzzTest
  void link(byte[] content) throws IOException {
    INPUT.check(content);
  }
}
