package dev.linkd.elf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Code;
import dev.linkd.os.SystemFiles;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Thread-local variables in code that was compiled for a shared library, linked and patched. */
class ThreadLocalModelsTest {

  private static final String VARIABLES =
      """
      __thread int zero;
      __thread int seven = %d;
      static __thread int hidden[2] = {1, 2};
      int *second(void) { return &hidden[1]; }
      """;

  private static final String MAIN =
      """
      extern __thread int zero, seven;
      int *second(void);
      int main(void) {
        zero += 33;
        return zero + seven + *second();
      }
      """;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "PIE, gnu, plt",
    "PIE, gnu, no-plt",
    "PIE, gnu2, plt",
    "DYNAMIC_EXECUTABLE, gnu, plt",
    "DYNAMIC_EXECUTABLE, gnu2, no-plt",
  })
  void everyModelReachesTheVariables(OutputKind kind, String dialect, String plt) throws Exception {
    compile("variables.c", VARIABLES.formatted(7), dialect, plt);
    compile("main.c", MAIN, dialect, plt);
    Path program = directory.resolve("program");
    try (Output output = new ElfOutputs().open(OutputSpec.of(program, kind))) {
      for (String start : List.of("Scrt1.o", "crti.o")) {
        put(output, SystemFiles.find(start));
      }
      put(output, directory.resolve("main.o"));
      put(output, directory.resolve("variables.o"));
      put(output, SystemFiles.find("libc.so"));
      put(output, SystemFiles.find("crtn.o"));
      assertThat(output.flush().diagnostics()).isEmpty();
      assertThat(run(program)).isEqualTo(42);

      String grown = "__thread long more[40] = {5};\n" + VARIABLES.formatted(8);
      compile("variables.c", grown, dialect, plt);
      put(output, directory.resolve("variables.o"));
      assertThat(output.flush().diagnostics()).isEmpty();
      assertThat(run(program)).isEqualTo(43);
    }
  }

  @Test
  void aDescriptorInAnUnknownSequenceIsReported() throws Exception {
    Files.writeString(
        directory.resolve("odd.s"),
        """
        .globl _start
        _start: lea x@tlsdesc(%rip), %rax
                call *x@tlscall(%rax)
                nop
        .section .tbss, "awT", @nobits
        x:      .zero 4
        .text
                .byte 0x48, 0x8d, 0x84, 0x25
                .reloc ., R_X86_64_GOTPC32_TLSDESC, x - 4
                .long 0
        """);
    assemble("odd.s");
    Path program = directory.resolve("program");
    try (Output output = new ElfOutputs().open(OutputSpec.of(program, OutputKind.PIE))) {
      put(output, directory.resolve("odd.o"));
      FlushResult result = output.flush();
      assertThat(result.ok()).isFalse();
      assertThat(result.diagnostics().getFirst().code()).isEqualTo(Code.UNKNOWN_RELOCATION);
      assertThat(result.diagnostics().getFirst().message()).contains("-mtls-dialect=gnu");
      assertThat(program).doesNotExist();
    }
  }

  private static void put(Output output, Path file) throws Exception {
    output.putInput(new InputSpec(file.toString(), file, false, false));
  }

  private void compile(String name, String source, String dialect, String plt) throws Exception {
    Files.writeString(directory.resolve(name), source);
    List<String> command =
        List.of("gcc", "-c", "-O1", "-fPIC", "-f" + plt, "-mtls-dialect=" + dialect, name, "-g0");
    Process gcc =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String text = new String(gcc.getInputStream().readAllBytes(), UTF_8);
    assertThat(gcc.waitFor()).as(text).isZero();
  }

  private void assemble(String name) throws Exception {
    Process gcc =
        new ProcessBuilder("gcc", "-c", name)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String text = new String(gcc.getInputStream().readAllBytes(), UTF_8);
    assertThat(gcc.waitFor()).as(text).isZero();
  }

  private static int run(Path program) throws Exception {
    Process process = new ProcessBuilder(program.toString()).start();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
