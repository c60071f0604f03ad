package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.OutputKind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** C++ programs: exceptions through functions that moved, COMDAT groups, debuggers. */
class UnwindingTest {

  private static final String THROWS =
      """
      #include <stdexcept>
      struct Noisy { int *count; ~Noisy() { ++*count; } };
      int leave(int x, int *count) {
        Noisy noisy{count};
        PADDING
        if (x > 2) throw std::runtime_error("thrown");
        return x;
      }
      """;

  private static final String CATCHES =
      """
      #include <cstdio>
      #include <exception>
      int leave(int x, int *count);
      int main() {
        int count = 0;
        for (int i = 1; i < 5; i++) {
          try { printf("%d ", leave(i, &count)); }
          catch (const std::exception &e) { printf("%s ", e.what()); }
        }
        printf("%d\\n", count);
        return 0;
      }
      """;

  @TempDir Path directory;

  private Program cplusplus(OutputKind kind) throws Exception {
    Program program = Program.withLibc(directory, kind);
    program.put(Program.systemFile("libstdc++.so"));
    program.put(Program.systemFile("libgcc_s.so.1"));
    return program;
  }

  private void cc(Program program, String name, String text) throws Exception {
    program.put(program.compile(name, text));
  }

  /** The search table is sorted and leads to every function that has a frame. */
  private static void checkFrames(Program program) throws Exception {
    String frames = program.readelf("--debug-dump=frames");
    assertThat(frames.lines().filter(l -> l.toLowerCase().contains("warning"))).isEmpty();
    String complaints = program.readelf("-wN", "-u");
    assertThat(complaints.lines().filter(l -> l.toLowerCase().contains("warning"))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void exceptionsPassThroughPatchedFunctions(OutputKind kind) throws Exception {
    try (Program program = cplusplus(kind)) {
      cc(program, "main.cc", CATCHES);
      cc(program, "throws.cc", THROWS.replace("PADDING", ""));
      assertThat(program.linkAndRun()).isEqualTo("1 2 thrown thrown 4\n");
      checkFrames(program);

      for (int size : new int[] {100, 5000, 60000, 10}) {
        String padding = "__asm__ volatile(\"jmp 1f; .fill " + size + ", 1, 0xcc; 1:\");";
        cc(program, "throws.cc", THROWS.replace("PADDING", padding));
        cc(program, "other" + size + ".cc", "int other" + size + "(int x) { return x + 1; }\n");
        assertThat(program.linkAndRun()).isEqualTo("1 2 thrown thrown 4\n");
        checkFrames(program);
      }
      program.remove("other100.o");
      program.remove("other5000.o");
      cc(program, "throws.cc", THROWS.replace("PADDING", "").replace("x > 2", "x > 3"));
      assertThat(program.linkAndRun()).isEqualTo("1 2 3 thrown 4\n");
      checkFrames(program);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void anInlineFunctionLivesAsLongAsOneObjectHasIt(OutputKind kind) throws Exception {
    try (Program program = cplusplus(kind).flags("-O0")) {
      String shared =
          """
          template <class T> T twice(T x) { static T calls = 0; calls++; return x * 2 + calls; }
          inline int tag() { return TAG; }
          """;
      String first = shared.replace("TAG", "1") + "int one() { return twice(10) + tag(); }\n";
      String second = shared.replace("TAG", "2") + "int two() { return twice(20) + tag(); }\n";
      cc(
          program,
          "main.cc",
          "#include <cstdio>\nint one(), two();\n"
              + "int main() { int a = one(); printf(\"%d %d\\n\", a, two()); return 0; }\n");
      cc(program, "one.cc", first);
      cc(program, "two.cc", second);
      assertThat(program.linkAndRun()).isEqualTo("22 43\n");

      cc(program, "one.cc", "int one() { return 5; }\n");
      assertThat(program.linkAndRun()).isEqualTo("5 43\n");

      cc(program, "one.cc", first);
      assertThat(program.linkAndRun()).isEqualTo("22 43\n");

      cc(program, "two.cc", "int two() { return 6; }\n");
      assertThat(program.linkAndRun()).isEqualTo("22 6\n");

      cc(program, "two.cc", second);
      program.remove("one.o");
      cc(program, "late.cc", first);
      assertThat(program.linkAndRun()).isEqualTo("23 44\n");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void aDebuggerStopsInEveryGeneration(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind).flags("-O0", "-g")) {
      program.c(
          "main.c",
          "#include <stdio.h>\nint work(int);\n"
              + "int main(void) { int r = work(20); printf(\"%d\\n\", r); return 0; }\n");
      program.c("work.c", "int work(int value) {\n  int local = value + 1;\n  return local;\n}\n");
      assertThat(program.linkAndRun()).isEqualTo("21\n");
      checkDebugger(program, "local = 21", "work.c:3");

      program.c(
          "work.c",
          "int extra(int v) { return v * v; }\nint work(int value) {\n"
              + "  int local = extra(value) + 1;\n  for (int i = 0; i < 3; i++) local += i;\n"
              + "  return local;\n}\n");
      assertThat(program.linkAndRun()).isEqualTo("404\n");
      checkDebugger(program, "local = 401", "work.c:4");
      checkFrames(program);
      String dump = program.readelf("-wi", "-wa", "-wl", "-ws", "-wr");
      assertThat(dump.lines().filter(l -> l.toLowerCase().contains("warning"))).isEmpty();
    }
  }

  private void checkDebugger(Program program, String local, String line) throws Exception {
    String text =
        Program.command(
            directory,
            "gdb",
            "-nx",
            "-batch",
            "-ex",
            "break work",
            "-ex",
            "run",
            "-ex",
            "bt",
            "-ex",
            "next",
            "-ex",
            "info locals",
            "-ex",
            "frame",
            program.path.toString());
    assertThat(text).contains("Breakpoint 1, work (value=20)", "main.c:3", local, line);
    assertThat(text.toLowerCase()).doesNotContain("warning", "dwarf error");
  }

  @Test
  void aFunctionThatGoesTakesItsFrameAlong() throws Exception {
    try (Program program = cplusplus(OutputKind.PIE)) {
      cc(program, "main.cc", CATCHES);
      cc(program, "throws.cc", THROWS.replace("PADDING", ""));
      cc(program, "many.cc", many(200));
      program.link();
      long before = program.count("--debug-dump=frames", "FDE cie=");
      cc(program, "many.cc", many(20));
      assertThat(program.linkAndRun()).isEqualTo("1 2 thrown thrown 4\n");
      assertThat(program.count("--debug-dump=frames", "FDE cie=")).isEqualTo(before - 180);
      checkFrames(program);
      cc(program, "many.cc", many(300));
      assertThat(program.linkAndRun()).isEqualTo("1 2 thrown thrown 4\n");
      assertThat(program.count("--debug-dump=frames", "FDE cie=")).isEqualTo(before + 100);
    }
  }

  private static String many(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append("int many").append(i).append("(int x) { return x + ").append(i).append("; }\n");
    }
    return text.toString();
  }
}
