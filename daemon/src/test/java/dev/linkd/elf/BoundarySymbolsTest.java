package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.output.FlushResult;
import dev.linkd.output.OutputKind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Symbols that the linker defines: boundaries of sections, of the image and of tables. */
class BoundarySymbolsTest {

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void theImageIsBetweenItsBoundaries(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.c(
          "main.c",
          """
          #include <elf.h>
          #include <stdio.h>
          #include <string.h>
          extern char _end[], end[], edata[], _edata[], etext[], _etext[], __bss_start[];
          extern char __executable_start[];
          extern const Elf64_Ehdr __ehdr_start __attribute__((visibility("hidden")));
          extern Elf64_Dyn _DYNAMIC[] __attribute__((visibility("hidden")));
          extern char _GLOBAL_OFFSET_TABLE_[] __attribute__((visibility("hidden")));
          typedef void (*function)(void);
          extern function __init_array_start[] __attribute__((visibility("hidden")));
          extern function __init_array_end[] __attribute__((visibility("hidden")));
          static char zeroes[100];
          static int initialized = 5;
          static void (*volatile chosen)(void);
          __attribute__((constructor)) static void first(void) { zeroes[50] = 1; }
          int main(void) {
            int found = 0;
            for (function *f = __init_array_start; f < __init_array_end; f++) found += *f == first;
            printf("%d%d%d%d%d%d%d%d%d%d\\n", _end == end, edata == _edata, etext == _etext,
                   (char *)main < etext, (char *)&initialized < edata, zeroes >= __bss_start,
                   zeroes + 100 <= end, memcmp(&__ehdr_start, ELFMAG, 4) == 0,
                   (char *)&__ehdr_start == __executable_start, found);
            printf("%d %d\\n", _DYNAMIC[0].d_tag != 0,
                   *(Elf64_Dyn **)_GLOBAL_OFFSET_TABLE_ != 0);
            initialized++;
            return 0;
          }
          """);
      assertThat(program.linkAndRun()).isEqualTo("1111111111\n1 1\n");

      program.c(
          "grow.c",
          "char more[100000]; int data[5000] = {1}; int text(int x) { return x * 3 / 7; }\n");
      assertThat(program.linkAndRun()).isEqualTo("1111111111\n1 1\n");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void startAndStopBracketARegistry(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.c(
          "main.c",
          """
          #include <stdio.h>
          struct entry { const char *name; long value; };
          extern struct entry __start_registry[], __stop_registry[];
          extern struct entry *first __attribute__((weak));
          int main(void) {
            for (struct entry *e = __start_registry; e < __stop_registry; e++)
              printf("%s=%ld ", e->name, e->value);
            puts(first == __start_registry ? "same" : "other");
            return 0;
          }
          """);
      program.c("a.c", registry("a", 1));
      program.c("b.c", registry("b", 2));
      program.c("first.c", "extern char __start_registry[]; char *first = __start_registry;\n");
      assertThat(program.linkAndRun()).isEqualTo("a=1 b=2 same\n");

      program.c("a.c", registry("x", 7));
      assertThat(program.linkAndRun()).isEqualTo("x=7 b=2 same\n");

      program.remove("a.o");
      assertThat(program.linkAndRun()).isEqualTo("b=2 same\n");
    }
  }

  private static String registry(String name, int value) {
    return "struct entry_"
        + name
        + " { const char *name; long value; };\n"
        + "static struct entry_"
        + name
        + " "
        + name
        + " __attribute__((section(\"registry\"), used)) = {\""
        + name
        + "\", "
        + value
        + "};\n";
  }

  @Test
  void boundariesOfASectionThatNothingFillsAreUndefinedUntilSomethingDoes() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.c(
          "main.c",
          """
          #include <stdio.h>
          extern long __start_late[] __attribute__((weak));
          extern long __stop_late[] __attribute__((weak));
          int main(void) { printf("%d\\n", (int)(__stop_late - __start_late)); return 0; }
          """);
      assertThat(program.linkAndRun()).isEqualTo("0\n");
      program.c("late.c", "long v[3] __attribute__((section(\"late\"))) = {1, 2, 3};\n");
      assertThat(program.linkAndRun()).isEqualTo("3\n");
      program.remove("late.o");
      assertThat(program.linkAndRun()).isEqualTo("0\n");
    }
  }

  @Test
  void aProgramOfTheUserMayDefineTheNamesItself() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.c(
          "main.c",
          """
          #include <stdio.h>
          extern int end;
          int *pointer = &end;
          int main(void) { printf("%d\\n", pointer == &end ? end : -1); return 0; }
          """);
      program.c("end.c", "int end = 3;\n");
      assertThat(program.linkAndRun()).isEqualTo("3\n");
      program.remove("end.o");
      assertThat(program.link().published()).isTrue();
      program.c("end.c", "int end = 4;\n");
      assertThat(program.linkAndRun()).isEqualTo("4\n");
    }
  }

  private void warnsOfTheEntry(Diagnostic diagnostic) {
    assertThat(diagnostic.severity()).isEqualTo(Diagnostic.Severity.WARNING);
    assertThat(diagnostic.code()).isEqualTo(Code.NO_ENTRY);
    assertThat(diagnostic)
        .hasToString("cannot find entry symbol _start; not setting start address");
  }

  @Test
  void withoutAnEntryThereIsAWarning() throws Exception {
    try (Program program = new Program(directory, OutputKind.STATIC_EXECUTABLE)) {
      program.flags("-fno-asynchronous-unwind-tables");
      program.c(
          "main.c", "void other(void) { __asm__(\"mov $60,%eax; mov $41,%edi; syscall\"); }\n");
      FlushResult result = program.output.flush();
      assertThat(result.published()).isTrue();
      assertThat(result.diagnostics()).singleElement().satisfies(this::warnsOfTheEntry);
      assertThat(program.output.flush().ok()).isTrue();

      program.c(
          "start.c", "void _start(void) { __asm__(\"mov $60,%eax; mov $42,%edi; syscall\"); }\n");
      assertThat(program.linkAndRun()).isEqualTo("exit 42\n");
    }
  }
}
