package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Relocations that a linked image keeps. */
class EmittedRelocationsLinkTest {
  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    main("value()");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void main(String result) throws Exception {
    shop.compile(
        "main.c",
        "#include <stdio.h>\nint value(void);\nint (*pointer)(void) = value;\n"
            + "static int local = 2;\nint *where = &local;\n"
            + "int main(void) { puts(\"text\"); return "
            + result
            + " + *where; }\n",
        "-g");
    shop.compile("value.c", "int value(void) { return 40; }\n");
  }

  private void link(String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("gcc", "main.o", "value.o", "-o", "program"));
    command.add("-Wl,-q");
    command.addAll(List.of(more));
    shop.ccQuietly(command.toArray(String[]::new));
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  private String relocations() throws Exception {
    return shop.tool("readelf", "-Wr", "program");
  }

  /** Address of a symbol as readelf prints places. */
  private String place(String symbol) throws Exception {
    return shop.tool("nm", "program")
        .lines()
        .filter(line -> line.endsWith(" " + symbol))
        .map(line -> line.substring(0, 16))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-pie", "-no-pie", "-static"})
  void toolsSeeTheRelocations(String kind) throws Exception {
    link(kind);
    assertThat(shop.run("program")).isEqualTo("text\nexit 42");
    assertThat(shop.tool("readelf", "-WS", "program"))
        .containsPattern("\\.rela\\.text +RELA +0+ [0-9a-f]+ [0-9a-f]+ 18 +I ")
        .contains(".rela.data", ".rela.debug_info");
    assertThat(relocations())
        .containsPattern(place("pointer") + " +[0-9a-f]+ R_X86_64_64 +" + place("value") + " value")
        .containsPattern("R_X86_64_(PLT|PC)32 +" + place("value") + " value - 4");
    assertThat(shop.tool("readelf", "-Wa", "program")).doesNotContain("Warning", "Error");

    main("pointer()");
    link(kind);
    assertThat(shop.run("program")).isEqualTo("text\nexit 42");
    assertThat(relocations())
        .containsPattern(
            place("pointer") + " +[0-9a-f]+ R_X86_64_64 +" + place("value") + " value");
  }

  @Test
  void whatIsNotInTheSymbolTableIsNamedByItsSection() throws Exception {
    link("-no-pie", "-Wl,-x");

    long local = Long.parseLong(place("where"), 16);
    assertThat(relocations())
        .containsPattern(
            "(?m)^0*" + Long.toHexString(local) + " .* R_X86_64_64 +[0-9a-f]+ \\.data \\+ ");
    assertThat(shop.tool("readelf", "-Ws", "program")).containsPattern("SECTION LOCAL .* \\.data");
  }

  @Test
  void aStrippedImageKeepsNone() throws Exception {
    link("-s");

    assertThat(shop.tool("readelf", "-WS", "program")).doesNotContain(".rela.text");
    assertThat(shop.run("program")).isEqualTo("text\nexit 42");
  }

  /** Tools that follow a relocation into an instruction have to find what is there now. */
  @Test
  void anInstructionThatWasRewrittenHasTheRelocationOfItsNewForm() throws Exception {
    shop.compile(
        "main.s",
        """
        .globl main
        main: mov value@GOTPCREL(%rip), %rax
              mov (%rax), %eax
              call *value_of@GOTPCREL(%rip)
              jmp *last@GOTPCREL(%rip)
        value_of: ret
        last: ret
        .data
        value: .long 42
        .section .note.GNU-stack, "", @progbits
        """);
    shop.compile("value.c", "int unused;\n");
    link("-pie");
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("objdump", "-d", "--disassemble=main", "program"))
        .containsPattern("lea .*<value>")
        .containsPattern("addr32 call .*<value_of>")
        .containsPattern("jmp .*<last>");
    assertThat(relocations())
        .containsPattern(field(3) + " .* R_X86_64_PC32 .* value - 4")
        .containsPattern(field(11) + " .* R_X86_64_PC32 .* value_of - 4")
        .containsPattern(field(16) + " .* R_X86_64_PC32 .* last - 4");

    link("-pie", "-Wl,--no-relax");
    assertThat(relocations()).contains("R_X86_64_REX_GOTPCRELX", "R_X86_64_GOTPCRELX");
  }

  /** The address at an offset in {@code main}, as readelf prints places. */
  private String field(long offset) throws Exception {
    return "%016x".formatted(Long.parseLong(place("main"), 16) + offset);
  }
}
