package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --gc-sections} and the options that go with it. */
class CollectionLinkTest {
  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile(
        "main.c",
        """
        int used(int);
        int main(int count, char **words) { return used(count) + 1; }
        """,
        "-fPIE");
    shop.compile(
        "parts.c",
        """
        int used(int x) { return x + 40; }
        int unused_value = 5;
        int unused(void) { return unused_value; }
        """,
        "-fPIE");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private List<String> symbols(String program) throws Exception {
    return shop.tool("nm", "--format=just-symbols", program).lines().toList();
  }

  private void verify(String program) {
    assertThat(shop.pool.output(shop.path(program)).verify()).isEmpty();
  }

  @Test
  void whatNothingLeadsToIsLeftOut() throws Exception {
    shop.ccQuietly("gcc", "main.o", "parts.o", "-o", "p");
    assertThat(symbols("p")).contains("used", "unused", "unused_value");

    shop.ccQuietly("gcc", "main.o", "parts.o", "-o", "p", "-Wl,--gc-sections");
    assertThat(symbols("p")).contains("used", "main").doesNotContain("unused", "unused_value");
    assertThat(shop.run("p")).isEqualTo("exit 42");
    verify("p");
  }

  @Test
  void theLastOptionCounts() throws Exception {
    shop.ccQuietly(
        "gcc",
        "main.o",
        "parts.o",
        "-o",
        "p",
        "-Wl,--gc-sections,--no-gc-sections,--print-gc-sections");
    assertThat(symbols("p")).contains("unused");
    assertThat(shop.heard.output.toString()).isEmpty();

    shop.ccQuietly(
        "gcc",
        "main.o",
        "parts.o",
        "-o",
        "p",
        "-Wl,--gc-sections,--print-gc-sections,--no-print-gc-sections");
    assertThat(shop.heard.output.toString()).isEmpty();
  }

  @Test
  void whatIsLeftOutIsListed() throws Exception {
    String[] command = {
      "gcc", "main.o", "parts.o", "-o", "p", "-Wl,--gc-sections,--print-gc-sections"
    };
    shop.ccQuietly(command);
    String parts = "removing unused section parts.o";
    assertThat(shop.heard.output.toString())
        .contains(parts + ":(.text.unused)\n", parts + ":(.data.unused_value)\n")
        .doesNotContain(":(.text.used)", ":(.text.main)");

    shop.compile("main.c", "int unused(void); int main(void) { return unused(); }", "-fPIE");
    shop.ccQuietly(command);
    assertThat(shop.heard.output.toString())
        .contains(parts + ":(.text.used)\n")
        .doesNotContain("unused_value", "(.text.unused)");
    assertThat(shop.run("p")).isEqualTo("exit 5");
    verify("p");
  }

  @Test
  void whatCouldBeExportedIsKeptOnRequest() throws Exception {
    shop.ccQuietly(
        "gcc", "main.o", "parts.o", "-o", "p", "-Wl,--gc-sections", "-Wl,--gc-keep-exported");
    assertThat(symbols("p")).contains("used", "unused", "unused_value");
    assertThat(shop.run("p")).isEqualTo("exit 42");
    verify("p");
    String options = "-Wl,--gc-sections,--gc-keep-exported,--no-gc-keep-exported";
    shop.ccQuietly("gcc", "main.o", "parts.o", "-o", "p", options);
    assertThat(symbols("p")).doesNotContain("unused");
  }

  @Test
  void whatIsExportedOrRequiredIsKept() throws Exception {
    shop.ccQuietly("gcc", "main.o", "parts.o", "-o", "p", "-Wl,--gc-sections", "-rdynamic");
    assertThat(symbols("p")).contains("used", "unused");

    shop.ccQuietly("gcc", "main.o", "parts.o", "-o", "p", "-Wl,--gc-sections,-u,unused");
    assertThat(symbols("p")).contains("unused", "unused_value");
    verify("p");
  }

  @Test
  void whatALibraryUsesIsKept() throws Exception {
    shop.compile("lib.c", "int unused(void); int lib(void) { return unused(); }", "-fPIC");
    shop.tool("gcc", "-shared", "lib.o", "-o", "libone.so");
    shop.ccQuietly("gcc", "main.o", "parts.o", "libone.so", "-o", "p", "-Wl,--gc-sections");
    assertThat(symbols("p")).contains("unused");

    shop.ccQuietly("gcc", "main.o", "parts.o", "-o", "p", "-Wl,--gc-sections");
    assertThat(symbols("p")).doesNotContain("unused");
    verify("p");
  }

  private static final String SET =
      """
      __attribute__((section("numbers"), used)) static int one = NUMBER;
      int code(void) { return 0; }
      """;

  @Test
  void sectionsBehindStartSymbolsAreKeptUnlessAskedOtherwise() throws Exception {
    shop.compile("a.c", SET.replace("NUMBER", "20"), "-fPIE");
    shop.compile("b.c", SET.replace("NUMBER", "22").replace("code", "other"), "-fPIE");
    String sum =
        """
        extern int __start_numbers[] WEAK, __stop_numbers[] WEAK;
        int main(void) {
          int sum = 0;
          for (int *n = __start_numbers; n < __stop_numbers; n++) sum += *n;
          return sum;
        }
        """;
    shop.compile("main.c", sum.replace("WEAK", ""), "-fPIE");
    String[] words = {"gcc", "main.o", "a.o", "b.o", "-o", "p", "-Wl,--gc-sections", ""};
    words[7] = "-Wl,-z,nostart-stop-gc";
    shop.ccQuietly(words);
    assertThat(shop.run("p")).isEqualTo("exit 42");
    assertThat(symbols("p")).doesNotContain("code", "other");

    shop.compile("b.c", SET.replace("NUMBER", "1").replace("code", "other"), "-fPIE");
    shop.ccQuietly(words);
    assertThat(shop.run("p")).isEqualTo("exit 21");
    verify("p");

    shop.compile("main.c", "int main(void) { return 3; }", "-fPIE");
    shop.ccQuietly(words);
    assertThat(symbols("p")).doesNotContain("one");
    verify("p");

    shop.compile("main.c", sum.replace("WEAK", "__attribute__((weak))"), "-fPIE");
    words[7] = "-Wl,-z,start-stop-gc";
    shop.ccQuietly(words);
    assertThat(shop.run("p")).isEqualTo("exit 0");
    assertThat(symbols("p")).doesNotContain("one");
    verify("p");
  }

  @Test
  void whatIsLeftOutIsNotMissed() throws Exception {
    shop.compile(
        "parts.c",
        "int used(int x) { return x + 40; } int nowhere(void); int f(void) { return nowhere(); }",
        "-fPIE");
    shop.ccQuietly("gcc", "main.o", "parts.o", "-o", "p", "-Wl,--gc-sections");
    assertThat(shop.run("p")).isEqualTo("exit 42");

    shop.cc("gcc", "main.o", "parts.o", "-o", "p");
    assertThat(shop.heard.messages()).singleElement().asString().contains("nowhere");
  }

  @Test
  void staticProgramsRunWithoutWhatTheyDoNotNeed() throws Exception {
    shop.compile(
        "main.c",
        """
        #include <stdio.h>
        #include <stdlib.h>
        int used(int);
        int main(void) { char *text = malloc(9); sprintf(text, "%d", used(2)); puts(text); }
        """);
    shop.compile("parts.c", "int used(int x) { return x + 40; } int unused(void) { return 1; }");
    shop.ccQuietly("gcc", "-static", "main.o", "parts.o", "-o", "p", "-Wl,--gc-sections");
    assertThat(shop.run("p")).isEqualTo("42\nexit 0");
    assertThat(symbols("p")).doesNotContain("unused");
    verify("p");
  }

  @Test
  void sectionsAreDiscardedByName() throws Exception {
    shop.compile(
        "main.c",
        """
        __attribute__((section(".extra"), used)) int extra(void) { return 1; }
        __attribute__((section(".other"), noinline)) int other(void) { return 42; }
        int main(void) { return other(); }
        """,
        "-fPIE");
    shop.ccQuietly("gcc", "main.o", "-Wl,--discard-section=.extra", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(symbols("program")).contains("other").doesNotContain("extra");
    verify("program");

    String undone = "-Wl,--discard-section,.extra,--no-discard-section=.extra";
    shop.ccQuietly("gcc", "main.o", undone, "-o", "program");
    assertThat(symbols("program")).contains("extra");

    assertThat(shop.cc("gcc", "main.o", "-Wl,--discard-section=.other", "-o", "program").status())
        .isEqualTo(1);
    assertThat(shop.heard.messages()).singleElement().asString().contains("other");
  }
}
