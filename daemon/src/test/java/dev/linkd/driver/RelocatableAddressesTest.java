package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections of an object of objects that a script or an option gives addresses, as GNU ld does. */
class RelocatableAddressesTest {
  /** Sections that the script does not name would reset the location counter of GNU ld. */
  private static final String REST = "/DISCARD/ : { *(.text .data .bss) } ";

  private static final String CODE = ".code : { *(.code*) } ";
  private static final String DATA = ".values : { *(.values*) } ";
  private static final String ROOM = ".room : { *(.room) } ";

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("one.s", one(5));
    shop.compile(
        "two.s",
        """
        .section .code.b, "ax"
        .balign 16
        .globl second
        second: nop
        .section .values, "aw"
        .balign 8
        .globl pointer
        pointer: .quad second
        .section .room, "aw", @nobits
        .zero 24
        """);
  }

  /** The code of the first object, with so many instructions. */
  private static String one(int instructions) {
    return """
    .section .code, "ax"
    .globl first
    first: call second
    """
        + "nop\n".repeat(instructions)
        + """
    .section .values, "aw"
    .byte 1, 2, 3
    """;
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".code 0x1000 : { *(.code*) inner = .; } " + DATA + "here = .; " + ROOM,
        ". = 0x1000; " + CODE + ". = ALIGN(256); start = .; " + DATA + ROOM + "stop = .;",
        ".code 0x1004 : { *(.code*) . = ALIGN(16); BYTE(1) } .values 0x2002 : { *(.values) } "
            + ROOM,
        ".code : SUBALIGN(32) { *(.code*) } .values : SUBALIGN(1) { *(.values) } " + ROOM,
        ".code : ALIGN(unit) { *(.code*) } " + DATA + ".room 0x4001 : ALIGN(48) { *(.room) } ",
        CODE + ".values : AT(0x3000) { *(.values) } " + ROOM + "loaded = LOADADDR(.values);",
        ".values 0x500 : { *(.values) } .code ADDR(.values) + SIZEOF(.values) : { *(.code*) } "
            + ROOM,
        CODE + "OVERLAY 0x1000 : { .values { *(.values) } .room { *(.room) } } .more : { LONG(1) }",
        CODE + DATA + ". = 0x10; " + ROOM + "distance = ADDR(.values) - ADDR(.room);",
      })
  void sectionsAreWhereGnuLdHasThem(String sections) throws Exception {
    same("unit = 32; SECTIONS { " + REST + sections + " }", List.of());
  }

  @Test
  void regionsOfMemoryGiveThem() throws Exception {
    same(
        """
        MEMORY { rom (rx) : ORIGIN = 0x8000, LENGTH = 4K ram (w) : ORIGIN = 0x20004, LENGTH = 4K }
        SECTIONS {
          /DISCARD/ : { *(.text .data .bss) }
          .code : { *(.code*) } > rom
          .values : { *(.values) } > ram AT > rom
          .room : { *(.room) }
          loaded = LOADADDR(.values); size = LENGTH(rom);
        }
        """,
        List.of());
  }

  @Test
  void programHeadersAreOfNoConcern() throws Exception {
    same(
        "PHDRS { all PT_LOAD; } SECTIONS { "
            + REST
            + ".code 64 : { *(.code*) } :all "
            + DATA
            + ROOM
            + "}",
        List.of());
  }

  @Test
  void optionsGiveThem() throws Exception {
    List<String> chosen = List.of("--section-start=.values=0x3000", "--section-start=.code=0x100");
    same("SECTIONS { " + REST + ".code 0x1000 : { *(.code*) } " + DATA + ROOM + "}", chosen);
    same("", chosen);
  }

  /** Compares with GNU ld, before and after an edit, and runs nothing. */
  private void same(String script, List<String> more) throws Exception {
    shop.write("place.lds", script + "\n");
    Stream<String> layout = script.isEmpty() ? Stream.of() : Stream.of("-T", "place.lds");
    List<String> options =
        Stream.of(Stream.of("-r", "one.o", "two.o", "-o", "both.o"), layout, more.stream())
            .flatMap(each -> each)
            .toList();
    for (int instructions : new int[] {5, 40, 5}) {
      shop.compile("one.s", one(instructions));
      assertThat(shop.ld(options.toArray(new String[0])).status())
          .as("%s", shop.heard.messages())
          .isZero();
      String ours = shows();
      shop.tool(Stream.concat(Stream.of("ld.bfd"), options.stream()).toArray(String[]::new));
      assertThat(ours).isEqualTo(shows()).contains(" .code ");
    }
  }

  /** Addresses, sizes and alignments of the sections, and the values of the symbols. */
  private String shows() throws Exception {
    String sections = shop.tool("readelf", "-WS", "both.o");
    String symbols = shop.tool("readelf", "-Ws", "both.o");
    Stream<String> places =
        sections
            .lines()
            .filter(line -> line.matches(".* \\.(code|values|room|more).*"))
            .map(line -> line.replaceFirst(".*\\] +", " "))
            .map(line -> line.replaceFirst("([0-9a-f]{16}) [0-9a-f]{6}", "$1"))
            .sorted();
    Stream<String> values =
        symbols
            .lines()
            .filter(line -> line.contains(" GLOBAL "))
            .map(line -> line.replaceFirst(" *\\d+: ", ""))
            .map(line -> line.replaceFirst(" +\\d+ (\\w+)$", " in a section $1"))
            .sorted();
    return String.join("\n", Stream.concat(places, values).toList());
  }
}
