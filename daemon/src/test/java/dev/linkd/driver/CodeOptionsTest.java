package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options that decide on instructions. */
class CodeOptionsTest {
  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() {
    shop = new Workshop(directory);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void referencesThroughTheTableBecomeDirectUnlessForbidden() throws Exception {
    shop.compile(
        "main.s",
        """
        .globl main
        main: mov value@GOTPCREL(%rip), %rax
              mov (%rax), %eax
              add other@GOTPCREL(%rip), %rax
              call *half@GOTPCREL(%rip)
              ret
        half: shr $1, %eax
              ret
        .data
        value: .long 84
        .globl other
        .set other, 0
        .section .note.GNU-stack, "", @progbits
        """);
    String[] link = {"gcc", "-pie", "main.o", "-o", "program"};

    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("objdump", "-d", "--disassemble=main", "program"))
        .contains("lea ")
        .contains("addr32 call")
        .doesNotContain("call   *");

    shop.ccQuietly("gcc", "-pie", "main.o", "-o", "program", "-Wl,--no-relax");
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("objdump", "-d", "--disassemble=main", "program"))
        .contains("call   *")
        .doesNotContain("lea ");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();

    assertThat(shop.ccQuietly("gcc", "-pie", "main.o", "-o", "program", "-Wl,--relax"))
        .matches(exit -> exit.startOverReason().equals("OPTIONS_CHANGED"));
    assertThat(shop.tool("objdump", "-d", "--disassemble=main", "program")).contains("lea ");
  }

  /** The data is larger than what instructions reach; the table is near. */
  @Test
  void whatIsTooFarAwayKeepsItsSlot() throws Exception {
    String arrays = "char first[SIZE];\nchar second[1000];\n";
    shop.compile("arrays.c", arrays.replace("SIZE", "3000000000"), "-fPIC");
    shop.compile(
        "main.c",
        """
        extern char first[], second[];
        int main(void) { second[1] = 40; first[1] = 2; return second[1] + first[1]; }
        """,
        "-fPIC",
        "-mno-red-zone");
    String[] link = {"gcc", "main.o", "arrays.o", "-o", "program"};
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();

    shop.compile("arrays.c", arrays.replace("SIZE", "3000"), "-fPIC");
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit 42");
    shop.compile("arrays.c", arrays.replace("SIZE", "4000000000"), "-fPIC");
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }
}
