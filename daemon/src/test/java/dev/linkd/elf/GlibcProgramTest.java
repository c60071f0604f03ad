package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.os.SystemFiles;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** C programs against the system's glibc: link, run, edit one function, patch, run. */
class GlibcProgramTest {

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void aProgramIsPatchedFunctionByFunction(OutputKind kind) throws Exception {
    Path program = directory.resolve("program");
    write(
        "main.c",
        """
        #include <stdio.h>
        #include <stdlib.h>
        #include <errno.h>
        #include <string.h>
        extern char **environ;
        int answer(int);
        static int calls;
        __thread int local = 5;
        static int compare(const void *a, const void *b) { return *(int *)a - *(int *)b; }
        __attribute__((constructor)) static void before(void) { puts("before"); }
        int main(int argc, char **argv) {
          int v[] = {3, 1, 2};
          qsort(v, 3, sizeof *v, compare);
          errno = 0;
          fprintf(stdout, "%d %d %d %d\\n", answer(calls++), v[0], v[2], local);
          fprintf(stderr, "%s %d\\n", environ ? "env" : "none", (int)strlen(argv[0]) > 0);
          return answer(0) == 42 ? 42 : 1;
        }
        """);
    write("answer.c", "int answer(int x) { return x + 42; }\n");
    compile(kind, "main.c");
    compile(kind, "answer.c");
    try (Output output = new ElfOutputs().open(OutputSpec.of(program, kind))) {
      for (Path input : inputs(kind)) {
        output.putInput(new InputSpec(input.toString(), input, false, false));
      }
      FlushResult first = output.flush();
      assertThat(first.diagnostics()).isEmpty();
      assertThat(run(program)).isEqualTo("env 1\nbefore\n42 1 3 5\nexit 42\n");

      write(
          "answer.c",
          "#include <stdio.h>\nint answer(int x) { printf(\"[%d]\", x); return x + 42; }\n");
      compile(kind, "answer.c");
      Path changed = directory.resolve("answer.o");
      output.putInput(new InputSpec(changed.toString(), changed, false, false));
      FlushResult second = output.flush();
      assertThat(second.diagnostics()).isEmpty();
      assertThat(run(program)).isEqualTo("env 1\nbefore\n[0]42 1 3 5\n[0]exit 42\n");
      assertThat(output.verify()).isEmpty();
    }
  }

  private List<Path> inputs(OutputKind kind) throws Exception {
    List<Path> list = new ArrayList<>();
    boolean pie = kind == OutputKind.PIE;
    list.add(SystemFiles.find(pie ? "Scrt1.o" : "crt1.o"));
    list.add(SystemFiles.find("crti.o"));
    list.add(SystemFiles.find(pie ? "crtbeginS.o" : "crtbegin.o"));
    list.add(directory.resolve("main.o"));
    list.add(directory.resolve("answer.o"));
    list.add(SystemFiles.find("libgcc.a"));
    list.add(SystemFiles.find("libc.so"));
    list.add(SystemFiles.find(pie ? "crtendS.o" : "crtend.o"));
    list.add(SystemFiles.find("crtn.o"));
    return list;
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private void compile(OutputKind kind, String source) throws Exception {
    List<String> command = new ArrayList<>(List.of("gcc", "-c", "-O1", "-ffunction-sections"));
    command.add("-fdata-sections");
    command.add("-g");
    command.add(kind == OutputKind.PIE ? "-fPIE" : "-fno-pie");
    command.add(source);
    Process gcc = new ProcessBuilder(command).directory(directory.toFile()).inheritIO().start();
    assertThat(gcc.waitFor()).isZero();
  }

  private static String run(Path program) throws Exception {
    Process process = new ProcessBuilder(program.toString()).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return text + "exit " + process.exitValue() + "\n";
  }
}
