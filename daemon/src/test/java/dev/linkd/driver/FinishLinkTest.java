package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.Output;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that differ from the image: compressed, indexed, divided or without headers. */
class FinishLinkTest {
  private static final String WHERE = "info line value";

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile(
        "main.c", "int value(void);\nint main(void) { return value(); }\n", "-g", "-ggnu-pubnames");
    value("\n", 42);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  /** The function moves to another line with everything that is put before it. */
  private void value(String before, int result) throws Exception {
    String text = before + "int value(void) { return " + result + "; }\n";
    shop.compile("value.c", text, "-g", "-ggnu-pubnames");
  }

  private void link(String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("gcc", "main.o", "value.o", "-o", "program"));
    command.addAll(List.of(more));
    shop.ccQuietly(command.toArray(String[]::new));
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  private String heard() {
    return String.join("\n", shop.heard.messages());
  }

  private String sections(String file) throws Exception {
    return shop.tool("readelf", "-WS", file);
  }

  private String gdb(String command) throws Exception {
    return shop.tool("gdb", "-nx", "-batch", "-ex", command, "program");
  }

  @ParameterizedTest
  @ValueSource(strings = {"zlib", "zlib:0", "zlib:9", "zstd", "zstd:19"})
  void debugSectionsAreCompressed(String method) throws Exception {
    String option = "-Wl,--compress-debug-sections=" + method;
    link(option);
    assertThat(sections("program")).containsPattern("\\.debug_info .* C ");
    assertThat(sections("program")).containsPattern("\\.debug_str .* MSC ");
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("readelf", "--debug-dump=info", "program")).contains("value.c", "main.c");

    value("\n\n\n\n", 7);
    link(option);

    assertThat(sections("program")).containsPattern("\\.debug_info .* C ");
    assertThat(shop.run("program")).isEqualTo("exit 7");
    if (method.startsWith("zlib")) {
      assertThat(gdb(WHERE)).contains("Line 5 of \"value.c\"");
    }
  }

  @Test
  void withoutCompressionTheFileIsTheImageAgain() throws Exception {
    link("-Wl,--compress-debug-sections=zlib");
    link("-Wl,--compress-debug-sections=zlib,--compress-debug-sections=none");
    assertThat(sections("program")).doesNotContainPattern("\\.debug_info .* C ");
    assertThat(gdb(WHERE)).contains("Line 2 of");
  }

  /** Also after a patch, when there are entries of sections that have gone. */
  @Test
  void dwzPacksDebugInformation() throws Exception {
    String types = "struct list { struct list *next; int number; } first;\nint more[99] = {1};\n";
    String code = "int value(void) { return first.number + %d; }\n";
    shop.compile(
        "main.c",
        types.replace("more", "many")
            + "int value(void);\nint main(void) {"
            + " return value() + first.number; }\n",
        "-g",
        "-fcommon");
    shop.compile("value.c", types + code.formatted(42), "-g", "-fcommon");
    link("-Wl,--linkd-loaded-first");
    packed(42);

    shop.compile("value.c", "extern " + types + code.formatted(7), "-g", "-fcommon");
    link("-Wl,--linkd-loaded-first");
    packed(7);

    link();
    shop.tool("objcopy", "program", "packed");
    shop.tool("dwz", "packed");
    assertThat(shop.run("packed")).isEqualTo("exit 7");
  }

  private void packed(int result) throws Exception {
    shop.tool("dwz", "program", "-o", "packed");
    assertThat(Files.size(shop.path("packed"))).isLessThan(Files.size(shop.path("program")));
    assertThat(shop.run("packed")).isEqualTo("exit " + result);
    assertThat(shop.tool("gdb", "-nx", "-batch", "-ex", "ptype struct list", "packed"))
        .contains("int number;");
    assertThat(shop.run("program")).isEqualTo("exit " + result);
  }

  @Test
  void levelsAndMethodsAreChecked() throws Exception {
    for (String wrong : List.of("zlib:10", "zlib:-1")) {
      shop.cc("gcc", "main.o", "value.o", "-Wl,--compress-debug-sections=" + wrong);
      assertThat(heard()).contains("zlib level must be between 0 and 9");
    }
    shop.cc("gcc", "main.o", "value.o", "-Wl,--compress-debug-sections=zstd:23");
    assertThat(heard()).contains("zstd level must be between 1 and 22");
    shop.cc("gcc", "main.o", "value.o", "-Wl,--compress-debug-sections=lzma");
    assertThat(heard()).contains("unknown --compress-debug-sections value: lzma");
  }

  @Test
  void anImageThatIsNotInItsFileIsLinkedAgain() throws Exception {
    link("-Wl,--compress-debug-sections=zlib");
    Output output = shop.pool.output(shop.path("program"));
    assertThat(output.releaseImage(false)).isPositive();
    value("\n\n", 9);
    link("-Wl,--compress-debug-sections=zlib");
    assertThat(shop.run("program")).isEqualTo("exit 9");
    assertThat(gdb(WHERE)).contains("Line 3 of");
  }

  @Test
  void anObjectOfObjectsCanBeCompressed() throws Exception {
    shop.ccQuietly(
        "gcc", "-r", "main.o", "value.o", "-o", "both.o", "-Wl,--compress-debug-sections=zlib");
    assertThat(sections("both.o")).containsPattern("\\.debug_info .* C ");
    shop.tool("ld.bfd", "-r", "both.o", "-o", "again.o");
    shop.ccQuietly("gcc", "both.o", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(gdb(WHERE)).contains("Line 2 of");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-gdwarf-5", "-gdwarf-4", "-gdwarf-2"})
  void gdbFindsNamesAndAddressesInTheIndex(String version) throws Exception {
    shop.compile(
        "value.c",
        "int table[3];\nstruct pair { int a; } one;\n"
            + "static int half(void) { return table[0] + 21; }\n"
            + "int value(void) { return half() * 2; }\n",
        version,
        "-O0",
        "-ggnu-pubnames");
    link("-Wl,--gdb-index");
    assertThat(sections("program")).contains(".gdb_index");
    String index = shop.tool("readelf", "--debug-dump=gdb_index", "program");
    assertThat(index).containsPattern("value: .* \\[global, function\\]");
    assertThat(index).containsPattern("half: .* \\[static, function\\]");
    assertThat(index).containsPattern("table: .* \\[global, variable\\]");
    assertThat(index).containsPattern("pair: .* \\[static, type\\]");
    assertThat(addresses(index)).contains(address("value"));
    assertThat(gdb(WHERE)).contains("Line 4 of \"value.c\"");

    value("\n\n", 5);
    link("-Wl,--gdb-index");
    String later = shop.tool("readelf", "--debug-dump=gdb_index", "program");
    assertThat(later).containsPattern("value: .* \\[global, function\\]").doesNotContain("half:");
    assertThat(addresses(later)).contains(address("value"));
    assertThat(gdb(WHERE)).contains("Line 3 of");

    link("-Wl,--gdb-index,--no-gdb-index");
    assertThat(sections("program")).doesNotContain(".gdb_index");
  }

  private static List<String> addresses(String index) {
    return index
        .substring(index.indexOf("Address table:"))
        .lines()
        .filter(line -> line.matches("[0-9a-f]+ [0-9a-f]+ [0-9]+"))
        .map(line -> line.substring(0, 16))
        .toList();
  }

  private String address(String symbol) throws Exception {
    return shop.tool("nm", "program")
        .lines()
        .filter(line -> line.endsWith(" " + symbol))
        .map(line -> line.substring(0, 16))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void withoutDebugInformationThereIsNoIndex() throws Exception {
    shop.compile("main.c", "int main(void) { return 42; }\n");
    shop.ccQuietly("gcc", "main.o", "-o", "program", "-nostartfiles", "-Wl,-e,main,--gdb-index");
    assertThat(sections("program")).doesNotContain(".gdb_index");
  }

  @Test
  void splitDebugInformationIsIndexedByItsSkeletons() throws Exception {
    shop.compile(
        "value.c", "int value(void) { return 42; }\n", "-g", "-gsplit-dwarf", "-ggnu-pubnames");
    link("-Wl,--gdb-index");
    String index = shop.tool("readelf", "--debug-dump=gdb_index", "program");
    assertThat(addresses(index)).contains(address("value"));
    assertThat(index).containsPattern("value: .* \\[global, function\\]");
  }

  @Test
  void debugInformationHasAFileOfItsOwn() throws Exception {
    link("-Wl,--separate-debug-file");
    assertThat(sections("program")).contains(".gnu_debuglink").doesNotContain(".debug_info");
    assertThat(sections("program.dbg")).contains(".debug_info").containsPattern("\\.text +NOBITS");
    assertThat(gdb(WHERE)).contains("Line 2 of \"value.c\"").doesNotContain("warning");
    assertThat(shop.run("program")).isEqualTo("exit 42");

    value("\n\n\n", 8);
    link("-Wl,--separate-debug-file");
    assertThat(gdb(WHERE)).contains("Line 4 of");
    assertThat(shop.run("program")).isEqualTo("exit 8");

    Files.delete(shop.path("program.dbg"));
    link("-Wl,--separate-debug-file");
    assertThat(gdb(WHERE)).contains("Line 4 of");

    link("-Wl,--separate-debug-file=other.debug,--compress-debug-sections=zlib");
    assertThat(sections("other.debug")).containsPattern("\\.debug_info .* C ");
    assertThat(gdb(WHERE)).contains("Line 4 of");

    link("-Wl,--separate-debug-file,--no-separate-debug-file");
    assertThat(sections("program")).contains(".debug_info").doesNotContain(".gnu_debuglink");
  }

  @Test
  void aBinaryFileIsACopyOfTheMemory() throws Exception {
    shop.write(
        "flat.lds",
        "SECTIONS { . = 0x1000; .text : { *(.text*) } .data ALIGN(16) : { *(.data*) }"
            + " /DISCARD/ : { *(*) } }\n");
    shop.compile(
        "flat.c",
        "int data = 0x11223344;\nint entry(void) { return data; }\n",
        "-fcf-protection=none",
        "-fno-pic");
    shop.ld("-T", "flat.lds", "-e", "entry", "flat.o", "-o", "image.elf");
    shop.tool("objcopy", "-O", "binary", "image.elf", "expected");
    shop.ld("-T", "flat.lds", "-e", "entry", "flat.o", "-o", "image", "--oformat=binary");
    assertThat(shop.heard.messages()).isEmpty();
    byte[] flat = Files.readAllBytes(shop.path("image"));
    assertThat(flat).isEqualTo(Files.readAllBytes(shop.path("expected")));
    assertThat(Arrays.copyOfRange(flat, flat.length - 4, flat.length))
        .containsExactly(0x44, 0x33, 0x22, 0x11);
    assertThat(shop.ld("flat.o", "--oformat=srec").status()).isEqualTo(1);
    assertThat(heard()).contains("unsupported output format: srec");
  }

  @Test
  void aBinaryFileOfTheUsualLayoutIsSmall() throws Exception {
    shop.compile("flat.c", "void _start(void) {}\n", "-fno-pic");
    shop.ld("flat.o", "-o", "image", "--oformat=binary", "-Map=image.map");
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(Files.readString(shop.path("image.map")))
        .contains("flat.o:(.text._start)")
        .doesNotContain(".symtab", ".strtab", ".shstrtab", ".comment");
    assertThat(Files.size(shop.path("image"))).isBetween(1L, 1L << 20);
  }

  /** A boot sector: data follows the code that has an address, as in GNU ld. */
  @Test
  void whatFollowsCodeAtAnAddressIsNear() throws Exception {
    String source =
        """
        .code16
        .globl _start
        _start: mov $message, %si
        hlt
        .data
        message: .asciz "TEXT"
        """;
    for (String text : new String[] {"hello", "hello again"}) {
      shop.compile("boot.s", source.replace("TEXT", text), "-Wa,-mx86-used-note=no");
      shop.tool("ld", "-Ttext", "0x7c00", "--oformat", "binary", "boot.o", "-o", "theirs.bin");
      assertThat(
              shop.ld("-Ttext", "0x7c00", "--oformat", "binary", "boot.o", "-o", "ours.bin")
                  .status())
          .isZero();
      assertThat(shop.path("ours.bin")).hasSameBinaryContentAs(shop.path("theirs.bin"));
    }
  }
}
