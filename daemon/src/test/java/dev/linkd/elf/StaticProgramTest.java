package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Code;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs of raw machine code: link, run, patch, run. */
class StaticProgramTest {

  private static final int GLOBAL_FUNCTION = STB_GLOBAL << 4 | STT_FUNC;

  @TempDir Path directory;

  @Test
  void aProgramRunsAndRunsPatched() throws Exception {
    Path path = directory.resolve("answer");
    try (Output output = new ElfOutputs().open(OutputSpec.of(path, OutputKind.STATIC_EXECUTABLE))) {
      int stream = output.stream("test");
      start(output, stream);
      function(output, stream, "answer", "b82a000000c3");
      FlushResult first = output.flush();
      assertThat(first.diagnostics()).isEmpty();
      assertThat(run(path)).isEqualTo(42);

      function(output, stream, "answer", "b807000000c3");
      FlushResult second = output.flush();
      assertThat(second.diagnostics()).isEmpty();
      assertThat(second.generation()).isEqualTo(2);
      assertThat(run(path)).isEqualTo(7);

      function(output, stream, "answer", "90".repeat(300) + "b80b000000c3");
      assertThat(output.flush().diagnostics()).isEmpty();
      assertThat(run(path)).isEqualTo(11);
      assertThat(output.verify()).isEmpty();

      assertThat(output.removeAtom(stream, output.name("answer"))).isTrue();
      FlushResult broken = output.flush();
      assertThat(broken.published()).isFalse();
      assertThat(broken.diagnostics()).hasSize(1);
      assertThat(broken.diagnostics().get(0).code()).isEqualTo(Code.UNDEFINED_SYMBOL);
      assertThat(run(path)).isEqualTo(11);

      function(output, stream, "answer", "b82a000000c3");
      assertThat(output.flush().diagnostics()).isEmpty();
      assertThat(run(path)).isEqualTo(42);
    }
  }

  private static void start(Output output, int stream) throws Exception {
    AtomUpdate update = atom(output, "_start", "e80000000089c7b83c0000000f05");
    update.addRelocation(1, R_X86_64_PLT32, AtomUpdate.TARGET_GLOBAL, output.name("answer"), -4);
    output.putAtom(stream, update);
  }

  private static void function(Output output, int stream, String name, String code)
      throws Exception {
    output.putAtom(stream, atom(output, name, code));
  }

  private static AtomUpdate atom(Output output, String name, String code) {
    byte[] bytes = HexFormat.of().parseHex(code);
    AtomUpdate update = new AtomUpdate();
    update.clear();
    update.key = output.name(name);
    update.section = output.name(".text." + name);
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = SHF_ALLOC | SHF_EXECINSTR;
    update.alignment = 16;
    update.size = bytes.length;
    update.bytes = MemorySegment.ofArray(bytes);
    update.addDefinition(output.name(name), 0, bytes.length, GLOBAL_FUNCTION);
    return update;
  }

  static int run(Path program) throws Exception {
    Process process = new ProcessBuilder(program.toString()).inheritIO().start();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
