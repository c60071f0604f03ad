package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Linker scripts in the style of firmware: where sections run, where they are loaded, what is
 * between them. Addresses and bytes are those of GNU ld.
 */
class ScriptMemoryLinkTest {
  private static final String MEMORY =
      """
      ENTRY(_start)
      MEMORY {
        FLASH (rx) : ORIGIN = 0x400000, LENGTH = 64K
        RAM (rw!x) : ORIGIN = 0x600000, LENGTH = 64K
      }
      """;

  private static final String REST = "/DISCARD/ : { *(.comment) *(.note*) *(.eh_frame) } }";

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    compile("main.c", main(5));
    compile(
        "helper.c",
        """
        int value = 7;
        char odd = 3;
        const char text[] = "abc";
        const int table[] = {1, 2};
        int zeros[30];
        int helper(int x) { return x + value + odd + zeros[x] + table[0]; }
        """);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private static String main(int number) {
    return """
        int helper(int);
        int counter = %d;
        void _start(void) { __asm__ volatile("syscall" :: "a"(60), "D"(helper(counter))); }
        """
        .formatted(number);
  }

  private void compile(String file, String text) throws Exception {
    shop.compile(
        file,
        text,
        "-O1",
        "-fno-pic",
        "-ffreestanding",
        "-ffunction-sections",
        "-fdata-sections",
        "-fcf-protection=none",
        "-fno-asynchronous-unwind-tables");
  }

  private static String[] words(String output, String... options) {
    List<String> words = new ArrayList<>(List.of("-static", "-T", "own.ld", "main.o", "helper.o"));
    words.addAll(List.of("-o", output));
    words.addAll(List.of(options));
    return words.toArray(String[]::new);
  }

  private int link(String script, String... options) throws Exception {
    shop.write("own.ld", script);
    return shop.ld(words("program", options)).status();
  }

  /** Links as both linkers do, and compares where everything is and what it contains. */
  private void linksAsGnuLd(String script, String... options) throws Exception {
    assertThat(link(script, options)).as("%s", shop.heard.messages()).isZero();
    List<String> other = new ArrayList<>(List.of("ld"));
    other.addAll(List.of(words("other", options)));
    shop.tool(other.toArray(String[]::new));
    assertThat(places("program")).isEqualTo(places("other"));
    assertThat(contents("program")).isEqualTo(contents("other"));
    assertThat(symbols("program")).isEqualTo(symbols("other"));
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  /** Name, size, address and load address of each section with contents. */
  private String places(String file) throws Exception {
    TreeSet<String> places = new TreeSet<>();
    shop.tool("objdump", "-hw", file)
        .lines()
        .map(line -> line.trim().split("\\s+"))
        .filter(words -> words.length > 6 && words[0].matches("\\d+"))
        .filter(words -> Long.parseLong(words[2], 16) > 0)
        .forEach(words -> places.add(String.join(" ", Arrays.copyOfRange(words, 1, 5))));
    return String.join("\n", places);
  }

  private String contents(String file) throws Exception {
    shop.tool("objcopy", "-O", "binary", file, file + ".bin");
    return HexFormat.of().formatHex(Files.readAllBytes(directory.resolve(file + ".bin")));
  }

  private TreeMap<String, String> symbols(String file) throws Exception {
    TreeMap<String, String> symbols = new TreeMap<>();
    shop.tool("nm", file)
        .lines()
        .map(line -> line.split(" "))
        .forEach(words -> symbols.put(words[2], words[0]));
    return symbols;
  }

  /** It was a defect of the daemon. */
  @Test
  void unwindRecordsOutOfReachOfTheirTable() throws Exception {
    shop.write("far.c", "int main(void) { return 0; } void _start(void) { main(); }");
    shop.tool("gcc", "-c", "-fasynchronous-unwind-tables", "far.c");
    shop.write(
        "far.ld",
        """
        SECTIONS {
          . = 0x400000; .text : { *(.text) } .eh_frame_hdr : { *(.eh_frame_hdr) }
          . = 1 << 63; .eh_frame : { *(.eh_frame) }
        }
        """);
    assertThat(shop.ld("--eh-frame-hdr", "-T", "far.ld", "far.o", "-o", "far").status())
        .isEqualTo(1);
    assertThat(shop.heard.messages())
        .anySatisfy(m -> assertThat(m).contains(".eh_frame is out of reach of .eh_frame_hdr"))
        .noneSatisfy(m -> assertThat(m).contains("defect"));
  }

  private void edit() throws Exception {
    compile("main.c", main(6));
  }

  @Test
  void sectionsAreLoadedWhereGnuLdLoadsThem() throws Exception {
    String script =
        MEMORY
            + """
            SECTIONS {
              .text : { *(.text .text.*) BYTE(1) } >FLASH
              .rodata : { *(.rodata*) BYTE(1) } >FLASH
              load = LOADADDR(.data);
              .data : ALIGN(64) { first = .; *(.data.*) last = .; } >RAM AT>FLASH
              .more : ALIGN_WITH_INPUT { LONG(5) . = ALIGN(32); } >RAM AT>FLASH
              .same : { LONG(5) } >RAM
              .bss : { *(.bss*) *(COMMON) } >RAM
              .last : { LONG(7) } >FLASH
            """
            + REST;
    linksAsGnuLd(script);
    edit();
    linksAsGnuLd(script);
    linksAsGnuLd(script.replace("ALIGN(64)", ""));
  }

  @Test
  void sectionsWithoutARegionGoWhereTheirKindBelongs() throws Exception {
    String script =
        MEMORY
            + """
            SECTIONS {
              .text : { *(.text .text.*) }
              .data : { *(.data.*) }
              .rodata : { *(.rodata*) }
              .bss : { *(.bss*) *(COMMON) }
            """
            + REST;
    linksAsGnuLd(script);
    assertThat(symbols("program").get("table")).startsWith("00000000004000");
    edit();
    linksAsGnuLd(script);
  }

  @Test
  void gapsContainWhatTheScriptSays() throws Exception {
    String script =
        MEMORY
            + """
            SECTIONS {
              .text : {
                *(.text .text.*) . = ALIGN(64); BYTE(1)
                FILL(0xdeadbeef) . += 10; FILL(0xAB) . += 5; FILL(300) . += 6; FILL(0x123) . += 4;
                SQUAD(-1)
              } >FLASH =0x90
              .rodata : { FILL(0xff) *(.rodata*) . = ALIGN(256); } >FLASH
              .data : SUBALIGN(32) { *(.data .data.*) } >RAM AT>FLASH =0xffee
              .bss : { *(.bss*) } >RAM
            """
            + REST;
    linksAsGnuLd(script);
    edit();
    linksAsGnuLd(script);
  }

  @Test
  void whatIsLoadedHasToFitToo() throws Exception {
    String script =
        MEMORY.replaceFirst("64K", "0x80")
            + """
            SECTIONS {
              .text : { *(.text .text.*) *(.rodata*) } >FLASH
              .data : { *(.data.*) . += 0x100; } >RAM AT>FLASH
              .bss : { *(.bss*) } >RAM
            """
            + REST;
    assertThat(link(script)).isEqualTo(1);
    assertThat(shop.heard.messages().toString())
        .contains("section `.data' will not fit in region `FLASH': region `FLASH' overflowed by");
  }

  @Test
  void sectionsAtOneAddressAreReported() throws Exception {
    String script =
        """
        ENTRY(_start)
        SECTIONS {
          .text 0x401000 : { *(.text .text.*) }
          .data 0x401020 : AT(0x500000) { *(.data.*) }
          .bss 0x600000 : { *(.bss*) }
        """
            + REST;
    assertThat(link(script)).isEqualTo(1);
    assertThat(shop.heard.messages().toString())
        .containsPattern("section .data VMA \\[.*] overlaps section .text VMA \\[");
  }

  @Test
  void filesAreNamedAsOnTheCommandLine() throws Exception {
    linksAsGnuLd(
        """
        ENTRY(_start)
        SECTIONS {
          . = 0x401000;
          .text : { helper.o(.text.*) *(EXCLUDE_FILE(main.o) .text.*) *(.text.*) }
          .rodata : { *(.rodata*) }
          .data : { main.o(.data.*) *(.data.*) }
          .bss : { *(.bss*) }
        """
            + REST);
    assertThat(symbols("program").get("helper")).isEqualTo("0000000000401000");
  }

  @Test
  void symbolsBehindASectionMeanItsEnd() throws Exception {
    String script =
        """
        ENTRY(_start)
        SECTIONS {
          . = 0x401000;
          .text : { *(.text._start) } _etext = .; size = SIZEOF(.text);
          .rodata : { *(.rodata.table) } ends = .;
          . = ALIGN(0x1000);
          .data : { *(.data.value) } _edata = .;
          .bss : { *(.bss*) }
        """
            + REST;
    linksAsGnuLd(script);
    edit();
    linksAsGnuLd(script);
  }

  @Test
  void aSectionThatNoStatementTakesJoinsTheOneWithItsName() throws Exception {
    compile(
        "helper.c",
        "int helper(int x) { return x; } int plain __attribute__((section(\".data\"))) = 4;");
    linksAsGnuLd(
        """
        ENTRY(_start)
        SECTIONS {
          . = 0x401000;
          .text : { *(.text._start) }
          .data : { *(.data.counter) }
          .bss : { *(.bss*) }
        """
            + REST);
    assertThat(shop.tool("objdump", "-hw", "program").lines().filter(l -> l.contains(" .data ")))
        .hasSize(1);
  }

  @Test
  void collectedSectionsStandInTheOrderOfTheirFile() throws Exception {
    compile(
        "helper.c",
        """
        int one = 1, two = 2, three = 3, four = 4, unused = 5;
        int helper(int x) { return x + four + two + one + three; }
        """);
    String script =
        """
        ENTRY(_start)
        SECTIONS {
          . = 0x401000;
          .text : { *(.text.*) }
          .data : { *(.data.*) }
        """
            + REST;
    linksAsGnuLd(script, "--gc-sections");
    edit();
    linksAsGnuLd(script, "--gc-sections");
  }

  @Test
  void segmentsThatNobodyDeclaresAreReported() throws Exception {
    String script =
        """
        ENTRY(_start)
        PHDRS { code PT_LOAD; code PT_LOAD; }
        SECTIONS {
          .text 0x401000 : { *(.text .text.*) } :code
          .data 0x402000 : { *(.data.*) *(.rodata*) } :code :nope
          .bss 0x600000 : { *(.bss*) } :code
        """
            + REST;
    assertThat(link(script)).isEqualTo(1);
    assertThat(shop.heard.messages().toString())
        .contains("section `.data' assigned to non-existent phdr `nope'");
    assertThat(link(script.replace(":nope", ""))).as("%s", shop.heard.messages()).isZero();
  }

  @Test
  void namesThatAreDeclaredTwiceAreReported() throws Exception {
    String script =
        """
        ENTRY(_start)
        PHDRS { code PT_LOAD; code PT_LOAD; note PT_NOTE; }
        MEMORY { ram : ORIGIN = 0x401000, LENGTH = 64K }
        MEMORY { ram : ORIGIN = 0x501000, LENGTH = 64K }
        SECTIONS {
          .text : { *(.text .text.*) } >ram :code
          .data : { *(.data.*) *(.rodata*) } >ram
          .bss : { *(.bss*) } >ram
        """
            + REST;
    for (int i = 0; i < 2; i++) {
      assertThat(link(script)).isZero();
      assertThat(shop.heard.messages())
          .satisfiesExactlyInAnyOrder(
              m -> assertThat(m).contains("ld:4:10: redeclaration of memory region `ram'"),
              m -> assertThat(m).contains("ld:2:23: redeclaration of phdr `code'"));
      assertThat(shop.tool("readelf", "-WS", "program")).contains(" 0000000000501000 ");
    }

    assertThat(link(script.replace("PT_NOTE", "PT_NOTES"))).isEqualTo(1);
    assertThat(shop.heard.messages().toString())
        .contains("unknown phdr type `PT_NOTES' (try integer literal)");
  }
}
