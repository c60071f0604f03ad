package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.OutputKind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Thread-local variables: every access model, initial values, growth and alignment. */
class ThreadLocalTest {

  private static final String MAIN =
      """
      #include <pthread.h>
      #include <stdio.h>
      extern __thread int outside; extern __thread char zeroes[];
      extern __thread long wide __attribute__((aligned(64)));
      int *address(void); int hidden_sum(void);
      static __thread int own = 5;
      static void *run(void *unused) {
        own++;
        outside += 2;
        zeroes[3]++;
        wide++;
        long aligned = (long)&wide % 64;
        printf("%d %d %d %ld %ld %d %d\\n", own, outside, zeroes[3], wide, aligned,
               *address(), hidden_sum());
        return 0;
      }
      int main(void) {
        pthread_t thread;
        run(0);
        pthread_create(&thread, 0, run, 0);
        pthread_join(thread, 0);
        run(0);
        return 0;
      }
      """;

  private static final String OTHER =
      """
      __thread int outside = 10;
      __thread char zeroes[100];
      __thread long wide __attribute__((aligned(64))) = 1000;
      static __thread int a = 3, b = 4;
      int *address(void) { return &outside; }
      int hidden_sum(void) { return a++ + b; }
      """;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void localExecVariablesHaveTheirInitialValuesInEveryThread(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.c("main.c", MAIN);
      program.c("other.c", OTHER);
      String first = "6 12 1 1001 0 12 7\n6 12 1 1001 0 12 7\n7 14 2 1002 0 14 8\n";
      assertThat(program.linkAndRun()).isEqualTo(first);

      program.c("grow.c", "__thread int table[5000] = {1, 2}; __thread char more[70000];\n");
      assertThat(program.linkAndRun()).isEqualTo(first);

      program.c("other.c", OTHER.replace("= 10;", "= 20;").replace("[100]", "[9000]"));
      String second = "6 22 1 1001 0 22 7\n6 22 1 1001 0 22 7\n7 24 2 1002 0 24 8\n";
      assertThat(program.linkAndRun()).isEqualTo(second);

      program.remove("grow.o");
      program.c("other.c", OTHER);
      assertThat(program.linkAndRun()).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void generalAndLocalDynamicAccessIsRelaxed(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind).flags("-fPIC")) {
      program.c("main.c", MAIN);
      program.c("other.c", OTHER);
      String first = "6 12 1 1001 0 12 7\n6 12 1 1001 0 12 7\n7 14 2 1002 0 14 8\n";
      assertThat(program.linkAndRun()).isEqualTo(first);
      assertThat(program.count("-r", "DTPMOD64")).isZero();
      program.c("other.c", OTHER.replace("a++ + b", "a++ * b - b * 2 + 3"));
      assertThat(program.linkAndRun())
          .isEqualTo("6 12 1 1001 0 12 7\n6 12 1 1001 0 12 7\n7 14 2 1002 0 14 11\n");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void aVariableMovesBetweenALibraryAndTheProgram(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.compile("lib.c", OTHER, "-fPIC");
      Program.command(directory, "gcc", "-shared", "-o", "liblib.so", "lib.o");
      program.environment("LD_LIBRARY_PATH", directory.toString());
      program.put(directory.resolve("liblib.so"));
      program.flags("-fPIC");
      program.c("main.c", MAIN);
      String first = "6 12 1 1001 0 12 7\n6 12 1 1001 0 12 7\n7 14 2 1002 0 14 8\n";
      assertThat(program.linkAndRun()).isEqualTo(first);
      assertThat(program.count("-r", "TPOFF64")).isEqualTo(3);

      program.c("own.c", OTHER.replace("1000", "2000"));
      assertThat(program.linkAndRun())
          .isEqualTo(first.replace("1001", "2001").replace("1002", "2002"));
      assertThat(program.count("-r", "TPOFF64")).isZero();

      program.remove("own.o");
      assertThat(program.linkAndRun()).isEqualTo(first);
    }
  }

  @Test
  void initialExecAccessWorksWithAndWithoutAnImport() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.flags("-ftls-model=initial-exec", "-fPIC");
      program.c("main.c", MAIN);
      program.c("other.c", OTHER);
      assertThat(program.linkAndRun()).startsWith("6 12 1 1001 0 12 7\n");
      program.c("main.c", MAIN.replace("own++", "own += 3"));
      assertThat(program.linkAndRun()).startsWith("8 12 1 1001 0 12 7\n");
    }
  }
}
