package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.FlushResult;
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
  void anInputThatMovesIsThatOfItsNewPath() throws Exception {
    Path program = directory.resolve("program");
    try (Output output =
        new ElfOutputs().open(OutputSpec.of(program, OutputKind.STATIC_EXECUTABLE))) {
      Path first = compile("first.o", 42);
      output.putInput(new InputSpec("start.o", first, false, false));
      assertThat(output.flush().diagnostics()).isEmpty();
      Files.delete(first);

      output.putInput(new InputSpec("start.o", compile("second.o", 7), false, false));
      FlushResult patched = output.flush();
      assertThat(patched.diagnostics()).isEmpty();
      assertThat(patched.statistics().atomsAdded()).isZero();
      assertThat(StaticProgramTest.run(program)).isEqualTo(7);
      assertThat(output.verify()).isEmpty();
    }
  }

  @Test
  void aDeletedObjectIsVerifiedFromWhatIsHeld() throws Exception {
    Path object = compile("start.o", 42);
    Path program = directory.resolve("program");
    try (Output output =
        new ElfOutputs().open(OutputSpec.of(program, OutputKind.STATIC_EXECUTABLE))) {
      output.putInput(new InputSpec("start.o", object, false, false));
      assertThat(output.flush().diagnostics()).isEmpty();
      Files.delete(object);

      assertThat(output.verify()).isEmpty();
      output.releaseImage(false);
      Files.write(program, new byte[1]);
      assertThat(output.flush().diagnostics()).isEmpty();
      assertThat(StaticProgramTest.run(program)).isEqualTo(42);
    }
  }

  private Path compile(String name, int status) throws Exception {
    Path source = directory.resolve("start.c");
    Files.writeString(
        source,
        """
        void _start(void) { __asm__ volatile("syscall" : : "a"(60), "D"(%dL) : "memory"); }
        """
            .formatted(status));
    Path object = directory.resolve(name);
    Process gcc =
        new ProcessBuilder("gcc", "-c", "-fno-pie", "-o", object.toString(), source.toString())
            .inheritIO()
            .start();
    assertThat(gcc.waitFor()).isZero();
    return object;
  }
}
