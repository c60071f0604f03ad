package dev.linkd.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.linkd.output.OutputKind;
import java.io.IOException;

/** Relocatable objects, linked into a program, and into a library that may lack definitions. */
class ObjectFuzz {
  private static final LinkedInput PROGRAM =
      new LinkedInput("a.o", OutputKind.STATIC_EXECUTABLE, false);
  private static final LinkedInput LIBRARY =
      new LinkedInput("b.o", OutputKind.SHARED_LIBRARY, false);

  @FuzzTest
  void link(byte[] content) throws IOException {
    PROGRAM.check(content);
    LIBRARY.check(content);
  }
}
