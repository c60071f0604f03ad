package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Code;
import dev.linkd.output.FlushResult;
import dev.linkd.output.OutputKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** So many relocations that they are applied by several threads. */
class PlainRelocationsTest {

  private static final int COUNT = 120_000;

  private static final String MAIN =
      """
      __thread int before = 1; __thread int counted = 2;
      static void (*resolve(void))(void) { return 0; }
      void chosen(void) __attribute__((ifunc("resolve")));
      int first(void) { return 1; }
      int second(void) { return 2; }
      int main(void) { return first() + second() + before + counted - 6; }
      """;

  /** Lists of addresses, with some entries that are more than an address. */
  private static final String LISTS =
      """
      .weak absent
      .section .debug_list,"",@progbits
      .rept COUNT
      .quad first
      .quad second + 1
      .endr
      .section .debug_other,"",@progbits
      .quad before@dtpoff
      .quad counted@dtpoff
      .quad chosen
      .quad absent
      .long first
      .quad FIXED + 2
      .set FIXED, 40
      .globl FIXED
      """;

  @TempDir Path directory;

  private Path assemble(String text) throws Exception {
    Files.writeString(directory.resolve("lists.s"), text.replace("COUNT", "" + COUNT));
    Program.command(directory, "gcc", "-c", "lists.s");
    return directory.resolve("lists.o");
  }

  private static String address(Program program, String symbol) throws Exception {
    return program
        .readelf("-s", "-W")
        .lines()
        .map(line -> line.trim().split("\\s+"))
        .filter(words -> words.length > 7 && words[7].equals(symbol))
        .map(words -> words[1])
        .findFirst()
        .orElseThrow();
  }

  /** The words of a section, as numbers of 16 digits. */
  private String words(String section) throws Exception {
    String[] copy = {
      "objcopy",
      "--only-section=" + section,
      "--set-section-flags",
      section + "=alloc",
      "-O",
      "binary",
      "program",
      "words"
    };
    Program.command(directory, copy);
    return Program.command(directory, "od", "-A", "n", "-v", "-w8", "-t", "x8", "words");
  }

  private void check(Program program) throws Exception {
    long first = Long.parseLong(address(program, "first"), 16);
    long second = Long.parseLong(address(program, "second"), 16);
    List<String> list = words(".debug_list").lines().map(String::trim).toList();
    assertThat(list).hasSize(2 * COUNT);
    assertThat(list.stream().distinct())
        .containsExactly("%016x".formatted(first), "%016x".formatted(second + 1));
  }

  @Test
  void theyHoldTheAddressesOfWhatTheyReferTo() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.DYNAMIC_EXECUTABLE)) {
      program.flags("-ffunction-sections");
      program.c("main.c", MAIN);
      program.put(assemble(LISTS));
      assertThat(program.linkAndRun()).isEmpty();
      check(program);
      List<String> other = words(".debug_other").lines().map(String::trim).toList();
      assertThat(other.get(0)).isEqualTo(address(program, "before"));
      assertThat(other.get(1)).isEqualTo(address(program, "counted"));
      assertThat(other.get(0)).isNotEqualTo(other.get(1));
      assertThat(other.get(2)).isNotEqualTo("%016x".formatted(0));
      assertThat(other.get(3)).isEqualTo("%016x".formatted(0));

      program.c("main.c", MAIN.replace("return 1;", "__asm__(\".fill 900, 1, 0x90\"); return 1;"));
      assertThat(program.linkAndRun()).isEmpty();
      check(program);
    }
  }

  @Test
  void whatDoesNotFitIsReported() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.DYNAMIC_EXECUTABLE)) {
      program.c("main.c", MAIN);
      program.put(assemble(LISTS + ".long first + 0x100000000\n"));
      FlushResult result = program.output.flush();
      assertThat(result.published()).isFalse();
      assertThat(result.diagnostics())
          .singleElement()
          .matches(d -> d.code() == Code.RELOCATION_OVERFLOW);
      program.put(assemble(LISTS));
      assertThat(program.linkAndRun()).isEmpty();
      check(program);
    }
  }

  /** Calls, distances to data, and between them a sequence that is rewritten. */
  private static final String CALLS =
      """
      .globl work, __tls_get_addr
      .section .text.work,"ax",@progbits
      work:
      push %rbx
      .rept COUNT / 2
      call first
      incl seen(%rip)
      .endr
      data16 lea counted@tlsgd(%rip), %rdi
      .value 0x6666
      rex64
      call __tls_get_addr@PLT
      movl (%rax), %eax
      pop %rbx
      ret
      .bss
      .globl seen
      seen: .long 0
      """;

  private static final String CALLER =
      """
      #include <stdio.h>
      __thread int before = 1; __thread int counted = 42;
      extern int seen;
      int work(void);
      static int calls;
      void first(void) { calls++; }
      int main(void) { int value = work(); printf("%d %d %d\\n", calls, seen, value); return 0; }
      """;

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"DYNAMIC_EXECUTABLE", "PIE"})
  void callsLeadToWhereFunctionsAre(OutputKind kind) throws Exception {
    try (Program program = Program.withLibc(directory, kind)) {
      program.flags("-ffunction-sections", "-fPIE");
      program.c("main.c", CALLER);
      program.put(assemble(CALLS));
      String expected = COUNT / 2 + " " + COUNT / 2 + " 42\n";
      assertThat(program.linkAndRun()).isEqualTo(expected);
      program.c("main.c", CALLER.replace("calls++;", "calls++; __asm__(\".fill 900, 1, 0x90\");"));
      assertThat(program.linkAndRun()).isEqualTo(expected);
    }
  }
}
