package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Linker scripts: what lies in which segment and section, and where in the file. */
class ScriptSegmentsLinkTest {

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

  private void linked(String script, String output) throws Exception {
    shop.ld(List.of("-T", script, "main.o", "-o", output));
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(shop.pool.output(shop.path(output)).verify()).isEmpty();
  }

  /** The lines of the program headers of a type. */
  private List<String> headers(String file, String type) throws Exception {
    return shop.tool("readelf", "-Wl", file)
        .lines()
        .map(String::trim)
        .filter(line -> line.startsWith(type + " "))
        .toList();
  }

  private void likeGnuLd(String script, String output, String... types) throws Exception {
    shop.tool("ld.bfd", "--no-warn-rwx-segments", "-T", script, "main.o", "-o", "gnu");
    for (String type : types) {
      assertThat(headers(output, type)).isEqualTo(headers("gnu", type));
    }
  }

  private void program(String definitions) throws Exception {
    shop.compile(
        "main.c",
        """
        %s
        void _start(void) {
          int status = value();
          __asm__ volatile("syscall" : : "a"(60), "D"(status));
        }
        """
            .formatted(definitions),
        "-ffreestanding",
        "-fno-pie",
        "-fno-asynchronous-unwind-tables",
        "-O1");
  }

  @ParameterizedTest
  @ValueSource(strings = {".bss", ".data", ".rodata*"})
  void inputsInTheSectionOfATableHaveAPlaceBehindIt(String taken) throws Exception {
    shop.write(
        "table.ld",
        """
        SECTIONS {
          . = 0x10000000 + SIZEOF_HEADERS;
          .text : { *(.text*) }
          .got : { *(.got) *(%s) }
          .iplt : { *(.plt) *(.iplt) }
          .rela.plt : { *(.rela.iplt) *(.rela.plt) *(%s) }
          .others : { *(.data*) *(.rodata*) *(.bss*) }
          /DISCARD/ : { *(.comment) *(.note*) }
        }
        """
            .formatted(taken, taken));
    String code =
        """
        extern int nothing __attribute__((weak));
        volatile int zeroes[%d]; volatile int number = %d; const volatile int constant = 5;
        static int chosen(void) { return 1; }
        static int (*choice(void))(void) { return chosen; }
        int indirect(void) __attribute__((ifunc("choice")));
        int (*volatile pointer)(void) = indirect;
        static int value(void) {
          return zeroes[1] + number + constant + (pointer != 0) + (&nothing != 0);
        }
        """;
    for (int size : new int[] {10, 3000, 20}) {
      program(code.formatted(size, size % 11));
      linked("table.ld", "table");
      assertThat(shop.run("table")).isEqualTo("exit " + (size % 11 + 6));
    }
  }

  private static final String SEGMENTS =
      """
      PHDRS { text PT_LOAD FLAGS(5); data PT_LOAD FLAGS(6); note PT_NOTE FLAGS(4); }
      SECTIONS {
        . = 0x10002000;
        .text : { *(.text*) } :text
        . = ALIGN(0x1000) + 0x1000;
        .data : { *(.data .data.first) } :data
        %s
        /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame) }
      }
      """;

  @Test
  void sectionsOfASegmentLieAsFarFromEachOtherAsTheyAreLoaded() throws Exception {
    shop.write(
        "far.ld",
        SEGMENTS.formatted(
            """
              loaded = ALIGN(0x40);
              .copy 0 : AT(loaded) { *(.data.copy) . = ALIGN(0x40); }
              behind = loaded + SIZEOF(.copy);
              .behind behind : AT(behind) { *(.data.behind) }
              .bss : AT(ADDR(.bss)) { *(.bss*) }
            """));
    String code =
        """
        extern char loaded[];
        __attribute__((section(".data.copy"))) int copied[%d] = {7};
        __attribute__((section(".data.behind"))) volatile int other = 30;
        volatile int first = 4, zero;
        static int value(void) { return *(volatile int *)loaded + other + first + zero; }
        """;
    for (int size : new int[] {3, 2000, 5}) {
      program(code.formatted(size));
      linked("far.ld", "far");
      assertThat(shop.run("far")).isEqualTo("exit 41");
      likeGnuLd("far.ld", "far", "LOAD");
    }
  }

  @Test
  void theLargestAlignmentOfASegmentDecidesWhereItBegins() throws Exception {
    shop.write("large.ld", SEGMENTS.formatted(".large : { *(.data.large) }"));
    String code =
        """
        __attribute__((section(".data.large"), aligned(0x%x))) volatile int large = 30;
        volatile int first = 4;
        static int value(void) { return large + first; }
        """;
    for (int alignment : new int[] {8, 0x2000, 0x10000}) {
      program(code.formatted(alignment));
      linked("large.ld", "large");
      assertThat(shop.run("large")).isEqualTo("exit 34");
      likeGnuLd("large.ld", "large", "LOAD");
    }
  }

  @Test
  void aSectionThatItsSegmentCannotHoldIsReportedAndCanBeRepaired() throws Exception {
    String code =
        """
        __attribute__((section(".data.low"))) volatile int low = 30;
        volatile int first = 4;
        static int value(void) { return low + first; }
        """;
    program(code);
    String low = ".low %s : { *(.data.low) }";
    shop.write("low.ld", SEGMENTS.formatted(low.formatted("0x10001000")));
    shop.ld(List.of("-T", "low.ld", "main.o", "-o", "low"));
    assertThat(String.join("\n", shop.heard.messages()))
        .contains("low.ld:7:")
        .contains("section `.low' can't be allocated in segment `data'");

    shop.write("low.ld", SEGMENTS.formatted(low.formatted("")));
    linked("low.ld", "low");
    assertThat(shop.run("low")).isEqualTo("exit 34");
  }

  @Test
  void roomThatNoInputFillsHasNoBytes() throws Exception {
    shop.write(
        "room.ld",
        """
        SECTIONS {
          . = 0x10001000;
          .text : { *(.text*) }
          . = ALIGN(0x1000);
          .data : { *(.data .data.number) }
          .stack : { . += 0x100; *(.stacked) } =0xcc
          .brk : { begin = .; . += 0x10000; *(.reserved) . = ALIGN(16); end = .; }
          /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame) }
        }
        """);
    String code =
        """
        extern char begin[], end[];
        volatile int number = 3;
        %s
        static int value(void) { return number + (end - begin >= 0x10000) + %s; }
        """;
    String reserved = "__attribute__((section(\".reserved\"))) volatile int more = 7;";
    String[][] edits = {{"", "0"}, {reserved, "more"}, {reserved, "more + 1"}};
    int[] statuses = {4, 11, 12};
    for (int i = 0; i < edits.length; i++) {
      program(code.formatted(edits[i][0], edits[i][1]));
      linked("room.ld", "room");
      assertThat(shop.run("room")).isEqualTo("exit " + statuses[i]);
      String sections = shop.tool("readelf", "-WS", "room");
      assertThat(sections).containsPattern(i == 0 ? "brk +NOBITS" : "brk +PROGBITS");
      assertThat(sections).containsPattern("stack +NOBITS").containsOnlyOnce(" .brk ");
      likeGnuLd("room.ld", "room", "LOAD");
    }
    program(code.formatted("", "0"));
    linked("room.ld", "room");
    assertThat(shop.run("room")).isEqualTo("exit 4");
  }
}
