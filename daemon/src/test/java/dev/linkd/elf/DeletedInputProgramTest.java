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

/** Compilers delete the objects of a program that they compile and link with one command. */
class DeletedInputProgramTest {

  @TempDir Path directory;

  @Test
  void aDeletedObjectIsVerifiedFromWhatIsHeld() throws Exception {
    Path source = directory.resolve("start.c");
    Files.writeString(
        source,
        """
        void _start(void) { __asm__ volatile("syscall" : : "a"(60), "D"(42L) : "memory"); }
        """);
    Path object = directory.resolve("start.o");
    Process gcc =
        new ProcessBuilder("gcc", "-c", "-fno-pie", "-o", object.toString(), source.toString())
            .inheritIO()
            .start();
    assertThat(gcc.waitFor()).isZero();
    Path program = directory.resolve("program");
    try (Output output =
        new ElfOutputs().open(OutputSpec.of(program, OutputKind.STATIC_EXECUTABLE))) {
      output.putInput(new InputSpec("start.o", object, false, false));
      assertThat(output.flush().diagnostics()).isEmpty();
      Files.delete(object);

      assertThat(output.verify()).isEmpty();
      output.releaseImage();
      Files.write(program, new byte[1]);
      assertThat(output.flush().diagnostics()).isEmpty();
      assertThat(StaticProgramTest.run(program)).isEqualTo(42);
    }
  }
}
