package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Debug information of programs that are patched: read by readelf and used by gdb. */
class DebugInfoProgramTest {

  private static final String START =
      """
      int one(int), two(int), three(int);
      void _start(void) {
        long status = one(20) + two(11) + three(11);
        __asm__ volatile("syscall" : : "a"(60), "D"(status) : "memory");
      }
      """;

  @TempDir Path directory;

  @BeforeEach
  void sources() throws Exception {
    write("start.c", START);
    for (String name : List.of("one", "two", "three")) {
      write(name + ".c", function(name, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-gdwarf-4", "-gdwarf-5", "clang -gdwarf-5"})
  void debugInformationStaysReadable(String dwarf) throws Exception {
    Path program = directory.resolve("program");
    try (Output output =
        new ElfOutputs().open(OutputSpec.of(program, OutputKind.STATIC_EXECUTABLE))) {
      for (String name : List.of("start", "one", "two", "three")) {
        put(output, dwarf, name);
      }
      assertThat(output.flush().diagnostics()).isEmpty();
      check(output, program);
      for (int variables : new int[] {5, 40, 1, 0, 12}) {
        write("two.c", function("two", variables));
        put(output, dwarf, "two");
        assertThat(output.flush().diagnostics()).isEmpty();
        check(output, program);
      }
      output.removeInput("one");
      write("start.c", START.replace("one(20)", "20"));
      put(output, dwarf, "start");
      assertThat(output.flush().diagnostics()).isEmpty();
      assertThat(readelf(program)).doesNotContain("one.c");
      assertThat(output.verify()).isEmpty();
      put(output, dwarf, "one");
      assertThat(output.flush().diagnostics()).isEmpty();
      check(output, program);
    }
  }

  @Test
  void oneUnitGrowsWithoutTheOthers() throws Exception {
    Path program = directory.resolve("program");
    try (Output output =
        new ElfOutputs().open(OutputSpec.of(program, OutputKind.STATIC_EXECUTABLE))) {
      for (String name : List.of("start", "one", "two", "three")) {
        put(output, "-gdwarf-5", name);
      }
      output.flush();
      for (int i = 0; i < 200; i++) {
        write("more" + i + ".c", function("more" + i, 3));
        put(output, "-gdwarf-5", "more" + i);
      }
      FlushResult first = output.flush();
      long all = first.statistics().relocationsApplied();
      write("two.c", function("two", 30));
      put(output, "-gdwarf-5", "two");
      FlushResult patched = output.flush();
      assertThat(patched.diagnostics()).isEmpty();
      assertThat(patched.statistics().relocationsApplied()).isLessThan(all / 5);
      check(output, program);
    }
  }

  /** Range lists and .debug_aranges have gaps. */
  @Test
  void aUnitThatGetsAFunctionCostsItsOwnSize() throws Exception {
    long few = relocationsForAnotherFunction(20);
    long many = relocationsForAnotherFunction(200);
    assertThat(many).isLessThan(few + few / 4);
  }

  private long relocationsForAnotherFunction(int units) throws Exception {
    Path program = directory.resolve("program" + units);
    write("two.c", function("two", 3) + function("other", 3));
    try (Output output =
        new ElfOutputs().open(OutputSpec.of(program, OutputKind.STATIC_EXECUTABLE))) {
      for (String name : List.of("start", "one", "two", "three")) {
        put(output, "-gdwarf-5", name);
      }
      for (int i = 0; i < units; i++) {
        write("m" + i + ".c", function("more" + i, 3) + function("still" + i, 3));
        put(output, "-gdwarf-5", "m" + i);
      }
      output.flush();
      long applied = 0;
      for (int functions = 1; functions <= 3; functions++) {
        StringBuilder two = new StringBuilder(function("two", 3) + function("other", 3));
        for (int i = 0; i < functions; i++) {
          two.append(function("another" + i, 3));
        }
        write("two.c", two.toString());
        put(output, "-gdwarf-5", "two");
        FlushResult patched = output.flush();
        assertThat(patched.diagnostics()).isEmpty();
        applied = patched.statistics().relocationsApplied();
        check(output, program);
      }
      return applied;
    }
  }

  private void check(Output output, Path program) throws Exception {
    assertThat(StaticProgramTest.run(program)).isEqualTo(42);
    assertThat(output.verify()).isEmpty();
    assertThat(readelf(program)).contains("start.c").contains("two.c").contains("three.c");
    String session =
        run(
            "gdb",
            "-nx",
            "-batch",
            "-ex",
            "break two",
            "-ex",
            "run",
            "-ex",
            "backtrace",
            program.toString());
    assertThat(session).contains("two (x=11) at two.c").contains("in _start () at start.c");
  }

  private String readelf(Path program) throws Exception {
    String dump = run("readelf", "-w", "-W", program.toString());
    assertThat(dump).doesNotContainIgnoringCase("warning").doesNotContain("Error");
    return dump;
  }

  private static String function(String name, int variables) {
    StringBuilder text = new StringBuilder("int " + name + "(int x) {\n");
    for (int i = 0; i < variables; i++) {
      text.append("  volatile int v").append(i).append(" = x;\n  (void)v").append(i).append(";\n");
    }
    return text.append("  return x;\n}\n").toString();
  }

  private void write(String name, String text) throws Exception {
    Files.writeString(directory.resolve(name), text);
  }

  private void put(Output output, String dwarf, String name) throws Exception {
    boolean clang = dwarf.startsWith("clang ");
    String option = clang ? dwarf.substring("clang ".length()) : dwarf;
    String compiler = clang ? "clang" : "gcc";
    run(compiler, option, "-O0", "-c", "-ffunction-sections", "-fno-pie", name + ".c");
    Path object = directory.resolve(name + ".o");
    output.putInput(new InputSpec(name, object, false, false));
  }

  private String run(String... command) throws Exception {
    List<String> words = new ArrayList<>(Arrays.asList(command));
    Process process =
        new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    assertThat(command[0].equals("gcc") ? text : "").isEmpty();
    return text;
  }
}
