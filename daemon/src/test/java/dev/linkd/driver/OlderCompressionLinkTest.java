package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

  /** Sections that share their bytes, or a long name, would need a multiple of the file. */
  @Test
  void anObjectThatWouldBecomeFarLargerIsRefused() throws Exception {
    byte[] object = Files.readAllBytes(shop.path("value.o"));
    ByteBuffer bytes = ByteBuffer.wrap(object).order(ByteOrder.LITTLE_ENDIAN);
    int table = (int) bytes.getLong(40);
    int info = section(".zdebug_info");
    int line = section(".zdebug_line");
    bytes.putLong(table + line * 64 + 24, bytes.getLong(table + info * 64 + 24));
    Files.write(shop.path("value.o"), object);
    assertThat(shop.cc("gcc", "main.o", "value.o", "-o", "program").status()).isEqualTo(1);
    assertThat(String.join("\n", shop.heard.messages())).contains("overlaps section");

    String name = ".zdebug_" + "x".repeat(20_000);
    String sections =
        IntStream.range(0, 40)
            .mapToObj(i -> ".section %s,\"\",@progbits,unique,%d\n".formatted(name, i))
            .map(section -> section + ".ascii \"ZLIB123456789\"\n")
            .collect(Collectors.joining());
    shop.write("value.s", sections + ".section .note.GNU-stack\n");
    shop.tool("gcc", "-c", "value.s");
    assertThat(shop.cc("gcc", "main.o", "value.o", "-o", "program").status()).isEqualTo(1);
    assertThat(String.join("\n", shop.heard.messages())).contains("longer than the object");
  }

  private int section(String name) throws Exception {
    return shop.tool("readelf", "-WS", "value.o")
        .lines()
        .filter(text -> text.contains("] " + name + " "))
        .map(text -> text.replaceAll("^ *\\[ *([0-9]+)].*", "$1"))
        .mapToInt(Integer::parseInt)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theOldNameOfTheMethodIsAccepted() throws Exception {
    link("gcc", "main.o", "value.o", "-o", "program", "-Wl,--compress-debug-sections=zlib-gnu");
    assertThat(shop.tool("readelf", "-WS", "program")).containsPattern("\\.debug_info .* C ");
    assertThat(line()).contains("Line 2 of \"value.c\"");
  }
}
