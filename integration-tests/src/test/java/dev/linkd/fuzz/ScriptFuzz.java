package dev.linkd.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.linkd.diag.LinkException;
import dev.linkd.object.LinkerScript;
import java.lang.foreign.MemorySegment;

/** Linker scripts that stand in for libraries. */
class ScriptFuzz {
  @FuzzTest
  void parse(byte[] content) {
    try {
      LinkerScript script = LinkerScript.parse("fuzz.ld", MemorySegment.ofArray(content));
      for (LinkerScript.Input input : script.inputs()) {
        if (input.name().isEmpty()) {
          throw new AssertionError("an input without a name");
        }
      }
    } catch (LinkException refused) {
      Fuzzing.checkDiagnostic(refused.diagnostic());
    }
  }
}
