package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.output.FlushResult;
import dev.linkd.output.OutputKind;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrays of gigabytes come and go: what was too far away because of them is in reach again. */
class OutOfReachTest {

  private static final String GIGABYTES = "3UL << 30";

  @TempDir Path directory;

  private Program program;

  @BeforeEach
  void open() throws Exception {
    program = Program.withLibc(directory, OutputKind.PIE).flags("-fdata-sections");
    program.c(
        "main.c",
        """
        #include <stdio.h>
        int use(int value);
        int added(void);
        int main(void) { printf("%d %d\\n", use(3), added()); return 0; }
        """);
    large("10");
    program.c("added.c", "int added(void) { return 1; }\n");
    assertThat(program.linkAndRun()).isEqualTo("3 1\n");
  }

  @AfterEach
  void close() {
    program.close();
  }

  private void large(String bytes) throws Exception {
    program.c(
        "large.c",
        "char large[%s]; int use(int value) { large[7] = value; return large[7]; }\n"
            .formatted(bytes));
  }

  @Test
  void anArrayOfGigabytesGoesBehindEverythingElse() throws Exception {
    large(GIGABYTES);
    program.c("added.c", "int counter, more[9]; int added(void) { return ++counter + more[1]; }\n");
    assertThat(program.linkAndRun()).isEqualTo("3 1\n");
    large("11");
    assertThat(program.linkAndRun()).isEqualTo("3 1\n");
    assertThat(zeros()).isLessThan(17L << 20);
  }

  /** One of the two is out of reach whatever their order. */
  @Test
  void whatWasAddedBehindTwoArraysReturnsWhenOneGoes() throws Exception {
    large(GIGABYTES);
    program.c(
        "added.c",
        """
        char second[%s]; int counter, more[999];
        int added(void) { second[3] = 1; return ++counter + more[1]; }
        """
            .formatted(GIGABYTES));
    FlushResult result = program.output.flush();
    assertThat(result.published()).isFalse();
    assertThat(result.diagnostics())
        .isNotEmpty()
        .extracting(Diagnostic::code)
        .containsOnly(Code.RELOCATION_OVERFLOW);
    assertThat(program.run()).isEqualTo("3 1\n");

    program.c("large.c", "int use(int value) { return value + 1; }\n");
    assertThat(program.linkAndRun()).isEqualTo("4 1\n");
  }

  /** Nothing is out of reach, but who runs the program would have to have the gigabytes. */
  @Test
  void theRoomOfAnArrayThatShrinksIsGivenBack() throws Exception {
    program.c("added.c", "static int far[99]; int *where = far; int added(void) { return 1; }\n");
    large("40UL << 20");
    assertThat(program.linkAndRun()).isEqualTo("3 1\n");
    program.c("more.c", "static int more[99]; int *there = more;\n");
    assertThat(program.linkAndRun()).isEqualTo("3 1\n");

    large("12");
    assertThat(program.linkAndRun()).isEqualTo("3 1\n");
    assertThat(program.output.verify()).isEmpty();
    assertThat(zeros()).isBetween(1L, 17L << 20);
  }

  /** Bytes of zeros that the program takes. */
  private long zeros() throws Exception {
    String size = Program.command(directory, "size", "-A", program.path.toString());
    return size.lines()
        .filter(line -> line.startsWith(".bss"))
        .mapToLong(line -> Long.parseLong(line.trim().split(" +")[1]))
        .sum();
  }

  /** Common symbols have a section of their own behind the zeros that grew. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCommonSymbolIsNotFarBehindWhatWasAbsurd(boolean flushed) throws Exception {
    program.c("zeros.s", zeros("0xc800000000"));
    if (flushed) {
      program.output.flush();
    }
    program.c("zeros.s", zeros("8"));
    if (flushed) {
      assertThat(program.linkAndRun()).isEqualTo("3 1\n");
    }
    program.flags("-fcommon");
    program.c("added.c", "int common[99]; int added(void) { return 1 + common[3]; }\n");
    assertThat(program.linkAndRun()).isEqualTo("3 1\n");
  }

  private static String zeros(String bytes) {
    return ".bss\n .zero " + bytes + "\n.section .note.GNU-stack, \"\", @progbits\n";
  }

  /** Data of the large code model takes addresses only; comparing it must not take memory. */
  @Test
  void aProgramWithVeryLargeZeroesIsVerified() throws Exception {
    program.c(
        "added.s",
        """
        .globl added
        .text
        added: mov $1, %eax
          ret
        .section .lbss, "awl", @nobits
        far: .zero 0x2000000000
        .section .note.GNU-stack, "", @progbits
        """);
    assertThat(program.output.flush().published()).isTrue();
    assertThat(program.output.verify()).isEmpty();
  }
}
