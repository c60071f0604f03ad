package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files whose bytes become data of the output ({@code --format=binary}). */
class DataInputsLinkTest {
  private static final String MAIN =
      """
      #include <stdio.h>
      extern const char first[] __asm__("_binary_some_text_file_1_txt_start");
      extern const char last[] __asm__("_binary_some_text_file_1_txt_end");
      extern const char size[] __asm__("_binary_some_text_file_1_txt_size");
      int main(void) {
        printf("%.*s %d\\n", (int) (last - first), first, (unsigned long) size == last - first);
        return 42;
      }
      """;

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("main.c", MAIN, "-fno-pie");
    shop.write("some/text-file_1.txt", "this is no script");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void link() throws Exception {
    shop.ccQuietly(
        "gcc",
        "-no-pie",
        "-Wl,--format=binary",
        "some/text-file_1.txt",
        "-Wl,--format=default",
        "main.o",
        "-o",
        "program");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void bytesAreDataBetweenSymbols() throws Exception {
    link();
    assertThat(shop.run("program")).isEqualTo("this is no script 1\nexit 42");

    shop.write("some/text-file_1.txt", "it grew, and is still no script");
    link();
    assertThat(shop.run("program")).isEqualTo("it grew, and is still no script 1\nexit 42");

    shop.write("some/text-file_1.txt", "");
    link();
    assertThat(shop.run("program")).isEqualTo(" 1\nexit 42");
  }

  @Test
  void theyAreReadyForWhatTheCodeIsReadyFor() throws Exception {
    shop.compile("code.c", "int code(void) { return 1; }\n", "-fPIC", "-fcf-protection");
    shop.ld("-shared", "code.o", "-b", "binary", "some/text-file_1.txt", "-o", "library.so");
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(shop.tool("readelf", "-n", "library.so")).contains("IBT, SHSTK");
    assertThat(shop.tool("readelf", "-Wl", "library.so")).containsPattern("GNU_STACK .* RW ");
  }

  @Test
  void anObjectCanBeData() throws Exception {
    shop.ld("-r", "-b", "binary", "main.o", "-b", "elf64-x86-64", "main.o", "-o", "both.o");
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(shop.tool("nm", "both.o"))
        .contains(" D _binary_main_o_start\n")
        .contains(" D _binary_main_o_end\n")
        .contains(" A _binary_main_o_size\n")
        .contains(" T main\n");
    shop.tool("objcopy", "-O", "binary", "-j", ".data", "both.o", "copy");
    shop.tool("cmp", "copy", "main.o");
  }

  @Test
  void aRelocatableOutputCanHoldThem() throws Exception {
    shop.ld("-r", "-b", "binary", "some/text-file_1.txt", "-o", "text.o");
    shop.ccQuietly("gcc", "-no-pie", "text.o", "main.o", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("this is no script 1\nexit 42");
  }

  @Test
  void aScriptIsNoData() throws Exception {
    shop.write("script", "SECTIONS { kept : { *(.data) } }\n");
    shop.ld("-r", "-b", "binary", "-T", "script", "some/text-file_1.txt", "-o", "text.o");
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(shop.tool("readelf", "-p", "kept", "text.o")).contains("this is no script");
  }

  @Test
  void theSymbolsCollideWithOthers() throws Exception {
    shop.compile("other.c", "char _binary_some_text_file_1_txt_start[1];\n");
    shop.cc(
        "gcc",
        "-no-pie",
        "main.o",
        "other.o",
        "-Wl,--format=binary,some/text-file_1.txt,--format=default",
        "-o",
        "program");
    assertThat(String.join("\n", shop.heard.messages()))
        .contains("duplicate symbol: _binary_some_text_file_1_txt_start");
  }
}
