package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of the linker that a script has in sections of other names, or discards. */
class ScriptTablesLinkTest {

  /** Imports, and with it the tables, come and go with the edits. */
  private static final String[] EDITS = {
    "int extra(void) { return 0; }",
    "#include <stdlib.h>\n#include <time.h>\nint more = 1;\n"
        + "int extra(void) { srand(1); return (time(0) > 1) - abs(-more) + (getenv(\"\") != 0); }",
    "#include <stdlib.h>\nint extra(void) { return abs(0); }",
  };

  private static final String MAIN =
      """
      #include <stdio.h>
      extern char from[] __attribute__((weak)), to[] __attribute__((weak));
      extern int extra(void);
      static __thread int local = 40;
      int main(void) {
        printf("%d\\n", to > from);
        return local + 2 + extra();
      }
      """;

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

  /** The script of GNU ld, changed. */
  private void script(String kind, List<String> changes) throws Exception {
    String text = shop.tool("ld.bfd", "--verbose", kind).split("={20,}\n")[1];
    for (int i = 0; i < changes.size(); i += 2) {
      String changed = text.replaceAll("(?m)" + changes.get(i), changes.get(i + 1));
      assertThat(changed).as(changes.get(i)).isNotEqualTo(text);
      text = changed;
    }
    shop.write("own.ld", text);
  }

  private List<String> link(String kind, String... more) {
    List<String> words =
        new ArrayList<>(List.of("gcc", kind, "main.o", "extra.o", "-o", "program"));
    words.add("-Wl,-T,own.ld,--build-id,--hash-style=both");
    words.addAll(List.of(more));
    return words;
  }

  private void runs(String kind, String printed, String... more) throws Exception {
    shop.compile("main.c", MAIN, "-fPIC");
    for (String edit : EDITS) {
      shop.compile("extra.c", edit, "-fPIC");
      shop.ccQuietly(link(kind, more).toArray(String[]::new));
      assertThat(shop.run("program")).isEqualTo(printed + "\nexit 42");
      assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
    }
  }

  private static final String DATA = "^    \\*\\(\\.data \\.data\\.\\*.*";

  @ParameterizedTest
  @ValueSource(strings = {"-static", "-no-pie", "-pie"})
  void offsetTablesLieAmongTheVariables(String kind) throws Exception {
    script(
        kind,
        List.of(
            "^  \\.got  .*",
            "",
            "^  \\.got\\.plt .*",
            "",
            DATA,
            "$0 from = .; *(.got) *(.got.plt) to = .; LONG(1)"));

    runs(kind, "1");

    assertThat(shop.tool("readelf", "-SW", "program")).doesNotContain(" .got");
    String names = shop.tool("readelf", "-sW", "program");
    assertThat(names)
        .containsPattern("OBJECT +LOCAL .*_GLOBAL_OFFSET_TABLE_|_GLOBAL_OFFSET_TABLE_");
  }

  private void scriptOfOneTable(String kind) throws Exception {
    script(
        kind,
        List.of(
            "^  \\.got  .*", "  .got : { from = .; *(.got.plt) *(.got) to = .; }",
            "^  \\.got\\.plt .*", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-no-pie", "-pie"})
  void twoTablesAreOneSection(String kind) throws Exception {
    scriptOfOneTable(kind);

    runs(kind, "1", "-Wl,-z,now");

    assertThat(shop.tool("readelf", "-SW", "program"))
        .contains(" .got ")
        .doesNotContain(".got.plt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-no-pie", "-pie"})
  void whatTheFirstCallOfAFunctionSetsStaysWritable(String kind) throws Exception {
    scriptOfOneTable(kind);

    runs(kind, "1", "-Wl,-z,lazy");
    assertThat(readOnlyEnd() % 0x1000).isNotZero();

    runs(kind, "1", "-Wl,-z,now");
    assertThat(readOnlyEnd() % 0x1000).isZero();
  }

  private long readOnlyEnd() throws Exception {
    String[] header =
        shop.tool("readelf", "-lW", "program").replaceFirst("(?s).*GNU_RELRO +", "").split(" +");
    return Long.decode(header[1]) + Long.decode(header[4]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-no-pie", "-pie"})
  void whatTheDynamicLinkerReadsLiesAmongTheConstants(String kind) throws Exception {
    script(
        kind,
        List.of(
            "^  \\.interp .*",
            "",
            "^  \\.dynamic .*",
            "",
            "^  \\.dynsym .*",
            "",
            "^  \\.dynstr .*",
            "",
            "^  \\.rodata  .*",
            "  .rodata : { *(.rodata*) from = .; *(.dynsym) to = .; *(.dynstr) *(.interp) }",
            DATA,
            "*(.dynamic) $0"));

    runs(kind, "1");

    assertThat(shop.tool("readelf", "-lW", "program")).contains("DYNAMIC ", "INTERP ");
    assertThat(shop.tool("readelf", "-SW", "program"))
        .doesNotContain("] .dynamic ", "] .dynsym ", "] .dynstr ", "] .interp ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-static", "-no-pie", "-pie"})
  void theProcedureTableLiesAmongTheCode(String kind) throws Exception {
    script(
        kind,
        List.of(
            "^  \\.plt  .*", "",
            "^    \\*\\(\\.text\\.unlikely ", "from = .; *(.plt) *(.iplt) to = .; $0"));

    runs(kind, "1");

    assertThat(shop.tool("readelf", "-SW", "program")).doesNotContain(" .plt ");
  }

  @ParameterizedTest
  @CsvSource({
    "-static, .eh_frame_hdr",
    "-pie, .eh_frame_hdr",
    "-no-pie, .note.*",
    "-static, .note.*",
    "-pie, .comment",
    "-static, '.dyn* .gnu* .hash .interp'",
  })
  void whatIsDiscardedIsNotThere(String kind, String names) throws Exception {
    script(kind, List.of("^SECTIONS", "SECTIONS { /DISCARD/ : { *(" + names + ") } }\nSECTIONS"));

    runs(kind, "0", names.startsWith(".note") ? "-Wl,--build-id=none" : "-Wl,-O1");

    String sections = shop.tool("readelf", "-SW", "program");
    for (String name : names.split(" ")) {
      assertThat(sections).doesNotContain(" " + name.replace("*", ""));
    }
    assertThat(shop.tool("readelf", "-lW", "program"))
        .doesNotContain(names.contains("note") ? "NOTE " : names.contains("hdr") ? "EH_FR" : "??");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-no-pie", "-pie"})
  void anImageWithoutWhatTheDynamicLinkerReads(String kind) throws Exception {
    script(
        kind,
        List.of(
            "^SECTIONS",
            "SECTIONS { /DISCARD/ : { *(.interp .dynamic .dyn* .hash .gnu.*) } }\nSECTIONS"));
    shop.compile(
        "main.c",
        "int value = 42; void _start(void) { __asm__ volatile("
            + "\"syscall\" :: \"a\"(60), \"D\"(value)); }",
        "-fPIE",
        "-fno-stack-protector");
    String[] link = {
      "gcc", kind, "-nostdlib", "main.o", "-o", "program", "-Wl,-T,own.ld,--no-dynamic-linker"
    };
    shop.ccQuietly(link);

    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("readelf", "-SlW", "program"))
        .doesNotContain(".dyn", ".hash", ".gnu.hash", "DYNAMIC");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "-pie, .dynsym, .dynamic",
    "-no-pie, .gnu.hash, .dynamic",
    "-pie, .gnu.version_r, .dynamic",
    "-static, .got, code",
    "-pie, .plt, code",
    "-no-pie, .got.plt, code",
  })
  void whatIsNeededCannotBeDiscarded(String kind, String name, String user) throws Exception {
    script(kind, List.of("^SECTIONS", "SECTIONS { /DISCARD/ : { *(" + name + ") } }\nSECTIONS"));
    shop.compile("main.c", MAIN, "-fPIC");
    shop.compile("extra.c", EDITS[1], "-fPIC");

    assertThat(shop.cc(link(kind).toArray(String[]::new)).status()).isEqualTo(1);

    assertThat(shop.heard.messages())
        .containsExactly(
            "error: own.ld:1:1: section " + name + " is discarded, but " + user + " refers to it");
  }
}
