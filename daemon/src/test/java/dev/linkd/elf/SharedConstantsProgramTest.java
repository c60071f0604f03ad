package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.Output;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mergeable constants whose bytes are no text. */
class SharedConstantsProgramTest {

  @TempDir Path directory;

  @Test
  void constantsThatLookAlikeAsTextAreDifferent() throws Exception {
    Path program = directory.resolve("program");
    try (Output output =
        new ElfOutputs().open(OutputSpec.of(program, OutputKind.STATIC_EXECUTABLE))) {
      // The last bytes of these numbers are 0x80 to 0x9f: none of them is valid UTF-8.
      for (int last = 0x80; last < 0xa0; last++) {
        put(output, last);
      }
      assemble("start", ".globl _start\n_start: mov $60, %eax\nmov $42, %edi\nsyscall\n");
      output.putInput(input("start"));
      assertThat(output.flush().diagnostics()).isEmpty();
      assertThat(output.verify()).isEmpty();

      output.removeInput("constant" + 0x85);
      assertThat(output.flush().diagnostics()).isEmpty();
      put(output, 0x85);
      assertThat(output.flush().diagnostics()).isEmpty();
      assertThat(output.verify()).isEmpty();
      assertThat(StaticProgramTest.run(program)).isEqualTo(42);
    }
  }

  private void put(Output output, int last) throws Exception {
    String name = "constant" + last;
    assemble(
        name,
        ".section .rodata.cst8,\"aM\",@progbits,8\n.quad 0x" + Integer.toHexString(last) + "\n");
    output.putInput(input(name));
  }

  private InputSpec input(String name) {
    return new InputSpec(name, directory.resolve(name + ".o"), false, false);
  }

  private void assemble(String name, String text) throws Exception {
    Path source = directory.resolve(name + ".s");
    Files.writeString(source, text);
    String object = directory.resolve(name + ".o").toString();
    Process as = new ProcessBuilder("as", "-o", object, source.toString()).inheritIO().start();
    assertThat(as.waitFor()).isZero();
  }
}
