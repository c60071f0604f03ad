package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators of a linker script make of addresses, and in which section that is. */
class ScriptOperatorsLinkTest {
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

  private static final String SCRIPT =
      """
      ENTRY(code)
      SECTIONS
      {
        . = 0x400000;
        .text : { *(.text) }
        . = 0x500000;
        .own : {
          *(.own)
          log = LOG2CEIL(.); both = code && own; either = code || own; apart = code && ADDR(.own);
          no = !own8; still = !ADDR(.text); gap = own8 - code;
        }
        . = 0x600000;
        .data : { *(.data) }
        alias = code8; end = ADDR(.own) + SIZEOF(.own); never = !code8; minus = -own8;
        logs = LOG2CEIL(data8); none = data && data8; all = data8 && data8; greatest = MAX(8, own8);
        later = .;
        /DISCARD/ : { *(*) }
      }
      """;

  private void link(int before) throws Exception {
    shop.compile(
        "main.s",
        """
        .text
        .globl code, code8
        .zero %d
        code: .zero 8
        code8: .zero 24
        .section .own,"aw"
        .globl own, own8
        own: .zero 8
        own8: .zero 8
        .data
        .globl data, data8
        data: .zero 8
        data8: .zero 8
        """
            .formatted(before));
    shop.write("own.ld", SCRIPT);
    int status = shop.ld("-T", "own.ld", "main.o", "-o", "program").status();
    assertThat(status).as("%s", shop.heard.messages()).isZero();
  }

  /** Value and section of a symbol. */
  private void is(String symbol, String value, String section) throws Exception {
    String line =
        shop.tool("objdump", "-t", "program")
            .lines()
            .filter(text -> text.endsWith(" " + symbol))
            .findFirst()
            .orElseThrow();
    assertThat(line).as(symbol).matches("0*" + value + " .* " + section + "\\t.*");
  }

  @Test
  void operatorsWorkOnOffsetsAsInGnuLd() throws Exception {
    link(0);
    is("log", "500004", "\\.own");
    is("both", "500001", "\\.own");
    is("either", "500001", "\\.own");
    is("apart", "500001", "\\.own");
    is("no", "500000", "\\.own");
    is("still", "400001", "\\.text");
    is("gap", "600008", "\\.own");
    is("never", "400000", "\\.text");
    is("minus", "4ffff8", "\\.own");
    is("logs", "3", "\\*ABS\\*");
    is("none", "0", "\\*ABS\\*");
    is("all", "1", "\\*ABS\\*");
    is("greatest", "500008", ".*");
  }

  @Test
  void aSymbolIsInTheSectionOfThatWhichItIsMadeOf() throws Exception {
    link(0);
    is("alias", "400008", "\\.text");
    is("end", "500010", "\\.own");
    is("later", "600010", "\\.data");

    link(0x40);
    is("alias", "400048", "\\.text");
    is("gap", "5fffc8", "\\.own");
    is("later", "600010", "\\.data");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }
}
