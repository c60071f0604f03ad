package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debug sections in the form that compilers wrote before SHF_COMPRESSED. */
class OlderCompressionLinkTest {
  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("main.c", "int value(void);\nint main(void) { return value(); }\n", "-g");
    value("\n", 42);
    assertThat(shop.tool("readelf", "-WS", "value.o")).contains(".zdebug_info");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void value(String before, int result) throws Exception {
    String text = before + "int value(void) { return " + result + "; }\n";
    shop.compile("value.c", text, "-g", "-gz=zlib-gnu");
  }

  private String line() throws Exception {
    return shop.tool("gdb", "-nx", "-batch", "-ex", "info line value", "program");
  }

  private void link(String... words) throws Exception {
    shop.ccQuietly(words);
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void theyAreUnpacked() throws Exception {
    link("gcc", "main.o", "value.o", "-o", "program");
    assertThat(shop.tool("readelf", "-WS", "program")).doesNotContain("zdebug");
    assertThat(line()).contains("Line 2 of \"value.c\"");

    value("\n\n\n", 7);
    link("gcc", "main.o", "value.o", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 7");
    assertThat(line()).contains("Line 4 of \"value.c\"");
  }

  @Test
  void aRelocatableOutputHasThemUnpackedToo() throws Exception {
    assertThat(shop.ld("-r", "value.o", "main.o", "-o", "both.o").status()).isZero();
    assertThat(shop.tool("readelf", "-WS", "both.o")).doesNotContain("zdebug");
    link("gcc", "both.o", "-o", "program");
    assertThat(line()).contains("Line 2 of \"value.c\"");
  }

  @Test
  void messagesNameTheirLines() throws Exception {
    shop.compile(
        "main.c", "int v(void);\n\nint main(void) { return v(); }\n", "-g", "-gz=zlib-gnu");
    assertThat(shop.cc("gcc", "main.o", "-o", "program").status()).isEqualTo(1);
    assertThat(String.join("\n", shop.heard.messages())).contains("main.c:3");
  }

  @Test
  void aSizeThatIsALieIsReported() throws Exception {
    byte[] object = Files.readAllBytes(shop.path("value.o"));
    int at = new String(object, StandardCharsets.ISO_8859_1).indexOf("ZLIB\0");
    object[at + 4] = (byte) 0xff;
    Files.write(shop.path("value.o"), object);
    assertThat(shop.cc("gcc", "main.o", "value.o", "-o", "program").status()).isEqualTo(1);
    assertThat(String.join("\n", shop.heard.messages()))
        .contains("value.o:(.debug_")
        .contains("invalid compression header");
  }

  @Test
  void theOldNameOfTheMethodIsAccepted() throws Exception {
    link("gcc", "main.o", "value.o", "-o", "program", "-Wl,--compress-debug-sections=zlib-gnu");
    assertThat(shop.tool("readelf", "-WS", "program")).containsPattern("\\.debug_info .* C ");
    assertThat(line()).contains("Line 2 of \"value.c\"");
  }
}
