package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scripts that say which sections of an object of objects are joined, as kernel modules have. */
class RelocatableScriptLinkTest {
  private static final String SCRIPT =
      """
      SECTIONS {
        /DISCARD/ : { *(.discard) *(.discard.*) }
        table 0 : ALIGN(64) { *(SORT(entry+*)) *(last) }
      }
      """;

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.write("module.lds", SCRIPT);
    shop.compile(
        "one.c",
        """
        #define IN(name) __attribute__((section(name), used))
        IN("last") static const char z = 'z';
        IN("entry+c") static const char c = 'c';
        IN("entry+a") static const char a = 'a';
        IN(".discard.text") static void gone(void) {}
        const char *pointer = &a;
        """);
    second("b");
  }

  private void second(String letter) throws Exception {
    shop.compile(
        "two.c",
        """
        #include <stdio.h>
        extern const char *pointer;
        __attribute__((section("entry+%1$s"), used)) static const char letter = '%1$s';
        int main(void) { printf("%%.4s %%d\\n", pointer, pointer[0]); return 0; }
        """
            .formatted(letter));
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void join() throws Exception {
    assertThat(shop.ld("-r", "-T", "module.lds", "one.o", "two.o", "-o", "both.o").status())
        .isZero();
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(shop.pool.output(shop.path("both.o")).verify()).isEmpty();
  }

  @Test
  void sectionsAreJoinedInItsOrder() throws Exception {
    join();
    String sections = shop.tool("readelf", "-WS", "both.o");
    assertThat(sections).doesNotContain("entry+", " last ").containsPattern(" table .* 64\\n");
    assertThat(shop.tool("readelf", "-p", "table", "both.o")).contains("abcz");
    shop.ccQuietly("gcc", "both.o", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("abcz 97\nexit 0");

    second("d");
    join();
    assertThat(shop.tool("readelf", "-p", "table", "both.o")).contains("acdz");
  }

  @Test
  void sectionsAreLeftOut() throws Exception {
    join();
    assertThat(shop.tool("readelf", "-Ws", "both.o")).doesNotContain("gone");
    assertThat(shop.tool("readelf", "-WS", "both.o")).doesNotContain(".discard");
  }

  @Test
  void whatRefersToThemIsReported() throws Exception {
    shop.write("module.lds", "SECTIONS { /DISCARD/ : { *(entry+a) } }\n");
    assertThat(shop.ld("-r", "-T", "module.lds", "one.o", "-o", "one-less.o").status())
        .isEqualTo(1);
    assertThat(String.join("\n", shop.heard.messages()))
        .contains("relocation refers to a symbol in a discarded section: ");
  }

  @ParameterizedTest
  @CsvSource({
    "SECTIONS { table : { start = .; *(last) } }, this command",
    "SECTIONS { table 0x1000 : { *(last) } }, addresses",
    "SECTIONS { table : { BYTE(1) *(last) } }, this command",
    "SECTIONS { table : { *(last) } =0x90 }, filling",
    "SECTIONS { table : ALIGN(start) { *(last) } }, this alignment",
    "symbol = 5;, this command",
  })
  void whatHasNoEffectIsRefused(String script, String what) throws Exception {
    shop.write("module.lds", script + "\n");
    assertThat(shop.ld("-r", "-T", "module.lds", "one.o", "-o", "x.o").status()).isEqualTo(1);
    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .contains("module.lds:1:")
        .contains("in a relocatable output " + what + " of a script has no effect");
  }
}
