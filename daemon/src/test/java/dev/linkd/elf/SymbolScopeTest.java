package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Code;
import dev.linkd.output.FlushResult;
import dev.linkd.output.OutputKind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Names with local, hidden and protected visibility, and several symbols for one place. */
class SymbolScopeTest {

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void localSymbolsOfOneNameAreDifferent(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.c(
          "main.c",
          """
          #include <stdio.h>
          int a(void), b(void);
          static int value = 1;
          static int helper(void) { static int count = 10; return value + count++; }
          static int more(void) { static int count = 100; return count++; }
          int main(void) {
            int h = helper() + helper(), m = more() + more();
            printf("%d %d %d %d\\n", h, m, a(), b());
            return 0;
          }
          """);
      program.c(
          "a.c",
          "static int value = 2; static int helper(void) { return value; }\n"
              + "int a(void) { return helper() + (value = 2); }\n");
      program.c("b.c", "static int value = 30; int b(void) { return value++; }\n");
      assertThat(program.linkAndRun()).isEqualTo("23 201 4 30\n");

      program.c("a.c", "static int value[3] = {7, 8, 9}; int a(void) { return value[2]--; }\n");
      assertThat(program.linkAndRun()).isEqualTo("23 201 9 30\n");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void aliasesMoveWithTheirAtom(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.c(
          "main.c",
          """
          #include <stdio.h>
          int real(int), alias(int), weak_alias(int);
          int (*table[])(int) = {real, alias, weak_alias};
          int main(void) {
            printf("%d %d %d %d\\n", real(1), alias(2), weak_alias(3),
                   table[0] == table[1] && table[1] == table[2]);
            return 0;
          }
          """);
      program.c("real.c", aliases("x + 1"));
      assertThat(program.linkAndRun()).isEqualTo("2 3 4 1\n");

      program.c("real.c", aliases("x" + " + x / 3 * 7 - x % 11".repeat(50) + ""));
      program.link();
      String grown = program.run();
      assertThat(grown).endsWith(" 1\n").isNotEqualTo("2 3 4 1\n");
      assertThat(program.output.flush().ok()).isTrue();

      program.c("real.c", aliases("x + 5"));
      assertThat(program.linkAndRun()).isEqualTo("6 7 8 1\n");
    }
  }

  private static String aliases(String expression) {
    return "int real(int x) { return "
        + expression
        + "; }\n"
        + "int alias(int) __attribute__((alias(\"real\")));\n"
        + "int weak_alias(int) __attribute__((weak, alias(\"real\")));\n";
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void hiddenAndProtectedSymbolsResolveInside(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.c(
          "main.c",
          """
          #include <stdio.h>
          __attribute__((visibility("hidden"))) int hidden(void);
          extern int datum __attribute__((visibility("hidden")));
          int shielded(void);
          int main(void) { printf("%d %d %d\\n", hidden(), shielded(), datum); return 0; }
          """);
      program.c(
          "other.c",
          """
          int hidden(void) { return 1; }
          __attribute__((visibility("protected"))) int shielded(void) { return 2; }
          int datum = 3;
          """);
      assertThat(program.linkAndRun()).isEqualTo("1 2 3\n");
      assertThat(program.count("--dyn-syms", "hidden")).isZero();

      program.c(
          "other.c",
          "int hidden(void) { return 4; } int shielded(void) { return 5; }\n" + "int datum = 6;\n");
      assertThat(program.linkAndRun()).isEqualTo("4 5 6\n");
    }
  }

  @Test
  void aHiddenReferenceIsNotSatisfiedByALibrary() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.c(
          "main.c",
          "__attribute__((visibility(\"hidden\"))) int puts(const char *);\n"
              + "int main(void) { return puts(\"x\") < 0; }\n");
      FlushResult result = program.output.flush();
      assertThat(result.diagnostics()).isNotEmpty();
      assertThat(result.diagnostics()).allMatch(d -> d.code() == Code.UNDEFINED_SYMBOL);

      program.c("main.c", "int puts(const char *); int main(void) { return puts(\"x\") < 0; }\n");
      assertThat(program.linkAndRun()).isEqualTo("x\n");
    }
  }
}
