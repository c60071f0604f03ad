package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left out of the symbol table and of the debug information. */
class StrippingLinkTest {
  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    main(40);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void main(int value) throws Exception {
    shop.compile(
        "main.c",
        "static volatile int hidden_away = 2;\n__attribute__((noinline)) static int helper(void)"
            + " { return hidden_away; }\nint exported(void) { return "
            + value
            + "; }\nint main(void) { return helper() + exported(); }\n",
        "-g");
  }

  private void link(String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("gcc", "main.o", "-o", "program"));
    command.addAll(List.of(more));
    shop.ccQuietly(command.toArray(String[]::new));
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  private String sections() throws Exception {
    return shop.tool("readelf", "-WS", "program");
  }

  private String symbols() throws Exception {
    return shop.tool("readelf", "-Ws", "program");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-pie", "-no-pie", "-static"})
  void aStrippedProgramHasNoSymbolTable(String kind) throws Exception {
    link(kind, "-s");
    assertThat(sections()).doesNotContain(".symtab", ".strtab", ".debug_info").contains(".text");
    assertThat(shop.tool("file", "program")).contains(", stripped");
    assertThat(shop.run("program")).isEqualTo("exit 42");

    main(5);
    link(kind, "-s");
    assertThat(sections()).doesNotContain(".symtab", ".debug_info");
    assertThat(shop.run("program")).isEqualTo("exit 7");
  }

  @Test
  void aStrippedLibraryStillExports() throws Exception {
    shop.compile("lib.c", "int value(void) { return 42; }\n", "-fPIC", "-g");
    shop.ccQuietly("gcc", "-shared", "-Wl,--strip-all", "lib.o", "-o", "libvalue.so");
    assertThat(shop.tool("readelf", "-WS", "libvalue.so")).contains(".dynsym");
    shop.compile("main.c", "int value(void);\nint main(void) { return value(); }\n");

    link("-L.", "-lvalue", "-Wl,-rpath," + directory, "-Wl,-s");

    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void debugInformationIsLeftOut() throws Exception {
    link();
    assertThat(sections()).contains(".debug_info", ".debug_line");

    link("-Wl,-S");
    assertThat(sections()).doesNotContain(".debug_").contains(".symtab");
    assertThat(symbols()).contains(" helper", " exported");
    assertThat(shop.run("program")).isEqualTo("exit 42");

    main(7);
    link("-Wl,-S");
    assertThat(sections()).doesNotContain(".debug_");
    assertThat(shop.run("program")).isEqualTo("exit 9");
  }

  @Test
  void localSymbolsAreDiscarded() throws Exception {
    link();
    assertThat(symbols()).contains(" helper", " hidden_away");

    link("-Wl,-x");
    assertThat(symbols()).doesNotContain(" helper", " hidden_away").contains(" exported", " main");
    assertThat(shop.run("program")).isEqualTo("exit 42");

    main(1);
    link("-Wl,--discard-all");
    assertThat(symbols()).doesNotContain(" helper").contains(" exported");
    assertThat(shop.run("program")).isEqualTo("exit 3");
  }

  @Test
  void temporarySymbolsAreDiscarded() throws Exception {
    shop.write("temporary.s", ".text\n.Lcode: nop\nplain: nop\n");
    shop.tool("as", "-L", "temporary.s", "-o", "temporary.o");
    link("temporary.o");
    assertThat(symbols()).contains(" .Lcode", " plain");

    link("temporary.o", "-Wl,-X");
    assertThat(symbols()).doesNotContain(" .Lcode").contains(" plain", " helper");

    link("temporary.o", "-Wl,-X,--discard-none");
    assertThat(symbols()).contains(" .Lcode", " plain");
  }

  @Test
  void onlyListedSymbolsAreRetained() throws Exception {
    shop.write("keep", "main\nexported\n\nnowhere\n");
    link("-Wl,--retain-symbols-file=keep");
    assertThat(symbols()).contains(" main\n", " exported\n").doesNotContain(" helper", " _start\n");
    assertThat(shop.run("program")).isEqualTo("exit 42");

    shop.write("keep", "main\n");
    assertThat(
            shop.cc("gcc", "main.o", "-o", "program", "-Wl,--retain-symbols-file=keep")
                .startOverReason())
        .isEqualTo("FILE_CHANGED");
    assertThat(symbols()).contains(" main\n").doesNotContain(" exported");

    assertThat(shop.cc("gcc", "main.o", "-Wl,--retain-symbols-file=none", "-op").status())
        .isEqualTo(1);
    assertThat(shop.heard.messages().getFirst()).contains("cannot open none");
  }
}
