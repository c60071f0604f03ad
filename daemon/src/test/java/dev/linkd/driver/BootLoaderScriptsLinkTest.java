package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What scripts of boot loaders do, compared with GNU ld. */
class BootLoaderScriptsLinkTest {
  private static final String HEAD =
      "ENTRY(_start) SECTIONS { . = 0x400000; .text : { *(.text*) } ";

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

  private void compile(int size) throws Exception {
    shop.compile(
        "a.s",
        """
        .globl _start, zeros
        .text
        _start: ret
        .bss
        zeros: .zero %d
        .data
        .rept %d
        .quad zeros, __bss_limit, __rel_dyn_start, __bss_base, __rel_dyn_end
        .endr
        .section .__bss_start,"a"
        .globl __bss_start
        __bss_start:
        .section .__bss_end,"a"
        .globl __bss_end
        __bss_end:
        """
            .formatted(100 * size, size));
  }

  private String symbols(String program) throws Exception {
    return shop.tool("nm", program)
        .lines()
        .map(line -> line.replaceAll(" \\S ", " "))
        .filter(line -> line.contains(" __") || line.contains(" zeros"))
        .sorted()
        .collect(Collectors.joining("\n"));
  }

  private String relocations(String program) throws Exception {
    return shop.tool("readelf", "-rW", program)
        .replaceAll("(?m)^(readelf: |Reloc).*\n", "")
        .strip();
  }

  /** Zeros overlay the relocations that are applied before anything needs the zeros. */
  @ParameterizedTest
  @ValueSource(strings = {"-pie", "-no-pie"})
  void zerosOverlayRelocations(String kind) throws Exception {
    shop.write(
        "own.ld",
        HEAD
            + """
              .data : { *(.data*) }
              . = ALIGN(4);
              __image_copy_end = .;
              .rel_dyn_start : { __rel_dyn_start = .; }
              .rela.dyn : { *(.rela*) }
              .rel_dyn_end : { __rel_dyn_end = .; }
              .bss_start __rel_dyn_start (OVERLAY) : { KEEP(*(.__bss_start)); __bss_base = .; }
              .bss __bss_base (OVERLAY) : { *(.bss*) . = ALIGN(4); __bss_limit = .; }
              .bss_end __bss_limit (OVERLAY) : { KEEP(*(.__bss_end)); }
              /DISCARD/ : { *(.dynsym) *(.dynstr*) *(.dynamic*) *(.plt*) *(.interp*) *(.gnu*) }
            }
            """);
    for (int size : new int[] {1, 7, 2}) {
      compile(size);
      String[] words = {kind, "--no-dynamic-linker", "-T", "own.ld", "a.o", "-o", "gnu"};
      shop.tool("ld.bfd", words[0], words[1], words[2], words[3], words[4], "-o", "gnu");
      words[6] = "program";

      assertThat(shop.ld(words).status()).as("%s", shop.heard.messages()).isZero();

      assertThat(shop.heard.messages()).isEmpty();
      assertThat(symbols("program")).isEqualTo(symbols("gnu"));
      assertThat(relocations("program")).isEqualTo(relocations("gnu"));
      assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
    }
  }

  /** Debug information and the like goes to sections at address 0, under their names. */
  @Test
  void whatIsNotLoadedIsRenamed() throws Exception {
    shop.write(
        "own.ld",
        HEAD + ".data : { *(.data*) } .log (INFO) : { *(.log.*) } .words 0 : { *(.w1) *(.w2) } }");
    for (String text : new String[] {"one", "longer"}) {
      String words = ".section .w1\n.ascii \"%s\"\n.section .w2\n.ascii \"two\"\n".formatted(text);
      shop.compile(
          "a.s", ".globl _start\n_start: ret\n" + words + ".section .log.x\n.ascii \"logged\"\n");

      assertThat(shop.ld("-T", "own.ld", "a.o", "-o", "program").status()).isZero();

      assertThat(shop.heard.messages()).isEmpty();
      assertThat(shop.tool("readelf", "-p", ".words", "-p", ".log", "program"))
          .contains(text + "two", "logged");
      assertThat(shop.tool("readelf", "-SW", "program"))
          .doesNotContain(" .w1 ", " .w2 ", " .log.x ");
      assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    ":NONE, :a, 0, 'warning: own.ld:1:95: allocated section `.data'' not in segment'",
    "'', '', 1, 'error: own.ld:1:9: no sections assigned to phdrs'",
    "'', :a, 0, ''",
  })
  void sectionsAreInTheSegmentsOfPhdrs(String data, String constants, int status, String message)
      throws Exception {
    shop.write(
        "own.ld",
        "PHDRS { n PT_NOTE; a PT_LOAD; } "
            + HEAD
            + " .data : { *(.data*) } "
            + data
            + " .rodata : { *(.rodata) } "
            + constants
            + " }");
    shop.compile("a.s", ".globl _start\n_start: ret\n.data\n.byte 1\n.section .rodata\n.byte 2\n");

    assertThat(shop.ld("-T", "own.ld", "a.o", "-o", "program").status()).isEqualTo(status);

    String heard = String.join("\n", shop.heard.messages());
    if (message.isEmpty()) {
      assertThat(heard).isEmpty();
    } else {
      assertThat(heard).startsWith(message);
    }
    if (status == 0) {
      assertThat(shop.tool("readelf", "-lW", "program"))
          .containsPattern("01 +\\.text (\\.data )?\\.rodata \n");
    }
  }
}
