package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sections {@code .gnu.warning.SYMBOL}. */
class SymbolWarningsTest {
  private static final String PARTS =
      """
      static const char text[] __attribute__((section(".gnu.warning.old"), used)) = "TEXT";
      int old(int x) { return x; }
      int fresh(int x) { return old(x) + 1; }
      """;

  private static final String MAIN =
      """
      int old(int), fresh(int);
      int unused(void) { return old(3) + old(4); }
      int main(void) { return NAME(41); }
      """;

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("parts.c", PARTS.replace("TEXT", "do not use old"), "-fPIE");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void link(String options) throws Exception {
    assertThat(shop.cc("gcc", "main.o", "parts.o", "-o", "p", options).status()).isZero();
    assertThat(shop.pool.output(shop.path("p")).verify()).isEmpty();
  }

  @Test
  void aReferenceIsWarnedOf() throws Exception {
    shop.compile("main.c", MAIN.replace("NAME", "old"), "-fPIE");
    link("-pie");

    assertThat(shop.heard.messages()).singleElement().asString().startsWith("warning: ");
    assertThat(shop.heard.messages().getFirst())
        .contains("main.o:(.text.main+0x", ": do not use old");
    assertThat(shop.run("p")).isEqualTo("exit 41");
    assertThat(shop.tool("readelf", "-SW", "p")).doesNotContain(".gnu.warning");
  }

  @Test
  void theWarningGoesWithTheReference() throws Exception {
    shop.compile("main.c", MAIN.replace("NAME", "old"), "-fPIE");
    link("-Wl,--gc-sections");
    assertThat(shop.heard.messages()).hasSize(1);

    shop.compile("main.c", MAIN.replace("NAME", "fresh"), "-fPIE");
    link("-Wl,--gc-sections");
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(shop.run("p")).isEqualTo("exit 42");

    shop.compile("main.c", MAIN.replace("NAME", "old"), "-fPIE");
    shop.compile("parts.c", PARTS.replace("TEXT", "never use old"), "-fPIE");
    link("-Wl,--gc-sections");
    assertThat(shop.heard.messages()).singleElement().asString().endsWith(": never use old");
  }

  @Test
  void whatIsNotInTheImageWarnsOfNothing() throws Exception {
    shop.compile("main.c", MAIN.replace("NAME", "fresh"), "-fPIE");
    link("-pie");
    assertThat(shop.heard.messages()).singleElement().asString().contains(":(.text.unused+0x");

    link("-Wl,--gc-sections");
    assertThat(shop.heard.messages()).isEmpty();
  }

  @Test
  void aWarningCanBeFatal() throws Exception {
    shop.compile("main.c", MAIN.replace("NAME", "old"), "-fPIE");
    shop.cc("gcc", "main.o", "parts.o", "-o", "p", "-Wl,--fatal-warnings");
    assertThat(shop.heard.messages()).singleElement().asString().startsWith("error: ");
  }

  @Test
  void theOutputStaysWhenTheWarningIsFatal() throws Exception {
    shop.compile("main.c", MAIN.replace("NAME", "fresh").replace("old(3) + old(4)", "1"), "-fPIE");
    link("-Wl,--fatal-warnings");
    assertThat(shop.run("p")).isEqualTo("exit 42");

    shop.compile("main.c", MAIN.replace("NAME", "old"), "-fPIE");
    for (int i = 0; i < 2; i++) {
      String[] words = {"gcc", "main.o", "parts.o", "-o", "p", "-Wl,--fatal-warnings"};
      assertThat(shop.cc(words).status()).isEqualTo(1);
      assertThat(shop.heard.messages().getFirst()).startsWith("error: ").contains("do not use old");
      assertThat(shop.run("p")).isEqualTo("exit 42");
    }
    link("-pie");
    assertThat(shop.run("p")).isEqualTo("exit 41");
  }
}
