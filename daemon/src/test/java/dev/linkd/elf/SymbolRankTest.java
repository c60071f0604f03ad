package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Code;
import dev.linkd.output.FlushResult;
import dev.linkd.output.OutputKind;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which definition of a name wins, and who is next when the winner goes. */
class SymbolRankTest {

  private static final String MAIN =
      """
      #include <stdio.h>
      int answer(void);
      int main(void) { printf("%d\\n", answer()); return 0; }
      """;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void aStrongDefinitionOverridesAWeakOneUntilItGoes(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.c("main.c", MAIN);
      program.c("weak1.c", "__attribute__((weak)) int answer(void) { return 1; }\n");
      program.c("weak2.c", "__attribute__((weak)) int answer(void) { return 2; }\n");
      assertThat(program.linkAndRun()).isEqualTo("1\n");

      program.c("strong.c", "int answer(void) { return 3; }\n");
      assertThat(program.linkAndRun()).isEqualTo("3\n");

      program.remove("weak1.o");
      assertThat(program.linkAndRun()).isEqualTo("3\n");

      program.remove("strong.o");
      assertThat(program.linkAndRun()).isEqualTo("2\n");

      program.c("strong.c", "static int x; int *keep(void) { return &x; }\n");
      assertThat(program.linkAndRun()).isEqualTo("2\n");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void twoStrongDefinitionsAreReportedWithBothPartiesUntilOneGoes(OutputKind kind)
      throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.c("main.c", MAIN);
      program.c("one.c", "int answer(void) { return 1; }\n");
      assertThat(program.linkAndRun()).isEqualTo("1\n");

      program.c("two.c", "int answer(void) { return 2; }\n");
      FlushResult result = program.output.flush();
      assertThat(result.published()).isFalse();
      assertThat(result.diagnostics()).hasSize(1);
      assertThat(result.diagnostics().get(0).code()).isEqualTo(Code.DUPLICATE_SYMBOL);
      assertThat(result.diagnostics().get(0).message()).contains("answer");
      assertThat(result.diagnostics().get(0).place().toString())
          .endsWith("two.o:(.text.answer+0x0)");
      assertThat(result.diagnostics().get(0).notes())
          .filteredOn(note -> note.contains(".o:(answer)"))
          .hasSize(2)
          .anyMatch(note -> note.contains("one.o"))
          .anyMatch(note -> note.contains("two.o"));
      assertThat(program.run()).isEqualTo("1\n");
      assertThat(program.output.flush().diagnostics()).hasSize(1);

      program.remove("one.o");
      assertThat(program.linkAndRun()).isEqualTo("2\n");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void aCommonSymbolHasTheGreatestSizeAndAlignmentUntilItIsDefined(OutputKind kind)
      throws Exception {
    try (Program program = Program.withLibc(directory, kind).flags("-fcommon")) {
      program.c(
          "main.c",
          """
          #include <stdio.h>
          extern char block[];
          extern long sizes(void);
          char block[16] __attribute__((aligned(8)));
          int main(void) {
            printf("%d %d\\n", block[0], (int)((unsigned long)block % 256));
            block[15] = 1;
            return 0;
          }
          """);
      assertThat(program.link().published()).isTrue();
      assertThat(program.count("-s", "    16 OBJECT  GLOBAL DEFAULT")).isEqualTo(1);

      program.c("big.c", "char block[5000] __attribute__((aligned(256)));\n");
      assertThat(program.linkAndRun()).isEqualTo("0 0\n");
      assertThat(program.count("-s", " 5000 OBJECT  GLOBAL DEFAULT")).isEqualTo(1);

      program.c("strong.c", "char block[16] __attribute__((aligned(256))) = {7};\n");
      assertThat(program.linkAndRun()).isEqualTo("7 0\n");
      assertThat(program.count("-s", " 5000 OBJECT")).isZero();

      program.remove("strong.o");
      assertThat(program.linkAndRun()).isEqualTo("0 0\n");
      assertThat(program.count("-s", " 5000 OBJECT  GLOBAL DEFAULT")).isEqualTo(1);

      program.remove("big.o");
      program.link();
      assertThat(program.count("-s", " 5000 OBJECT")).isZero();
      assertThat(program.count("-s", "    16 OBJECT  GLOBAL DEFAULT")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void theFirstOfTwoWeakDefinitionsStaysFirstWhenItIsReadAgain(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.c("main.c", MAIN);
      program.c("weak1.c", "__attribute__((weak)) int answer(void) { return 1; }\n");
      program.c("weak2.c", "__attribute__((weak)) int answer(void) { return 2; }\n");
      program.c("weak1.c", "int other;\n");
      assertThat(program.linkAndRun()).isEqualTo("2\n");
      program.c("weak1.c", "__attribute__((weak)) int answer(void) { return 11; }\n");
      assertThat(program.linkAndRun()).isEqualTo("11\n");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void anUndefinedWeakSymbolIsNullUntilItIsDefined(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.c(
          "main.c",
          """
          #include <stdio.h>
          __attribute__((weak)) int hook(void);
          __attribute__((weak)) extern int datum;
          int (*pointer)(void) = hook;
          int main(void) {
            printf("%d %d %d\\n", hook ? hook() : 0, pointer ? pointer() : 0, &datum ? datum : 0);
            return 0;
          }
          """);
      assertThat(program.linkAndRun()).isEqualTo("0 0 0\n");
      program.c("hook.c", "int hook(void) { return 5; } int datum = 6;\n");
      assertThat(program.linkAndRun()).isEqualTo("5 5 6\n");
      program.remove("hook.o");
      assertThat(program.linkAndRun()).isEqualTo("0 0 0\n");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void aCommonSymbolCountsBeforeAWeakDefinition(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind).flags("-fcommon")) {
      program.c("main.c", MAIN);
      program.c("use.c", "extern int value; int answer(void) { return value; }\n");
      program.c("weak.c", "__attribute__((weak)) int value = 5;\n");
      assertThat(program.linkAndRun()).isEqualTo("5\n");

      program.c("common.c", "int value;\n");
      assertThat(program.linkAndRun()).isEqualTo("0\n");

      program.c("strong.c", "int value = 7;\n");
      assertThat(program.linkAndRun()).isEqualTo("7\n");

      program.remove("strong.o");
      assertThat(program.linkAndRun()).isEqualTo("0\n");

      program.remove("common.o");
      assertThat(program.linkAndRun()).isEqualTo("5\n");
    }
  }
}
