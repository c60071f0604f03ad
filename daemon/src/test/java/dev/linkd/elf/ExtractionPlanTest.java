package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.FlushResult;
import dev.linkd.output.OutputKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archive members that need each other against their order, as those of C++ libraries do. */
class ExtractionPlanTest {

  private static final int MEMBERS = 40;
  private static final String NO_STACK = ".section .note.GNU-stack\n";

  @TempDir Path directory;

  private Path assemble(String name, String text) throws Exception {
    Files.writeString(directory.resolve(name + ".s"), text + NO_STACK);
    Program.command(directory, "gcc", "-c", name + ".s");
    return directory.resolve(name + ".o");
  }

  /**
   * Each member calls the one before it, and has its own copy of a function that all of them have.
   */
  private Path chain(String more) throws Exception {
    List<String> command = new ArrayList<>(List.of("ar", "rcs", "lib.a"));
    for (int i = 0; i < MEMBERS; i++) {
      String text =
          """
          .section .text.f%1$d,"ax",@progbits
          .globl f%1$d
          f%1$d: %2$s
          call shared
          ret
          .section .text.shared,"axG",@progbits,shared,comdat
          .weak shared
          shared: mov $%1$d, %%eax
          ret
          """
              .formatted(i, i == 0 ? more : "jmp f" + (i - 1));
      command.add(assemble("m" + i, text).getFileName().toString());
    }
    Program.command(directory, command.toArray(String[]::new));
    return directory.resolve("lib.a");
  }

  private static String main(int function, String more) {
    return "int f%d(void); %s int main(void) { return f%1$d(); }\n".formatted(function, more);
  }

  @Test
  void noMemberIsReadTwice() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.DYNAMIC_EXECUTABLE)) {
      program.c("main.c", main(MEMBERS - 1, ""));
      program.put(chain("nop"));
      FlushResult first = program.output.flush();
      assertThat(first.published()).isTrue();
      assertThat(first.statistics().atomsAdded()).isGreaterThan(MEMBERS);
      assertThat(first.statistics().rows().atoms()).isEqualTo(first.statistics().atomsAdded());
      assertThat(program.run()).as("the first copy counts").isEmpty();
      assertThat(program.output.verify()).isEmpty();
    }
  }

  @Test
  void anEditThatConcernsNoMemberDoesNotLookAtMembers() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.DYNAMIC_EXECUTABLE)) {
      program.flags("-ffunction-sections");
      program.c("main.c", main(MEMBERS - 1, ""));
      program.put(chain("nop"));
      assertThat(program.linkAndRun()).isEmpty();
      program.c("main.c", main(MEMBERS - 1, "int added(void) { return 1; }"));
      assertThat(definitions(program)).isLessThan(MEMBERS / 2);
      program.c("main.c", main(MEMBERS - 1, ""));
      assertThat(definitions(program)).isLessThan(MEMBERS / 2);
      program.c("main.c", main(MEMBERS / 2, ""));
      assertThat(definitions(program)).as("members go").isGreaterThan(MEMBERS);
      assertThat(program.count("-s", "f" + (MEMBERS - 1))).isZero();
      assertThat(program.count("-s", "f" + MEMBERS / 2)).isPositive();
      assertThat(program.output.verify()).isEmpty();
    }
  }

  private static int definitions(Program program) throws Exception {
    FlushResult result = program.output.flush();
    assertThat(result.published()).isTrue();
    assertThat(program.run()).isEmpty();
    return result.statistics().rows().definitions();
  }

  /** What a plan leads to can be damaged; only who is asked for is reported, and only once. */
  @Test
  void aDamagedMemberIsReportedWhenItIsNeeded() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.DYNAMIC_EXECUTABLE)) {
      program.c("main.c", main(1, ""));
      Path library = chain("jmp gone");
      Files.writeString(directory.resolve("gone.c"), "int gone(void) { return 0; }\n");
      Program.command(directory, "gcc", "-c", "gone.c");
      Path gone = directory.resolve("gone.o");
      byte[] bytes = Files.readAllBytes(gone);
      Program.command(directory, "ar", "rcs", "lib.a", "gone.o");
      byte[] archive = Files.readAllBytes(library);
      int at = find(archive, bytes);
      archive[at + 40] ^= 0x7f; // e_shoff
      Files.write(library, archive);
      program.put(library);
      FlushResult result = program.output.flush();
      assertThat(result.published()).isFalse();
      assertThat(result.diagnostics().stream().map(d -> d.place().input()))
          .anyMatch(input -> input.contains("gone.o"));
      archive[at + 40] ^= 0x7f;
      Files.write(library, archive);
      program.put(library);
      assertThat(program.linkAndRun()).isEmpty();
      assertThat(program.output.verify()).isEmpty();
    }
  }

  private static int find(byte[] all, byte[] part) {
    for (int at = 0; at + part.length <= all.length; at++) {
      if (Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    throw new IllegalStateException("not found");
  }
}
