package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Code;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output.ImportedSymbol;
import dev.linkd.output.OutputKind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shared libraries that are declared instead of read. */
class LibraryImportTest {

  private static final int FUNCTION = STB_GLOBAL << 4 | STT_FUNC;
  private static final int OBJECT = STB_GLOBAL << 4 | STT_OBJECT;

  private static final String LIBRARY =
      "int f(void) { return 4; } int v = 5; int g(void) { return v; }\n";

  private static final String MAIN =
      """
      #include <stdio.h>
      int f(void), g(void); extern int v;
      int main(void) { v += 2; printf("%d %d\\n", f(), g()); return 0; }
      """;

  @TempDir Path directory;

  private Program program() throws Exception {
    Program program = Program.withLibc(directory, OutputKind.DYNAMIC_EXECUTABLE);
    program.compile("lib.c", LIBRARY, "-fPIC");
    Program.command(directory, "gcc", "-shared", "-o", "libf.so", "lib.o", "-Wl,-soname,libf.so");
    program.environment("LD_LIBRARY_PATH", directory.toString());
    program.c("main.c", MAIN);
    return program;
  }

  private static List<ImportedSymbol> symbols() {
    return List.of(
        new ImportedSymbol("f", FUNCTION, 0),
        new ImportedSymbol("g", FUNCTION, 0),
        new ImportedSymbol("v", OBJECT, 4));
  }

  @Test
  void aDeclarationIsAsGoodAsTheFileAndCanBeTakenBack() throws Exception {
    try (Program program = program()) {
      program.output.importLibrary("libf.so", symbols());
      assertThat(program.linkAndRun()).isEqualTo("4 7\n");

      assertThat(program.output.removeLibrary("libf.so")).isTrue();
      FlushResult broken = program.output.flush();
      assertThat(broken.published()).isFalse();
      assertThat(broken.diagnostics()).allMatch(d -> d.code() == Code.UNDEFINED_SYMBOL);
      assertThat(program.run()).isEqualTo("4 7\n");

      program.put(directory.resolve("libf.so"));
      assertThat(program.linkAndRun()).isEqualTo("4 7\n");
      program.remove("libf.so");
      program.output.importLibrary("libf.so", symbols());
      assertThat(program.linkAndRun()).isEqualTo("4 7\n");
    }
  }

  @Test
  void aDeclarationThatChangesMovesNamesBetweenLibraries() throws Exception {
    try (Program program = program()) {
      program.output.importLibrary("libf.so", symbols());
      program.link();
      program.compile("other.c", "int f(void) { return 40; }\n", "-fPIC");
      Program.command(directory, "gcc", "-shared", "-o", "libo.so", "other.o");
      program.output.importLibrary("libo.so", List.of(new ImportedSymbol("f", FUNCTION, 0)));
      program.link();
      assertThat(program.readelf("-d")).contains("libf.so", "libo.so");
      program.output.importLibrary("libf.so", symbols().subList(1, 3));
      program.link();
      assertThat(program.output.removeLibrary("libo.so")).isTrue();
      assertThat(program.output.flush().diagnostics())
          .hasSize(1)
          .allMatch(d -> d.place().symbol().equals("f"));
      program.output.importLibrary("libf.so", symbols());
      assertThat(program.linkAndRun()).isEqualTo("4 7\n");
    }
  }

  @Test
  void versionsOfADeclarationFollowItsLastForm() throws Exception {
    try (Program program = program()) {
      program.output.importLibrary("libf.so", symbols());
      program.link();
      program.output.importLibrary(
          "libf.so",
          List.of(
              new ImportedSymbol("f@VERS_2", FUNCTION, 0),
              new ImportedSymbol("g", FUNCTION, 0),
              new ImportedSymbol("v", OBJECT, 4)));
      program.link();
      assertThat(program.readelf("-V")).contains("VERS_2");
      program.output.importLibrary("libf.so", symbols());
      assertThat(program.linkAndRun()).isEqualTo("4 7\n");
      assertThat(program.readelf("-V")).doesNotContain("VERS_2");
    }
  }
}
