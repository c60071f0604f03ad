package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.OutputKind;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sections whose order, alignment, size or content matters at run time. */
class SectionContentsTest {

  @TempDir Path directory;

  private static String constructor(String name, String priority) {
    return "#include <stdio.h>\n__attribute__((constructor"
        + priority
        + ")) static void "
        + name
        + "(void) { printf(\""
        + name
        + " \"); }\n";
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void constructorsRunByPriorityThenInTheOrderOfInputs(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.c("a.c", constructor("a", ""));
      program.c("b.c", constructor("b", "(200)"));
      program.c("c.c", constructor("c", "(101)"));
      program.c("d.c", constructor("d", ""));
      program.c(
          "main.c",
          "#include <stdio.h>\n__attribute__((destructor)) static void end(void) { puts(\"end\"); }\n"
              + "int main(void) { puts(\"main\"); return 0; }\n");
      assertThat(program.linkAndRun()).isEqualTo("c b a d main\nend\n");

      program.c("a.c", constructor("a", "(150)"));
      assertThat(program.linkAndRun()).isEqualTo("c a b d main\nend\n");

      program.c("c.c", "int nothing;\n");
      assertThat(program.linkAndRun()).isEqualTo("a b d main\nend\n");

      program.c("c.c", constructor("c", ""));
      assertThat(program.linkAndRun()).isEqualTo("a b c d main\nend\n");

      program.remove("a.o");
      program.remove("b.o");
      program.remove("c.o");
      program.remove("d.o");
      program.c("main.c", "#include <stdio.h>\nint main(void) { puts(\"bare\"); return 0; }\n");
      assertThat(program.linkAndRun()).isEqualTo("bare\n");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void objectsAreAlignedAtRunTime(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind).flags("-fdata-sections")) {
      program.c(
          "main.c",
          """
          #include <stdio.h>
          #define V volatile
          extern char d64[], d4096[], d65536[], b64[], b4096[], b65536[], r65536[];
          void aligned_code(void);
          int main(void) {
            printf("%lx %lx %lx %lx %lx %lx %lx %lx\\n", (long)d64 % 64, (long)d4096 % 4096,
                   (long)d65536 % 65536, (long)b64 % 64, (long)b4096 % 4096,
                   (long)b65536 % 65536, (long)r65536 % 65536, (long)aligned_code % 8192);
            return d64[0] + d65536[0] + b65536[0] + r65536[0] - 9;
          }
          """);
      program.c("small.c", "char d64[1] = {1}; char b64[1]; char pad[3] = {1}; char more[7];\n");
      String large =
          """
          char d64[3] __attribute__((aligned(64))) = {1};
          char d4096[3] __attribute__((aligned(4096))) = {2};
          char d65536[3] __attribute__((aligned(65536))) = {3};
          char b64[3] __attribute__((aligned(64)));
          char b4096[3] __attribute__((aligned(4096)));
          char b65536[3] __attribute__((aligned(65536)));
          const char r65536[3] __attribute__((aligned(65536))) = {5};
          __attribute__((aligned(8192))) void aligned_code(void) {}
          """;
      program.remove("small.o");
      program.c("large.c", large);
      for (int i = 0; i < 4; i++) {
        assertThat(program.linkAndRun()).isEqualTo("0 0 0 0 0 0 0 0\n");
        program.c("other" + i + ".c", "char x" + i + "[99] = {1}; char y" + i + "[99];\n");
      }
      program.c("large.c", large.replace("[3]", "[70000]"));
      assertThat(program.linkAndRun()).isEqualTo("0 0 0 0 0 0 0 0\n");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void memoryThatIsOnlyZeroIsAlignedWhereverTheImageIsLoaded(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.c(
          "main.c",
          """
          #include <stdio.h>
          char zeroes[10] __attribute__((aligned(1 << 19)));
          int main(void) { printf("%lx\\n", (long)zeroes % (1 << 19)); return 0; }
          """);
      program.link();
      for (int i = 0; i < 8; i++) {
        assertThat(program.run()).isEqualTo("0\n");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void aFunctionGrowsALotAndShrinks(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.c(
          "main.c",
          "#include <stdio.h>\nint grow(int);\nstatic char large[90000000];\n"
              + "int main(void) { large[89999999] = 1; printf(\"%d\\n\", grow(3)); return 0; }\n");
      program.c("grow.c", "int grow(int x) { return x + 1; }\n");
      assertThat(program.linkAndRun()).isEqualTo("4\n");
      long size = java.nio.file.Files.size(program.path);
      for (int i = 0; i < 4; i++) {
        program.c(
            "grow.c",
            "int grow(int x) { __asm__ volatile(\"jmp 1f\\n.fill "
                + (300000 << i)
                + ", 1, 0xcc\\n1:\"); return x + 2; }\n");
        assertThat(program.linkAndRun()).isEqualTo("5\n");
        program.c("grow.c", "int grow(int x) { return x + 1; }\n");
        assertThat(program.linkAndRun()).isEqualTo("4\n");
      }
      assertThat(java.nio.file.Files.size(program.path)).isLessThan(size + 20_000_000);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void functionsDisappearAndReturn(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      String main =
          "#include <stdio.h>\nint f(void) __attribute__((weak));\n"
              + "int main(void) { printf(\"%d\\n\", f ? f() : -1); return 0; }\n";
      program.c("main.c", main);
      for (int i = 0; i < 3; i++) {
        program.c(
            "f.c", "static int g(void) { return 6; } int f(void) { return g() + " + i + "; }\n");
        assertThat(program.linkAndRun()).isEqualTo((6 + i) + "\n");
        program.c("f.c", "");
        assertThat(program.linkAndRun()).isEqualTo("-1\n");
        program.c("f.c", "char empty[0]; void nothing(void) { __builtin_unreachable(); }\n");
        assertThat(program.linkAndRun()).isEqualTo("-1\n");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void equalStringsAreSharedAndGoWhenNothingUsesThem(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      String text = "const char *SELF(void) { return \"a text that two objects share\"; }\n";
      program.c("one.c", text.replace("SELF", "one"));
      program.c("two.c", text.replace("SELF", "two"));
      program.c(
          "main.c",
          """
          #include <stdio.h>
          const char *one(void), *two(void);
          double half(double x) { return x * 0.5 + 1234.5; }
          int main(void) {
            printf("%s|%s|%d|%.2f\\n", one(), two() + 7, one() == two(), half(3));
            return 0;
          }
          """);
      assertThat(program.linkAndRun())
          .isEqualTo("a text that two objects share|that two objects share|1|1236.00\n");
      program.c("one.c", "const char *one(void) { return \"another\"; }\n");
      assertThat(program.linkAndRun()).isEqualTo("another|that two objects share|0|1236.00\n");
      program.c("two.c", "const char *two(void) { return \"1234567another\" ; }\n");
      assertThat(program.linkAndRun()).isEqualTo("another|another|0|1236.00\n");
      assertThat(program.readelf("-p", ".rodata")).doesNotContain("two objects share");
    }
  }
}
