package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.OutputKind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** GOT and PLT slots, copies and imports: they appear, go, and lead to the right place. */
class SlotTablesTest {

  @TempDir Path directory;

  private Path library(Program program, String name, String text) throws Exception {
    Path object = program.compile(name + ".c", text, "-fPIC");
    Path library = directory.resolve("lib" + name + ".so");
    Program.command(
        directory,
        "gcc",
        "-shared",
        "-o",
        library.toString(),
        object.toString(),
        "-Wl,-soname,lib" + name + ".so");
    program.environment("LD_LIBRARY_PATH", directory.toString());
    return library;
  }

  private static String calls(int from, int to) {
    StringBuilder text = new StringBuilder("#include <stdio.h>\n");
    for (int i = from; i < to; i++) {
      text.append("int f").append(i).append("(void);\n");
    }
    text.append("int main(void) { int sum = 0;\n");
    for (int i = from; i < to; i++) {
      text.append("sum += f").append(i).append("();\n");
    }
    return text.append("printf(\"%d\\n\", sum); return 0; }\n").toString();
  }

  private static String functions(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append("int f").append(i).append("(void) { return ").append(i).append("; }\n");
    }
    return text.toString();
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void slotsOfThePltAreGivenAgain(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.put(library(program, "f", functions(40)));
      program.c("main.c", calls(0, 20));
      assertThat(program.linkAndRun()).isEqualTo("190\n");
      long entries = program.count("-r", "JUMP_SLOT");
      assertThat(entries).isGreaterThanOrEqualTo(20);

      program.c("main.c", calls(10, 15));
      assertThat(program.linkAndRun()).isEqualTo("60\n");
      assertThat(program.run()).isEqualTo("60\n");

      program.c("main.c", calls(20, 40));
      assertThat(program.linkAndRun()).isEqualTo("590\n");
      assertThat(program.count("-r", "JUMP_SLOT")).isEqualTo(entries);

      program.c("main.c", calls(39, 40));
      assertThat(program.linkAndRun()).isEqualTo("39\n");
      program.environment("LD_BIND_NOW", "1");
      assertThat(program.run()).isEqualTo("39\n");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void anImportBecomesADefinitionAndBack(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.put(
          library(program, "f", "int f(void) { return 1; } int v = 10; int *where = &v;\n"));
      program.c(
          "main.c",
          """
          #include <stdio.h>
          int f(void); extern int v; extern int *where;
          int (*pointer)(void) = f;
          int *address = &v;
          int main(void) {
            printf("%d %d %d %d\\n", f(), pointer(), v, *address);
            printf("%d %d\\n", pointer == f, address == &v && where == &v);
            return 0;
          }
          """);
      assertThat(program.linkAndRun()).isEqualTo("1 1 10 10\n1 1\n");

      program.c("own.c", "int f(void) { return 2; } int v = 20;\n");
      assertThat(program.linkAndRun()).isEqualTo("2 2 20 20\n1 1\n");

      program.c("own.c", "int f(void) { return 3; }\n");
      assertThat(program.linkAndRun()).isEqualTo("3 3 10 10\n1 1\n");

      program.remove("own.o");
      assertThat(program.linkAndRun()).isEqualTo("1 1 10 10\n1 1\n");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void functionPointersAreEqualInTheProgramAndTheLibrary(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.put(
          library(
              program,
              "f",
              "int f(void) { return 1; } void *of_f(void) { return f; }\n"
                  + "int hook(void); void *of_hook(void) { return hook; }\n"));
      String main =
          """
          #include <stdio.h>
          int f(void); void *of_f(void); void *of_hook(void);
          int hook(void) { return EXTRA; }
          static int (*const table[])(void) = {f, hook};
          int main(void) {
            printf("%d %d %d %d\\n", (void *)f == of_f(), (void *)hook == of_hook(),
                   (void *)table[0] == of_f(), table[0]() + hook());
            return 0;
          }
          """;
      program.c("main.c", main.replace("EXTRA", "3"));
      assertThat(program.linkAndRun()).isEqualTo("1 1 1 4\n");
      program.c("main.c", main.replace("EXTRA", "printf(\"\") * 7 + 5"));
      assertThat(program.linkAndRun()).isEqualTo("1 1 1 6\n");
      program.c("main.c", "int hook(void) { return 1; } int main(void) { return 0; }\n");
      assertThat(program.linkAndRun()).isEmpty();
      program.c("main.c", main.replace("EXTRA", "9"));
      assertThat(program.linkAndRun()).isEqualTo("1 1 1 10\n");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void copiesOfObjectsLeadAllTheirNamesToOnePlace(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      String main =
          """
          #include <stdio.h>
          #include <stdlib.h>
          extern char **environ; extern char **__environ;
          int main(void) {
            setenv("LINKD_TEST", "yes", 1);
            fprintf(stdout, "%d %s\\n", USED, getenv("LINKD_TEST"));
            return 0;
          }
          """;
      program.c("main.c", main.replace("USED", "environ == __environ && environ[0] != 0"));
      assertThat(program.linkAndRun()).isEqualTo("1 yes\n");
      program.c("main.c", main.replace("USED", "environ != 0"));
      assertThat(program.linkAndRun()).isEqualTo("1 yes\n");
      program.c("main.c", main.replace("USED", "__environ != 0"));
      assertThat(program.linkAndRun()).isEqualTo("1 yes\n");
      program.c("main.c", main.replace("USED", "7"));
      assertThat(program.linkAndRun()).isEqualTo("7 yes\n");
      assertThat(program.count("-r", "environ@")).isZero();
      program.c("main.c", main.replace("USED", "environ == __environ"));
      assertThat(program.linkAndRun()).isEqualTo("1 yes\n");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void aCopyFollowsTheObjectOfAChangedLibrary(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.put(library(program, "v", "int v[2] = {1, 2}; int get(int i) { return v[i]; }\n"));
      program.c(
          "main.c",
          """
          #include <stdio.h>
          extern int v[]; int get(int);
          int sentinel;
          int main(void) {
            v[1] = 5;
            printf("%d %d %d\\n", v[0], get(1), sentinel);
            return 0;
          }
          """);
      assertThat(program.linkAndRun()).isEqualTo("1 5 0\n");
      program.put(
          library(
              program,
              "v",
              "int pad = 4; int v[900] __attribute__((aligned(64))) = {3, 4, [2 ... 899] = 6};\n"
                  + "int get(int i) { return v[i] + (v[899] - 6); }\n"));
      assertThat(program.linkAndRun()).isEqualTo("3 5 0\n");
      assertThat(program.readelf("-s")).contains(" 3600 OBJECT  GLOBAL DEFAULT");
    }
  }

  @Test
  void symbolVersionsAreThoseOfTheLibrary() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.c(
          "main.c",
          "#include <stdio.h>\n#include <math.h>\n"
              + "int main(int n, char **v) { printf(\"%d\\n\", n); return 0; }\n");
      assertThat(program.linkAndRun()).isEqualTo("1\n");
      assertThat(program.readelf("-V"))
          .contains("Name: GLIBC_2.34", "Name: GLIBC_2.2.5", "File: libc.so.6");
      assertThat(program.readelf("-r")).contains("printf@GLIBC_2.2.5");
      program.put(Program.systemFile("libm.so.6"));
      program.c(
          "main.c",
          "#include <stdio.h>\n#include <math.h>\n"
              + "int main(int n, char **v) { printf(\"%.1f\\n\", pow(n, n + 0.5)); return 0; }\n");
      assertThat(program.linkAndRun()).isEqualTo("1.0\n");
      assertThat(program.readelf("-V")).contains("File: libm.so.6");
      program.c("main.c", "int main(void) { return 0; }\n");
      assertThat(program.linkAndRun()).isEmpty();
      assertThat(program.readelf("-V")).doesNotContain("File: libm.so.6");
    }
  }

  @Test
  void aLibraryThatIsOnlyWantedAsNeededIsListedWhileSomethingNeedsIt() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.putAsNeeded(library(program, "f", "int f(void) { return 1; }\n"));
      program.c("main.c", "int main(void) { return 0; }\n");
      assertThat(program.linkAndRun()).isEmpty();
      assertThat(program.readelf("-d")).doesNotContain("libf.so");

      program.c("main.c", "int f(void); int main(void) { return f(); }\n");
      assertThat(program.linkAndRun()).isEqualTo("exit 1\n");
      assertThat(program.readelf("-d")).contains("libf.so");

      program.c("main.c", "int f(void) __attribute__((weak)); int main(void) { return !f; }\n");
      assertThat(program.link().ok()).isTrue();

      program.c("main.c", "int main(void) { return 3; }\n");
      assertThat(program.linkAndRun()).isEqualTo("exit 3\n");
      assertThat(program.readelf("-d")).doesNotContain("libf.so");
    }
  }

  @Test
  void relocatedConstantsAreReadOnlyAtRunTime() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.c(
          "main.c",
          """
          #include <signal.h>
          #include <unistd.h>
          int f(void) { return 1; }
          static int (*const table[])(void) = {f, f};
          static void caught(int s) { _exit(7); }
          int main(void) {
            signal(SIGSEGV, caught);
            *(volatile long *)&table[1] = 0;
            return 1;
          }
          """);
      assertThat(program.linkAndRun()).isEqualTo("exit 7\n");
      program.c(
          "more.c", "int g; int *const many[600] = {&g, &g}; int **get(void) { return many; }");
      assertThat(program.linkAndRun()).isEqualTo("exit 7\n");
    }
  }
}
