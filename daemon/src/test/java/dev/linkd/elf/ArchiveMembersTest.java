package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.OutputKind;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Archive members: on demand, and gone again when nothing needs them. */
class ArchiveMembersTest {

  private static final String COUNTED =
      """
      #include <stdio.h>
      __attribute__((constructor)) static void built(void) { puts("constructed"); }
      int counted(void) { return 7; }
      """;

  private static final String USES =
      """
      #include <stdio.h>
      int counted(void);
      int main(void) { printf("%d\\n", counted()); return 0; }
      """;

  private static final String IDLE =
      """
      #include <stdio.h>
      int main(void) { puts("idle"); return 0; }
      """;

  @TempDir Path directory;

  private Path archive(String name, String... members) throws Exception {
    Path archive = directory.resolve(name);
    Files.deleteIfExists(archive);
    String[] command = new String[members.length + 3];
    command[0] = "ar";
    command[1] = "rcs";
    command[2] = name;
    System.arraycopy(members, 0, command, 3, members.length);
    Program.command(directory, command);
    return archive;
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void aMemberComesAndGoesWithItsReference(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.compile("counted.c", COUNTED);
      program.compile("unused.c", "int unused(void) { return missing_everywhere(); }\n");
      program.put(archive("lib.a", "counted.o", "unused.o"));
      program.c("main.c", IDLE);
      assertThat(program.linkAndRun()).isEqualTo("idle\n");

      program.c("main.c", USES);
      assertThat(program.linkAndRun()).isEqualTo("constructed\n7\n");

      program.c("main.c", IDLE);
      assertThat(program.linkAndRun()).isEqualTo("idle\n");
      assertThat(program.count("-s", "counted")).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void anObjectThatDefinesTheNameReplacesTheMember(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.compile("counted.c", COUNTED);
      program.put(archive("lib.a", "counted.o"));
      program.c("main.c", USES);
      assertThat(program.linkAndRun()).isEqualTo("constructed\n7\n");

      program.c("own.c", "int counted(void) { return 8; }\n");
      assertThat(program.linkAndRun()).isEqualTo("8\n");

      program.remove("own.o");
      assertThat(program.linkAndRun()).isEqualTo("constructed\n7\n");
    }
  }

  @Test
  void membersThatOnlyNeedEachOtherGoTogether() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.compile("counted.c", COUNTED.replace("return 7", "return back(0)"));
      program.compile("back.c", "int counted(void); int back(int x) { return x ? counted() : 7; }");
      program.put(archive("lib.a", "counted.o", "back.o"));
      program.c("main.c", USES);
      assertThat(program.linkAndRun()).isEqualTo("constructed\n7\n");
      program.c("main.c", IDLE);
      assertThat(program.linkAndRun()).isEqualTo("idle\n");
      assertThat(program.count("-s", "back")).isZero();
    }
  }

  @Test
  void aChangedArchiveIsReadAgainAndKeepsItsPlaceBeforeOthers() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.compile("counted.c", "int counted(void) { return 1; }\n");
      Path first = archive("first.a", "counted.o");
      program.put(first);
      program.compile("counted.c", "int counted(void) { return 2; }\n");
      program.put(archive("second.a", "counted.o"));
      program.c("main.c", USES);
      assertThat(program.linkAndRun()).isEqualTo("1\n");

      program.compile("counted.c", "int counted(void) { return 3; }\n");
      program.put(archive("first.a", "counted.o"));
      assertThat(program.linkAndRun()).isEqualTo("3\n");

      program.compile("other.c", "int other(void) { return 3; }\n");
      program.put(archive("first.a", "other.o"));
      assertThat(program.linkAndRun()).isEqualTo("2\n");
    }
  }

  @Test
  void ofAnArchiveAndALibraryTheFirstDefines() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.compile("counted.c", "int counted(void) { return 1; }\n", "-fPIC");
      Program.command(directory, "gcc", "-shared", "-o", "libone.so", "counted.o");
      program.put(directory.resolve("libone.so"));
      program.compile("counted.c", "int counted(void) { return 2; }\n");
      program.put(archive("two.a", "counted.o"));
      program.c("main.c", USES);
      program.environment("LD_LIBRARY_PATH", directory.toString());
      assertThat(program.linkAndRun()).isEqualTo("1\n");

      program.remove("libone.so");
      assertThat(program.linkAndRun()).isEqualTo("2\n");

      program.put(directory.resolve("libone.so"));
      assertThat(program.linkAndRun()).isEqualTo("2\n");
    }
  }

  @Test
  void aChangedLibraryKeepsItsPlaceBeforeAnArchive() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.compile("counted.c", "int counted(void) { return 1; }\n", "-fPIC");
      Program.command(directory, "gcc", "-shared", "-o", "libone.so", "counted.o");
      program.put(directory.resolve("libone.so"));
      program.compile("archived.c", "int counted(void) { return 2; }\n");
      program.put(archive("two.a", "archived.o"));
      program.c("main.c", USES);
      program.environment("LD_LIBRARY_PATH", directory.toString());
      assertThat(program.linkAndRun()).isEqualTo("1\n");

      program.compile("counted.c", "int pad; int counted(void) { return 11; }\n", "-fPIC");
      Program.command(directory, "gcc", "-shared", "-o", "libone.so", "counted.o");
      program.put(directory.resolve("libone.so"));
      assertThat(program.linkAndRun()).isEqualTo("11\n");
    }
  }

  @Test
  void allMembersOfAWholeArchiveAreTaken() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.compile("counted.c", COUNTED);
      Path archive = archive("lib.a", "counted.o");
      program.putWhole(archive);
      program.c("main.c", IDLE);
      assertThat(program.linkAndRun()).isEqualTo("constructed\nidle\n");
      program.put(archive);
      assertThat(program.linkAndRun()).isEqualTo("idle\n");
      program.putWhole(archive);
      assertThat(program.linkAndRun()).isEqualTo("constructed\nidle\n");
    }
  }

  @Test
  void membersThatAreNoObjectsAreSkipped() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.compile("counted.c", COUNTED);
      Files.writeString(directory.resolve("lib.rmeta"), "rust\0\0\0metadata");
      Files.writeString(directory.resolve("empty"), "");
      Path archive = archive("lib.a", "lib.rmeta", "counted.o", "empty");
      program.put(archive);
      program.c("main.c", USES);
      assertThat(program.linkAndRun()).isEqualTo("constructed\n7\n");
      program.putWhole(archive);
      assertThat(program.linkAndRun()).isEqualTo("constructed\n7\n");
    }
  }

  @Test
  void aThinArchiveReadsItsMembersFromTheirFiles() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.PIE)) {
      program.compile("counted.c", COUNTED);
      Program.command(directory, "ar", "rcsT", "thin.a", "counted.o");
      Path archive = directory.resolve("thin.a");
      program.put(archive);
      program.c("main.c", USES);
      assertThat(program.linkAndRun()).isEqualTo("constructed\n7\n");

      program.compile("counted.c", COUNTED.replace("7", "70"));
      Program.command(directory, "ar", "rcsT", "thin.a", "counted.o");
      program.put(archive);
      assertThat(program.linkAndRun()).isEqualTo("constructed\n70\n");

      program.c("main.c", IDLE);
      assertThat(program.linkAndRun()).isEqualTo("idle\n");
    }
  }
}
