package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --section-order}. */
class SectionOrderLinkTest {
  private static final String MAIN =
      """
      #include <stdio.h>
      __attribute__((section(".fast"))) int fast(int x) { return x + 1; }
      __attribute__((section(".later"))) char later[256] = {1};
      extern char text_begins[], __ehdr_start[];
      int value = 40;
      int main(void) {
        printf("%d %d\\n", text_begins <= (char *)main, __ehdr_start[1] == 'E');
        return fast(value) + EXTRA;
      }
      """;

  private static final String HEADERS_APART =
      "=0x200000 EHDR %0x20 !constants RODATA =0x300000 PHDR %4096 !behind =0x400000 .fast"
          + " !text_begins TEXT DATA BSS =0x708000 noinit:.later";

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

  private void compile(String extra) throws Exception {
    shop.compile("main.c", MAIN.replace("EXTRA", extra), "-fno-pic");
  }

  private void link(String order) throws Exception {
    shop.ccQuietly("gcc", "-no-pie", "main.o", "-Wl,--section-order=" + order, "-o", "program");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  private String read(String option) throws Exception {
    return shop.tool("readelf", "-W", option, "program");
  }

  @Test
  void sectionsAndHeadersAreWhereTheOrderSays() throws Exception {
    compile("1");
    link(HEADERS_APART);
    assertThat(shop.run("program")).isEqualTo("1 1\nexit 42");
    assertThat(read("-S"))
        .containsPattern("\\.fast +PROGBITS +0*400000 ")
        .containsPattern("\\.later +NOBITS +0*708000 ");
    assertThat(read("-s"))
        .containsPattern("\\b0*200000 .* __ehdr_start\n")
        .containsPattern("\\b0*200040 .* constants\n")
        .containsPattern("\\b0*301000 .* behind\n");
    assertThat(read("-l"))
        .containsPattern("PHDR +\\S+ 0x0*300000 ")
        .containsPattern("LOAD +\\S+ 0x0*400000 .* R E ")
        .doesNotContain("RWE");

    StringBuilder more = new StringBuilder("1 + (puts(\"more\") > 0)");
    for (int i = 0; i < 500; i++) {
      more.append("+ (value == ").append(i).append(" ? puts(\"").append(i).append("\") : 0)");
    }
    compile(more.toString());
    link(HEADERS_APART);
    assertThat(shop.run("program")).isEqualTo("1 1\nmore\n40\nexit 46");
    assertThat(read("-s")).containsPattern("\\b0*301000 .* behind\n");

    compile("1");
    link(HEADERS_APART);
    assertThat(shop.run("program")).isEqualTo("1 1\nexit 42");
  }

  @Test
  void groupsCanComeInAnyOrder() throws Exception {
    compile("1");
    link("=0x100000 EHDR PHDR !text_begins TEXT .fast DATA .later BSS RODATA");
    assertThat(shop.run("program")).isEqualTo("1 1\nexit 42");
    assertThat(read("-l")).containsPattern("PHDR +\\S+ 0x0*100040 ").doesNotContain("RWE");
    link("=0x100000 EHDR PHDR RODATA DATA .later BSS =0x800000 !text_begins TEXT .fast");
    assertThat(shop.run("program")).isEqualTo("1 1\nexit 42");
  }

  /** Sections that have an address for themselves, and physical ones from another base. */
  @Test
  void theFirstSegmentIsAtThePhysicalBase() throws Exception {
    shop.compile("flat.c", "int value = 1; void _start(void) { value++; }", "-fno-pic");
    shop.ld(
        "flat.o",
        "-o",
        "program",
        "--physical-image-base=0x10000",
        "--section-order==0x800000 TEXT RODATA =0x900000 DATA BSS");
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(read("-l"))
        .containsPattern("LOAD +\\S+ 0x0*800000 0x0*10000 .* R E ")
        .containsPattern("LOAD +\\S+ 0x0*900000 0x0*110000 .* RW ")
        .doesNotContain("PHDR");
  }

  @Test
  void notesBesideEachOtherAreOneSegment() throws Exception {
    shop.compile(
        "notes.s",
        """
        .globl _start
        _start: nop
        .section .note.a, "a", @note
        .p2align 2
        .quad 42
        .section .note.b, "a", @note
        .p2align 2
        .quad 42
        """,
        "-Wa,-mx86-used-note=no");
    shop.ld("notes.o", "-o", "program", "--section-order=.note.a .note.b TEXT DATA BSS RODATA");
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(read("-l")).containsOnlyOnce(" NOTE ").contains(" .note.a .note.b \n");
  }

  @Test
  void faultsInTheOrderAreNamed() throws Exception {
    compile("1");
    for (String order : new String[] {"HEAP", "=zero TEXT", "%3 TEXT", "!1x TEXT", "a*b"}) {
      assertThat(shop.ld("main.o", "--section-order=" + order, "-o", "p").status()).isEqualTo(1);
      assertThat(shop.heard.messages())
          .as(order)
          .singleElement()
          .asString()
          .contains("section-order");
    }
  }
}
