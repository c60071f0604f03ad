package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.output.FlushResult;
import dev.linkd.output.OutputKind;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Inputs that cannot be linked: the old generation runs on, and the next edit repairs. */
class FaultyInputsTest {

  private static final String MAIN =
      "#include <stdio.h>\nint f(void);\n"
          + "int main(void) { printf(\"%d\\n\", f()); return 0; }\n";

  @TempDir Path directory;

  private Program program() throws Exception {
    Program program = Program.withLibc(directory, OutputKind.PIE);
    program.c("main.c", MAIN);
    program.c("f.c", "int f(void) { return 1; }\n");
    assertThat(program.linkAndRun()).isEqualTo("1\n");
    return program;
  }

  private static Diagnostic onlyProblem(Program program) throws Exception {
    FlushResult result = program.output.flush();
    assertThat(result.published()).isFalse();
    assertThat(result.diagnostics()).hasSize(1);
    assertThat(program.run()).isEqualTo("1\n");
    return result.diagnostics().get(0);
  }

  private static void repaired(Program program) throws Exception {
    program.c("f.c", "int f(void) { return 2; }\n");
    assertThat(program.linkAndRun()).isEqualTo("2\n");
  }

  @Test
  void anUndefinedSymbolIsReportedWithItsPlace() throws Exception {
    try (Program program = program()) {
      program.c("f.c", "int missing(void); int f(void) { return missing() + 1; }\n");
      Diagnostic problem = onlyProblem(program);
      assertThat(problem.code()).isEqualTo(Code.UNDEFINED_SYMBOL);
      assertThat(problem.message()).contains("missing");
      assertThat(problem.place().input()).endsWith("f.o");
      assertThat(problem.place().section()).isEqualTo(".text.f");
      assertThat(problem.place().symbol()).isEqualTo("missing");
      assertThat(problem.place().offset()).isBetween(1L, 16L);
      assertThat(onlyProblem(program)).isEqualTo(problem);
      repaired(program);
    }
  }

  @Test
  void absolute32BitAddressesAreRefusedInPie() throws Exception {
    try (Program program = program()) {
      program.put(
          program.compile(
              "f.c",
              "int v; int f(void) { return (int)(long)&v; }\n",
              "-fno-pie",
              "-mcmodel=small"));
      FlushResult result = program.output.flush();
      assertThat(result.diagnostics()).isNotEmpty();
      assertThat(result.diagnostics()).allMatch(d -> d.code() == Code.RELOCATION_NOT_ALLOWED);
      assertThat(program.run()).isEqualTo("1\n");
      repaired(program);
    }
  }

  @Test
  void anOverflowIsReportedAndGoesWithItsCause() throws Exception {
    try (Program program = program()) {
      program.put(
          program.compile(
              "f.s",
              ".globl f\n.section .text.f,\"ax\",@progbits\nf: mov far(%rip), %eax\n ret\n"
                  + ".globl far\nfar = 0x123456789000\n.section .note.GNU-stack,\"\",@progbits\n"));
      assertThat(onlyProblem(program).code())
          .isIn(Code.RELOCATION_OVERFLOW, Code.RELOCATION_NOT_ALLOWED);
      repaired(program);
    }
  }

  @Test
  void aDamagedObjectIsReplacedByAGoodOneInItsPlace() throws Exception {
    try (Program program = program()) {
      program.c("g.c", "__attribute__((weak)) int f(void) { return 7; }\n");
      Path object = directory.resolve("f.o");
      byte[] bytes = Files.readAllBytes(object);
      for (int cut : new int[] {10, 63, 64, bytes.length / 2, bytes.length - 1}) {
        Files.write(object, java.util.Arrays.copyOf(bytes, cut));
        assertThatThrownBy(() -> program.put(object)).isInstanceOf(LinkException.class);
        FlushResult result = program.output.flush();
        assertThat(result.published()).isFalse();
        assertThat(result.ok()).isFalse();
        assertThat(program.run()).isEqualTo("1\n");
      }
      program.c("f.c", "__attribute__((weak)) int f(void) { return 3; }\n");
      assertThat(program.linkAndRun()).isEqualTo("3\n");
    }
  }

  /** Contents, zeros, strings and constants that inputs share, and what is not loaded. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        ".odd,\"aw\",@progbits",
        ".odd,\"aw\",@nobits",
        ".odd,\"awT\",@progbits",
        ".odd,\"aMS\",@progbits,1",
        ".odd,\"aM\",@progbits,16",
        ".odd,\"MS\",@progbits,1",
        ".odd,\"\",@progbits"
      })
  void anAlignmentThatNothingCanHaveIsRefused(String section) throws Exception {
    try (Program program = program()) {
      String text = ".globl f\n.text\nf: ret\n.section " + section + "\n.p2align 4\n.zero 16\n";
      for (long alignment : new long[] {1 << 25, 1L << 31}) {
        Path object = program.compile("f.s", text);
        Files.write(object, SectionEdit.alignment(Files.readAllBytes(object), ".odd", alignment));
        LinkException refused =
            catchThrowableOfType(LinkException.class, () -> program.put(object));
        assertThat(refused.diagnostic().code()).isEqualTo(Code.UNSUPPORTED_INPUT);
        assertThat(refused.diagnostic().place().section()).isEqualTo(".odd");
        FlushResult result = program.output.flush();
        assertThat(result.published()).isFalse();
        assertThat(result.diagnostics()).contains(refused.diagnostic());
        assertThat(program.run()).isEqualTo("1\n");
      }
      program.put(
          program.compile(
              "f.s",
              ".globl f\nf: mov $3,%eax\n ret\n.section " + section + "\n.p2align 16\n.zero 16\n"));
      assertThat(program.linkAndRun()).isEqualTo("3\n");
      repaired(program);
    }
  }

  @Test
  void relocationsOfUnknownKindOrOutsideTheirSectionAreReported() throws Exception {
    try (Program program = program()) {
      program.put(
          program.compile(
              "f.s",
              ".globl f\n.section .text.f,\"ax\",@progbits\nf: mov $1, %eax\n ret\n"
                  + ".reloc f+2, R_X86_64_32, f\n.section .note.GNU-stack,\"\",@progbits\n"));
      assertThat(onlyProblem(program).code()).isEqualTo(Code.RELOCATION_NOT_ALLOWED);
      Path object = directory.resolve("f.o");
      byte[] good = Files.readAllBytes(object);
      Files.write(object, RelocationEdit.kind(good, 199));
      program.put(object);
      assertThat(onlyProblem(program).code()).isEqualTo(Code.UNKNOWN_RELOCATION);
      Files.write(object, RelocationEdit.offset(good, 4));
      try {
        program.put(object);
        assertThat(onlyProblem(program).code()).isEqualTo(Code.RELOCATION_OUT_OF_BOUNDS);
      } catch (LinkException e) {
        assertThat(e.diagnostic().code()).isIn(Code.MALFORMED_INPUT, Code.RELOCATION_OUT_OF_BOUNDS);
      }
      repaired(program);
    }
  }

  @Test
  void aKeyMayStandForAnotherKindOfFile() throws Exception {
    try (Program program = program()) {
      Path file = directory.resolve("f.o");
      program.compile("g.c", "int f(void) { return 5; }\n");
      Files.delete(file);
      Program.command(directory, "ar", "rcs", "f.o", "g.o");
      program.put(file);
      assertThat(program.linkAndRun()).isEqualTo("5\n");

      program.compile("h.c", "int f(void) { return 6; }\n", "-fPIC");
      Program.command(directory, "gcc", "-shared", "-o", "f.o", "h.o", "-Wl,-soname,f.o");
      program.environment("LD_LIBRARY_PATH", directory.toString());
      program.put(file);
      assertThat(program.linkAndRun()).isEqualTo("6\n");

      Files.writeString(file, "INPUT(g.o)\n");
      program.put(file);
      assertThat(program.linkAndRun()).isEqualTo("5\n");

      Files.writeString(file, "INPUT(g.o nowhere.o)\n");
      assertThatThrownBy(() -> program.put(file)).isInstanceOf(LinkException.class);
      assertThat(program.output.flush().published()).isFalse();
      repaired(program);
    }
  }

  @Test
  void alignmentBeyondTheLimitIsRefused() throws Exception {
    try (Program program = program()) {
      Path object =
          program.compile(
              "f.s",
              ".globl f\n.section .text.f,\"ax\",@progbits\n.p2align 25\nf: mov $1, %eax\n ret\n"
                  + ".section .note.GNU-stack,\"\",@progbits\n");
      assertThatThrownBy(() -> program.put(object)).hasMessageContaining("alignment 33554432");
      FlushResult result = program.output.flush();
      assertThat(result.published()).isFalse();
      assertThat(result.diagnostics())
          .extracting(Diagnostic::code)
          .contains(Code.UNSUPPORTED_INPUT);
      Path common = program.compile("f.s", ".comm f,8,33554432\n");
      assertThatThrownBy(() -> program.put(common)).hasMessageContaining("alignment 33554432");
      repaired(program);
    }
  }

  @Test
  void nothingStaysOfAnObjectThatIsRefusedHalfWay() throws Exception {
    try (Program program = program()) {
      long atoms = program.output.status().atoms();
      long symbols = program.output.status().symbols();
      String text = "const char *g(void) { return \"a text of its own\"; }\n";
      String refused = "__attribute__((aligned(1 << 25))) void h(void) {}\n";
      for (int i = 0; i < 3; i++) {
        Path object = program.compile("g.c", text + refused);
        assertThatThrownBy(() -> program.put(object)).isInstanceOf(LinkException.class);
        assertThat(program.output.flush().ok()).isFalse();
        program.remove("g.o");
        assertThat(program.linkAndRun()).isEqualTo("1\n");
        assertThat(program.output.status().atoms()).isEqualTo(atoms);
        assertThat(program.output.status().symbols()).isEqualTo(symbols);
        program.c("g.c", text);
        program.link();
      }
      program.remove("g.o");
      program.link();
      assertThat(program.output.status().atoms()).isEqualTo(atoms);
      assertThat(program.output.status().symbols()).isEqualTo(symbols);
    }
  }

  @Test
  void compressedSectionsAreUnpackedAndComparedByContent() throws Exception {
    try (Program program = program().flags("-g")) {
      program.put(program.compile("f.c", "int f(void) { return 1; }\n", "-gz=zlib"));
      assertThat(program.linkAndRun()).isEqualTo("1\n");
      String dump = program.readelf("-wi");
      assertThat(dump).contains("f.c");
      program.put(program.compile("f.c", "int f(void) { return 1; }\n", "-gz=none"));
      assertThat(program.linkAndRun()).isEqualTo("1\n");
      program.put(program.compile("f.c", "int f(void) { return 1; }\n", "-gz=zlib"));
      assertThat(program.linkAndRun()).isEqualTo("1\n");
      assertThat(program.readelf("-wi", "-wl", "-wa")).contains("f.c").doesNotContain("arning");
      repaired(program);
    }
  }
}
