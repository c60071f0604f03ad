package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Code;
import dev.linkd.output.FlushResult;
import dev.linkd.output.LayoutRules;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Segments that outgrow their address windows get others, and everything in them follows. */
class RebaseProgramTest {

  /** Windows of 4 to 16 KiB, so that every edit outgrows some. */
  private static final int TINY = 16;

  @TempDir Path directory;

  private Program tiny(OutputKind kind) throws Exception {
    OutputSpec usual = OutputSpec.of(directory.resolve("program"), kind);
    OutputSpec spec = usual.withLayout(LayoutRules.USUAL.withSmallWindows(TINY));
    return Program.withLibc(directory, spec);
  }

  private static String main() {
    return """
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    extern int add(int);
    extern const char *text(void);
    extern int sum(void);
    extern char end[], etext[], edata[];
    extern FILE *const *const out;
    static __thread int counter = 5;
    static __thread long zeroes[3];
    static int (*volatile pointer)(int) = add;
    static int compare(const void *a, const void *b) { return *(int *)a - *(int *)b; }
    FILE *const *const out = (FILE *const *)&stdout;
    int main(void) {
      int values[] = {3, 1, 2};
      qsort(values, 3, sizeof(int), compare);
      counter += add(1) + pointer(2);
      zeroes[2] += counter;
      fprintf(*out, "%d%d%d %d %ld %s %d %d\\n", values[0], values[1], values[2], counter,
              zeroes[2], text(), sum(), etext < edata && edata <= end);
      return 0;
    }
    """;
  }

  private static String growing(int kib) {
    StringBuilder source = new StringBuilder();
    int bytes = kib * 1024;
    source.append("int add(int x) { return x + 10; }\n");
    source.append("static const char table[").append(bytes).append("] = {1};\n");
    source.append("static char data[").append(bytes).append("] = {2};\n");
    source.append("static char zero[").append(bytes).append("];\n");
    source.append("char *const places[] = {data, zero, data + 1};\n");
    source.append("__thread char local[").append(bytes / 4).append("] = {3};\n");
    source.append("__thread char localZero[").append(bytes / 4).append("];\n");
    source.append("const char *text(void) { return \"kib").append(kib).append("\"; }\n");
    source.append("int sum(void) { int s = 0; volatile const char *t = table;\n");
    source.append("  for (int i = 0; i < ").append(bytes).append("; i++) s += t[i] + data[i]");
    source.append(" + zero[i];\n  for (int i = 0; i < ").append(bytes / 4);
    source.append("; i++) s += local[i] + localZero[i];\n");
    source.append("  return s + (places[0] == data) + (places[1] == zero); }\n");
    source.append("__asm__(\".section .text.pad,\\\"ax\\\"; .skip ").append(bytes);
    source.append(", 0x90; .text\");\n");
    return source.toString();
  }

  private static String expected(int kib) {
    return "123 28 28 kib" + kib + " 8 1\n";
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void aProgramRunsAfterEachRebase(OutputKind kind) throws Exception {
    try (Program program = tiny(kind)) {
      program.c("main.c", main());
      String before = "";
      for (int kib : new int[] {1, 16, 40, 200, 900, 30}) {
        program.c("part.c", growing(kib));
        assertThat(program.linkAndRun()).isEqualTo(expected(kib));
        String headers = program.readelf("-l");
        if (kib != 30) {
          assertThat(headers).as("%d KiB move the segments", kib).isNotEqualTo(before);
        }
        before = headers;
      }
    }
  }

  @Test
  void unwindingFindsItsTablesAfterARebase() throws Exception {
    try (Program program = tiny(OutputKind.PIE)) {
      program.flags("-fexceptions");
      program.put(Program.systemFile("libstdc++.so"));
      program.put(Program.systemFile("libgcc_s.so.1"));
      program.put(
          program.compile(
              "throws.cc",
              """
              extern "C" int puts(const char *);
              struct Guard { ~Guard() { puts("guard"); } };
              extern "C" int deep(int n) { Guard g; if (n == 0) throw 42; return deep(n - 1) + 1; }
              int main() { try { return deep(1); } catch (int v) { return v; } }
              """));
      assertThat(program.linkAndRun()).isEqualTo("guard\nguard\nexit 42\n");
      for (int count : new int[] {20, 300, 2000}) {
        StringBuilder functions = new StringBuilder();
        for (int i = 0; i < count; i++) {
          functions.append("int f" + i + "(int x) { return x * " + (i + 3) + " / 7; }\n");
        }
        program.c("many.c", functions.toString());
        assertThat(program.linkAndRun()).isEqualTo("guard\nguard\nexit 42\n");
      }
      String frames = program.readelf("--debug-dump=frames");
      assertThat(frames).contains("FDE").doesNotContain("warning");
    }
  }

  @Test
  void aSharedLibraryIsRebased() throws Exception {
    OutputSpec usual = OutputSpec.of(directory.resolve("libprogram.so"), OutputKind.SHARED_LIBRARY);
    OutputSpec spec = usual.withLayout(LayoutRules.USUAL.withSmallWindows(TINY));
    try (Program program = new Program(directory, spec)) {
      program.c("part.c", growing(1));
      program.link();
      Path main = directory.resolve("user.c");
      java.nio.file.Files.writeString(
          main, "int sum(void); int add(int); int main(void) { return sum() + add(1); }");
      Program.command(directory, "gcc", "-o", "user", "user.c", program.path.toString());
      for (int kib : new int[] {1, 20, 300}) {
        program.c("part.c", growing(kib));
        program.link();
        String ran =
            Program.run(
                java.util.Map.of(), java.util.List.of(directory.resolve("user").toString()));
        assertThat(ran).isEqualTo("exit 19\n");
      }
    }
  }

  @Test
  void aGibibyteAndAHalfOfZeroesLinksAndRuns() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.DYNAMIC_EXECUTABLE)) {
      program.c(
          "main.c",
          """
          #include <stdio.h>
          static char huge[3u << 29];
          int main(void) { huge[sizeof huge - 1] = 7; return huge[sizeof huge - 1]; }
          """);
      assertThat(program.linkAndRun()).isEqualTo("exit 7\n");
      program.c("more.c", "int more[5000] = {1}; int zeroes[1 << 20];\n");
      assertThat(program.linkAndRun()).isEqualTo("exit 7\n");
      program.c("main.c", "int main(void) { return 8; }\n");
      assertThat(program.linkAndRun()).isEqualTo("exit 8\n");
    }
  }

  @Test
  void codeAndConstantsMayOutgrowTheUsualWindows() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.c("main.c", "extern int far(void); int main(void) { return far(); }\n");
      program.c("far.c", "int far(void) { return 9; }\n");
      assertThat(program.linkAndRun()).isEqualTo("exit 9\n");
      long before = address(program, ".data");
      Path big =
          program.compile(
              "big.c",
              "__asm__(\".section .text.big,\\\"ax\\\"; .skip 0x11000000, 0xcc;"
                  + " .section .rodata.big,\\\"a\\\"; .skip 0x1000; .text\");\n");
      program.put(big);
      assertThat(program.linkAndRun()).isEqualTo("exit 9\n");
      assertThat(address(program, ".data")).isGreaterThan(before);
      program.remove("big.o");
      assertThat(program.linkAndRun()).isEqualTo("exit 9\n");
    }
  }

  private static long address(Program program, String section) throws Exception {
    return program
        .readelf("-S")
        .lines()
        .filter(line -> line.contains(" " + section + " "))
        .map(line -> line.substring(line.indexOf(']') + 1).trim().split("\\s+")[2])
        .mapToLong(word -> Long.parseUnsignedLong(word, 16))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void sectionsOfTheLargeModelComeBehindTheOthers() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.flags("-mcmodel=medium", "-mlarge-data-threshold=1000");
      String source =
          """
          #include <stdio.h>
          static volatile int large[100000] = {1, 2};
          static volatile int largeZero[%d];
          const int largeConstant[1000] = {3};
          static int small = 4;
          int main(int count, char **words) {
            largeZero[9999] = 5;
            printf("%%d\\n", large[1] + largeZero[9999] + largeConstant[count - 1] + small
                + ((int *)large > &small) * 100 + ((int *)largeZero > &small) * 1000);
            return 0;
          }
          """;
      program.c("main.c", source.formatted(10000));
      assertThat(program.linkAndRun()).isEqualTo("1114\n");
      assertThat(address(program, ".lbss")).isGreaterThanOrEqualTo(1L << 31);
      assertThat(Arrays.asList(program.readelf("-S").split("\\s+")))
          .contains(".ldata", ".lbss", ".lrodata", "WAl");
      program.c("main.c", source.formatted(900_000_000));
      assertThat(program.linkAndRun()).isEqualTo("1114\n");
    }
  }

  @Test
  void whatDoesNotFitIsReportedAndCanBeTakenBack() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.DYNAMIC_EXECUTABLE)) {
      program.c("main.c", "int main(void) { return 3; }\n");
      assertThat(program.linkAndRun()).isEqualTo("exit 3\n");
      program.put(
          program.compile(
              "huge.c",
              """
              static char a[3ul << 31];
              static char b[3ul << 31];
              char *first(void) { return a; }
              char *second(void) { return b; }
              char *last(void) { return b + sizeof b - 1; }
              """));
      FlushResult result = program.output.flush();
      assertThat(result.published()).isFalse();
      assertThat(result.diagnostics().getFirst().code()).isEqualTo(Code.RELOCATION_OVERFLOW);
      program.remove("huge.o");
      assertThat(program.linkAndRun()).isEqualTo("exit 3\n");
    }
  }
}
