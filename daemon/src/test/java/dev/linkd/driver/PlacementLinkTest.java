package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names, alignment and order of what the image contains. */
class PlacementLinkTest {
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

  private static final String PARTS =
      """
      .globl main
      .text
      main: mov $42, %eax
        ret
      .section .text.hot.one,"ax",@progbits
      hot: ret
      .section .text.unlikely.two,"ax",@progbits
      unlikely: ret
      .section .text.other,"ax",@progbits
      other: ret
      .section .note.GNU-stack,"",@progbits
      """;

  private String sections() throws Exception {
    return shop.tool("readelf", "-SW", "program");
  }

  private void checks(String exit) throws Exception {
    assertThat(shop.run("program")).isEqualTo(exit);
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void partsOfTheCodeKeepTheirNames() throws Exception {
    shop.compile("main.s", PARTS);
    shop.ccQuietly("gcc", "main.o", "-Wl,-z,keep-text-section-prefix", "-o", "program");
    assertThat(sections())
        .contains(" .text.hot ", " .text.unlikely ")
        .doesNotContain(".text.other");
    checks("exit 42");
    shop.compile("main.s", PARTS.replace("hot: ret", "hot: nop\n  ret"));
    shop.ccQuietly("gcc", "main.o", "-Wl,-z,keep-text-section-prefix", "-o", "program");
    assertThat(sections()).contains(" .text.hot ");
    checks("exit 42");
    shop.ccQuietly(
        "gcc",
        "main.o",
        "-Wl,-z,keep-text-section-prefix,-z,nokeep-text-section-prefix",
        "-o",
        "program");
    assertThat(sections()).doesNotContain(".text.hot");
  }

  @Test
  void sectionsKeepTheirNamesOnRequest() throws Exception {
    shop.compile("main.s", PARTS);
    shop.ccQuietly("gcc", "main.o", "-Wl,--unique=*h[ou]t*", "-o", "program");
    assertThat(sections())
        .contains(" .text.hot.one ")
        .doesNotContain(".text.unlikely", ".text.other");
    checks("exit 42");
    shop.ccQuietly("gcc", "main.o", "-Wl,--unique", "-o", "program");
    assertThat(sections()).contains(" .text.hot.one ", " .text.unlikely.two ", " .text.other ");
    checks("exit 42");
  }

  @Test
  void aSectionIsAlignedAsAskedFor() throws Exception {
    shop.compile(
        "main.c",
        "__attribute__((section(\".own\"))) int own = 42; int main(void) { return own; }");
    shop.ccQuietly("gcc", "main.o", "-Wl,--section-align=.own=0x2000", "-o", "program");
    assertThat(sections()).containsPattern(" \\.own .* [0-9a-f]+[02468ace]000 .* 8192\n");
    checks("exit 42");
    for (String wrong : List.of(".own=3", ".own", ".own=x")) {
      assertThat(shop.cc("gcc", "main.o", "-Wl,--section-align=" + wrong, "-op").status())
          .isEqualTo(1);
    }
    assertThat(shop.cc("gcc", "main.o", "-Wl,--section-align=.own=3", "-op").status()).isEqualTo(1);
    assertThat(shop.heard.messages().getFirst()).contains("must be a power of 2");
  }

  @Test
  void programHeadersAreSpared() throws Exception {
    shop.compile("main.c", "int main(void) { return 42; }");
    shop.ccQuietly("gcc", "main.o", "-Wl,--spare-program-headers=3", "-o", "program");
    assertThat(shop.tool("readelf", "-lW", "program").lines().filter(l -> l.contains(" NULL ")))
        .hasSize(3);
    checks("exit 42");
    assertThat(shop.cc("gcc", "main.o", "-Wl,--spare-program-headers=99", "-op").status())
        .isEqualTo(1);
  }

  @Test
  void everySectionHasBoundariesOnRequest() throws Exception {
    shop.compile(
        "main.c",
        """
        extern char __start_text[], __stop_text[], __start_init_array[];
        int main(void) {
          return __start_text <= (char *)main && (char *)main < __stop_text
              && __start_init_array ? 42 : 1;
        }
        """);
    shop.ccQuietly("gcc", "main.o", "-Wl,--start-stop", "-o", "program");
    assertThat(shop.tool("nm", "program")).contains(" __stop_rodata\n");
    checks("exit 42");
  }

  private List<String> order() throws Exception {
    return shop.tool("nm", "-n", "program")
        .lines()
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .filter(name -> name.matches("f[0-9]+"))
        .toList();
  }

  private void functions() throws Exception {
    shop.compile(
        "main.c",
        """
        int f1(void) { return 1; }
        int f2(void) { return 2; }
        int f3(void) { return 39; }
        static int f4(void) { return 0; }
        int (*volatile four)(void) = f4;
        int main(void) { return f1() + f2() + f3() + four(); }
        """,
        "-O0");
  }

  private void link(String option) throws Exception {
    shop.ccQuietly("gcc", "main.o", option, "-o", "program");
    checks("exit 42");
  }

  @Test
  void listedSymbolsComeFirst() throws Exception {
    functions();
    shop.write("order", "# the last ones first\nf4\n\nf3\nnowhere\nmain\nf2\n");
    link("-Wl,--symbol-ordering-file=order");
    assertThat(order()).containsExactly("f4", "f3", "f2", "f1");
    shop.write("order", "f2\n");
    link("-Wl,--symbol-ordering-file=order");
    assertThat(order()).startsWith("f2");
    assertThat(shop.cc("gcc", "main.o", "-Wl,--symbol-ordering-file=none", "-op").status())
        .isEqualTo(1);
  }

  @Test
  void listedSectionsComeFirst() throws Exception {
    functions();
    shop.write("order", "*.f3\n.text.f[42]\n");
    link("-Wl,--section-ordering-file=order");
    assertThat(order()).containsExactly("f3", "f2", "f4", "f1");
    shop.ccQuietly(
        "gcc", "main.o", "-Wl,--section-ordering-file=order,--gc-sections", "-o", "program");
    checks("exit 42");
    assertThat(order()).containsExactly("f3", "f2", "f4", "f1");
  }

  @Test
  void sectionsAreShuffled() throws Exception {
    functions();
    link("-Wl,--shuffle-sections=7");
    List<String> first = order();
    shop.pool.close(shop.path("program"));
    link("-Wl,--shuffle-sections=7");
    assertThat(order()).isEqualTo(first).isNotEqualTo(List.of("f1", "f2", "f3", "f4"));
    link("-Wl,--shuffle-sections=*=-1");
    assertThat(order()).containsExactly("f4", "f3", "f2", "f1");
  }

  @Test
  void inputsAreReversed() throws Exception {
    String constructor =
        "#include <stdio.h>\n__attribute__((constructor)) static void f%d(void) { puts(\"%d\"); }";
    shop.compile("a.c", constructor.formatted(1, 1));
    shop.compile("b.c", constructor.formatted(2, 2));
    shop.compile("main.c", "int main(void) { return 42; }");
    shop.ccQuietly("gcc", "main.o", "a.o", "b.o", "-Wl,--reverse-sections", "-o", "program");
    checks("2\n1\nexit 42");
    assertThat(order()).containsExactly("f2", "f1");
    shop.compile("b.c", constructor.formatted(2, 3));
    shop.ccQuietly("gcc", "main.o", "a.o", "b.o", "-Wl,--reverse-sections", "-o", "program");
    checks("3\n1\nexit 42");
  }

  @Test
  void zerosNeedNoRoomOnRequest() throws Exception {
    String main =
        """
        char room[100000] __attribute__((section(".room"))) = {%s};
        char *self __attribute__((section(".place"))) = room;
        int list[2] __attribute__((section("named"))) = {0, 0};
        extern int __start_named[], __stop_named[];
        int main(void) {
          room[99999]++;
          return self[0] + room[99999] + (int) (__stop_named - __start_named);
        }
        """;
    for (int first : new int[] {0, 3, 0}) {
      shop.compile("main.c", main.formatted(first));
      shop.ccQuietly("gcc", "main.o", "-o", "p", "-Wl,--zero-to-bss");
      assertThat(shop.run("p")).isEqualTo("exit " + (first + 3));
      assertThat(shop.tool("readelf", "-SW", "p"))
          .containsPattern(" \\.room +" + (first == 0 ? "NOBITS " : "PROGBITS "))
          .containsPattern(" \\.place +PROGBITS ")
          .containsPattern(" named +PROGBITS ");
      assertThat(shop.pool.output(shop.path("p")).verify()).isEmpty();
    }
    shop.ccQuietly("gcc", "main.o", "-o", "p", "-Wl,--zero-to-bss", "-Wl,--no-zero-to-bss");
    assertThat(shop.tool("readelf", "-SW", "p")).containsPattern(" \\.room +PROGBITS ");
  }

  @Test
  void boundariesHavePhysicalAddressesToo() throws Exception {
    String text =
        """
        extern char __start_table[], __phys_start_table[], __phys_stop_table[];
        __attribute__((section("table"))) int items[%d] = {1};
        int main(void) {
          long size = __phys_stop_table - __phys_start_table;
          return __start_table - __phys_start_table == 0x200000 && size == sizeof items ? 42 : 1;
        }
        """;
    String[] link = {
      "gcc", "-no-pie", "main.o", "-Wl,--physical-image-base=0x200000", "-o", "program"
    };
    shop.compile("main.c", text.formatted(3), "-fno-pie");
    shop.ccQuietly(link);
    checks("exit 42");
    shop.compile("main.c", text.formatted(3000), "-fno-pie");
    shop.ccQuietly(link);
    checks("exit 42");

    shop.compile(
        "main.c",
        "__attribute__((section(\"own\"))) int answer = 42; int main(void) { return answer; }");
    shop.ccQuietly(link);
    checks("exit 42");
    assertThat(shop.tool("nm", "program"))
        .contains(" __phys_start_own\n", " __phys_stop_own\n")
        .doesNotContain("__phys_start_table");
  }
}
