package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.publish.SpareLog;
import dev.linkd.store.ColdContents;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program is linked on when the contents of its inputs were moved out of memory. */
class ColdInputsProgramTest {
  private static final int UNITS = 12;

  @TempDir Path directory;
  private final ElfOutputs outputs = ElfOutputs.ofDaemon(SpareLog.NONE);
  private final ColdContents cold = outputs.store().cold(Path.of("target").toAbsolutePath());

  @Test
  void editsOfMovedObjectsAreLinked() throws Exception {
    Path program = directory.resolve("program");
    try (Output output = outputs.open(OutputSpec.of(program, OutputKind.STATIC_EXECUTABLE))) {
      put(output, "start.o", start());
      for (int i = 0; i < UNITS; i++) {
        put(output, "u" + i + ".o", unit(i, i, 0));
      }
      flush(output, program, sum(0));
      assertThat(cold.move(() -> false)).isTrue();
      assertThat(cold.movedBytes()).isPositive();

      for (int step = 1; step <= 6; step++) {
        for (int i = step; i < UNITS; i += 4) {
          // More and more code, so that functions move and their callers are written again.
          put(output, "u" + i + ".o", unit(i, i, 40 * step));
        }
        FlushResult patched = flush(output, program, sum(0));
        assertThat(patched.statistics().atomsChanged()).isPositive();
        put(output, "u0.o", unit(0, step, 0));
        flush(output, program, sum(0) + step);
        assertThat(cold.move(() -> false)).isTrue();
        put(output, "u0.o", unit(0, 0, 0));
        flush(output, program, sum(0));
      }
      cold.move(() -> false);
      for (int i = 0; i < UNITS; i++) {
        Files.delete(directory.resolve("u" + i + ".o"));
      }
      assertThat(output.verify()).as("from what is held").isEmpty();
      output.releaseImage(false);
      Files.write(program, new byte[1]);
      flush(output, program, sum(0));
    }
  }

  private static int sum(int more) {
    return UNITS * (UNITS - 1) / 2 + more;
  }

  private static FlushResult flush(Output output, Path program, int status) throws Exception {
    FlushResult result = output.flush();
    assertThat(result.diagnostics()).isEmpty();
    assertThat(StaticProgramTest.run(program)).isEqualTo(status);
    assertThat(output.verify()).isEmpty();
    return result;
  }

  private static void put(Output output, String name, Path object) throws Exception {
    output.putInput(new InputSpec(name, object, false, false));
  }

  private Path start() throws Exception {
    StringBuilder source = new StringBuilder();
    StringBuilder calls = new StringBuilder("0");
    for (int i = 0; i < UNITS; i++) {
      source.append("int value_%d(void);\n".formatted(i));
      calls.append(" + value_%d()".formatted(i));
    }
    source.append("void work(void) {}\nvoid _start(void) { long s = ").append(calls).append(";\n");
    source.append(
        """
        __asm__ volatile("syscall" : : "a"(60), "D"(s) : "memory"); }
        """);
    return compile("start", source.toString());
  }

  private Path unit(int number, int value, int size) throws Exception {
    String source =
        """
        void work(void);
        static int held_%1$d = %2$d;
        static int inner_%1$d(int x) { %3$s return x; }
        int value_%1$d(void) { return inner_%1$d(held_%1$d); }
        """
            .formatted(number, value, "work();".repeat(size));
    return compile("u" + number, source);
  }

  private Path compile(String name, String text) throws Exception {
    Path source = Files.writeString(directory.resolve(name + ".c"), text);
    Path object = directory.resolve(name + ".o");
    Process gcc =
        new ProcessBuilder(
                "gcc",
                "-c",
                "-g",
                "-ffunction-sections",
                "-fdata-sections",
                "-fno-pie",
                "-o",
                object.toString(),
                source.toString())
            .inheritIO()
            .start();
    assertThat(gcc.waitFor()).isZero();
    return object;
  }
}
