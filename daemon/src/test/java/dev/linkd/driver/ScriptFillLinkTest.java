package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a script has in the gaps of a section, and how it aligns inputs, compared with GNU ld. */
class ScriptFillLinkTest {
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

  /** Address and alignment of the section with variables, and the bytes of both. */
  private String image(String program) throws Exception {
    shop.tool("objcopy", "-O", "binary", "-j", ".text", "-j", ".data", program, "bytes");
    String header =
        shop.tool("readelf", "-SW", program)
            .lines()
            .filter(line -> line.contains(" .data "))
            .map(line -> line.replaceAll(".*PROGBITS +(\\S+) \\S+ (\\S+) .* (\\d+)$", "$1 $2 $3"))
            .findFirst()
            .orElseThrow();
    return header + " " + HexFormat.of().formatHex(Files.readAllBytes(shop.path("bytes")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ FILL(0xaa) a.o(.data*) FILL(0xbb) b.o(.data*) FILL(0xcc) . = ALIGN(64); }",
        "{ a.o(.data*) FILL(0xaabbccdd) . = ALIGN(16); b.o(.data*) . += 5; FILL(0x11) . = ALIGN(32);"
            + " }",
        "{ BYTE(1) FILL(0xEE) *(.data*) LONG(2) . = ALIGN(16); } =0x77",
        "{ *(.data.x) FILL(0x1234) *(.data*) } =0x77",
        "SUBALIGN(2) { *(.data*) . = 0x81; } =0xDEAD",
        "SUBALIGN(32) { *(.data*) } =0x12345678",
        "SUBALIGN(1) { *(.data*) FILL(0x99) . = ALIGN(8); }",
      })
  void gapsAndPlacesAreThoseOfGnuLd(String body) throws Exception {
    shop.write(
        "own.ld",
        "ENTRY(_start) SECTIONS { . = 0x400000; .text : { *(.text) } .data : "
            + body
            + " /DISCARD/ : { *(.note*) } }");
    String data =
        ".section .data.x,\"aw\"\n.balign 8\n.byte 7\n.data\n.balign %d\n.rept %d\n.byte 1\n"
            + ".endr\n";
    for (int size : new int[] {3, 21, 4}) {
      shop.compile("a.s", ".globl _start\n.text\n_start: ret\n" + data.formatted(16, size));
      shop.compile("b.s", data.formatted(8, 2) + ".data\n.quad _start\n");
      shop.tool("ld.bfd", "-o", "gnu", "-T", "own.ld", "a.o", "b.o");
      assertThat(shop.ld("-o", "program", "-T", "own.ld", "a.o", "b.o").status()).isZero();
      assertThat(image("program")).isEqualTo(image("gnu"));
      assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
    }
  }

  @Test
  void whatIsNeededLateIsAlignedLikeTheRest() throws Exception {
    String collection = "--gc-sections";
    shop.write(
        "own.ld",
        "ENTRY(_start) SECTIONS { . = 0x400000; .text : { *(.text) }"
            + " .data : SUBALIGN(2) { *(.data.*) } /DISCARD/ : { *(.note*) } }");
    String data = ".section .data.%s,\"aw\"\n.balign 16\n%s: .byte 1\n";
    shop.compile("b.s", data.formatted("x", "x") + data.formatted("y", "y") + ".globl x, y\n");
    for (String used : new String[] {"x", "x - y"}) {
      String code = ".globl _start\n.text\n_start: ret\n.quad " + used.replace(" - ", ", ");
      shop.compile("a.s", code + "\n");
      shop.tool("ld.bfd", "-o", "gnu", collection, "-T", "own.ld", "a.o", "b.o");
      assertThat(shop.ld("-o", "program", collection, "-T", "own.ld", "a.o", "b.o").status())
          .isZero();
      assertThat(image("program")).isEqualTo(image("gnu"));
      assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
    }
  }
}
