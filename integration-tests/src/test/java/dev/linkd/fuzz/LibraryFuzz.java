package dev.linkd.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.linkd.output.OutputKind;
import java.io.IOException;

/** Shared libraries, linked. */
class LibraryFuzz {
  private static final LinkedInput INPUT =
      new LinkedInput("a.so", OutputKind.DYNAMIC_EXECUTABLE, false);

  @FuzzTest
  void link(byte[] content) throws IOException {
    INPUT.check(content);
  }
}
