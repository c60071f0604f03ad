package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --icf} and the options that go with it. */
class FoldingLinkTest {
  @TempDir Path directory;
  private Workshop shop;

  /** The addresses are compared at run time. */
  private static final String MAIN =
      """
      #include <stdio.h>
      int one(int), two(int), three(int), ping(int), pong(int);
      int called(int), alike(int);
      extern const int first_table[], second_table[];
      int (*volatile functions[])(int) = {one, two, three, ping, pong};
      const int *volatile tables[] = {first_table, second_table};
      int main(void) {
        printf("%d%d%d %d %d\\n", functions[0] == functions[1], functions[0] == functions[2],
               functions[3] == functions[4], tables[0] == tables[1], one(1) + two(2) + three(3));
        printf("%d %d\\n", called(3) - alike(3), ping(3));
        return 0;
      }
      """;

  private static final String ALIKE =
      """
      int helper(int);
      __attribute__((noinline)) int NAME(int x) { return helper(x) + 1; }
      """;

  private static final String PINGS =
      """
      __attribute__((noinline)) int pong(int x);
      __attribute__((noinline)) int ping(int x) { return x > 0 ? pong(x - 1) * 3 : 7; }
      __attribute__((noinline)) int pong(int x) { return x > 0 ? ping(x - 1) * 3 : 7; }
      __attribute__((noinline)) static int inner(int x) { return x * 5; }
      __attribute__((noinline)) static int other(int x) { return x * 5; }
      int called(int x) { return inner(x) + inner(x + 1); }
      int alike(int x) { return other(x) + other(x + 1); }
      const int first_table[] = {1, 2, 3, 4}, second_table[] = {1, 2, 3, 4};
      """;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    compile("main.c", MAIN);
    compile("one.c", ALIKE.replace("NAME", "one"));
    compile("two.c", ALIKE.replace("NAME", "two"));
    compile("three.c", ALIKE.replace("NAME", "three").replace("+ 1", "+ 2"));
    compile("pings.c", PINGS + "int helper(int x) { return x * 10; }\n");
  }

  private void compile(String name, String text) throws Exception {
    shop.compile(name, text, "-fPIE", "-fno-ipa-icf", "-fno-optimize-sibling-calls");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private String link(String options) throws Exception {
    shop.ccQuietly(
        "gcc",
        "main.o",
        "one.o",
        "two.o",
        "three.o",
        "pings.o",
        "-o",
        "p",
        options.isEmpty() ? "-pie" : "-Wl," + options);
    assertThat(shop.pool.output(shop.path("p")).verify()).isEmpty();
    return shop.run("p");
  }

  private String address(String symbol) throws Exception {
    return shop.tool("nm", "p")
        .lines()
        .filter(line -> line.endsWith(" " + symbol))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .findFirst()
        .orElse("none");
  }

  private static final String REST = " 64\n0 189\nexit 0";

  @Test
  void functionsOfTheSameMeaningBecomeOne() throws Exception {
    assertThat(link("")).isEqualTo("000 0" + REST);
    assertThat(link("--icf=all")).isEqualTo("101 0" + REST);
    assertThat(address("called")).isEqualTo(address("alike"));
    assertThat(address("inner")).isEqualTo(address("other"));
    assertThat(link("--icf=none")).isEqualTo("000 0" + REST);
    assertThat(address("called")).isNotEqualTo(address("alike"));
  }

  @Test
  void functionsWhoseAddressIsTakenStayApartIfThatIsAsked() throws Exception {
    assertThat(link("--icf=safe")).isEqualTo("000 0" + REST);
    assertThat(address("called")).isEqualTo(address("alike"));
    assertThat(address("inner")).isEqualTo(address("other"));
    assertThat(address("ping")).isNotEqualTo(address("pong"));
  }

  @Test
  void editsMakeFunctionsDifferentAndEqual() throws Exception {
    assertThat(link("--icf=all")).isEqualTo("101 0" + REST);

    compile("two.c", ALIKE.replace("NAME", "two").replace("+ 1", "+ 2"));
    assertThat(link("--icf=all")).isEqualTo("001 0 65\n0 189\nexit 0");
    assertThat(address("two")).isEqualTo(address("three"));

    compile("one.c", ALIKE.replace("NAME", "one").replace("+ 1", "+ 2"));
    assertThat(link("--icf=all")).isEqualTo("111 0 66\n0 189\nexit 0");

    compile("one.c", ALIKE.replace("NAME", "one").replace("+ 1", "- 1"));
    assertThat(link("--icf=all")).isEqualTo("001 0 63\n0 189\nexit 0");

    compile("pings.c", PINGS.replace("pong(x - 1) * 3", "pong(x - 1) * 2") + HELPER);
    assertThat(link("--icf=all")).isEqualTo("000 0 63\n0 84\nexit 0");

    compile("one.c", ALIKE.replace("NAME", "one"));
    compile("two.c", ALIKE.replace("NAME", "two"));
    compile("pings.c", PINGS + HELPER);
    assertThat(link("--icf=all")).isEqualTo("101 0" + REST);
  }

  private static final String HELPER = "int helper(int x) { return x * 10; }\n";

  @Test
  void whatStandsForOthersCanGo() throws Exception {
    assertThat(link("--icf=all,--gc-sections")).isEqualTo("101 0" + REST);
    compile("one.c", ALIKE.replace("NAME", "unused") + "int one(int x) { return x; }\n");
    assertThat(link("--icf=all,--gc-sections")).isEqualTo("001 0 54\n0 189\nexit 0");
    assertThat(address("unused")).isEqualTo("none");
    compile("one.c", ALIKE.replace("NAME", "one"));
    assertThat(link("--icf=all,--gc-sections")).isEqualTo("101 0" + REST);
  }

  @Test
  void aUniqueFunctionIsNotFolded() throws Exception {
    assertThat(link("--icf=all,--keep-unique=one")).isEqualTo("001 0" + REST);
    assertThat(link("--icf=all,--keep-unique,nowhere")).isEqualTo("101 0" + REST);
  }

  @Test
  void constantsAreFoldedOnRequest() throws Exception {
    assertThat(link("--icf=all,--ignore-data-address-equality")).isEqualTo("101 1" + REST);
  }

  @Test
  void whatIsFoldedIsListed() throws Exception {
    link("--icf=all,--print-icf-sections");
    String list = shop.heard.output.toString();
    String group =
        "selected section one.o:(.text.one)\n" + "  removing identical section two.o:(.text.two)\n";
    assertThat(list).contains(group).doesNotContain("three");

    link("--icf=all,--print-icf-sections,--no-print-icf-sections");
    assertThat(shop.heard.output.toString()).isEmpty();
  }

  @Test
  void anUnknownModeIsRefused() throws Exception {
    shop.cc("gcc", "main.o", "-o", "p", "-Wl,--icf=some");
    assertThat(shop.heard.messages()).contains("error: unknown --icf= value: some");
  }

  @Test
  void exceptionsPassThroughFoldedFunctions() throws Exception {
    String text =
        """
        #include <cstdio>
        struct Noisy { int *count; ~Noisy() { ++*count; } };
        void leave(int x);
        __attribute__((noinline)) void first(int x, int *c) { Noisy n{c}; leave(x); }
        __attribute__((noinline)) void second(int x, int *c) { Noisy n{c}; leave(x); }
        int main() {
          int count = 0;
          for (int i = 0; i < 3; i++) {
            try { first(i, &count); } catch (int x) { printf("first %d ", x); }
            try { second(i, &count); } catch (int x) { printf("second %d ", x); }
          }
          printf("%d\\n", count);
          return 0;
        }
        """;
    shop.compile("main.cc", text, "-fPIE", "-fno-ipa-icf");
    shop.compile("leave.cc", "void leave(int x) { if (x > 1) throw x; }", "-fPIE");
    List<String> command = List.of("g++", "main.o", "leave.o", "-o", "p", "-Wl,--icf=all");
    shop.ccQuietly(command.toArray(String[]::new));
    assertThat(shop.run("p")).isEqualTo("first 2 second 2 6\nexit 0");
    assertThat(address("_Z5firstiPi")).isEqualTo(address("_Z6secondiPi"));
    assertThat(shop.tool("readelf", "-wN", "-u", "p").toLowerCase()).doesNotContain("warning");
    assertThat(shop.pool.output(shop.path("p")).verify()).isEmpty();

    String longer = "Noisy n{c}; leave(x + 1);";
    shop.compile("main.cc", text.replaceFirst("Noisy n\\{c\\}; leave\\(x\\);", longer), "-fPIE");
    shop.ccQuietly(command.toArray(String[]::new));
    assertThat(shop.run("p")).isEqualTo("first 2 first 3 second 2 6\nexit 0");
    assertThat(shop.pool.output(shop.path("p")).verify()).isEmpty();
  }

  /** What stands for several functions is aligned as each of them has to be. */
  @Test
  void aFunctionThatIsAlignedLessIsFoldedToo() throws Exception {
    shop.compile(
        "main.c",
        """
        #include <stdint.h>
        int plain(void), aligned(void);
        int (*volatile functions[])(void) = {plain, aligned};
        int main(void) { return (functions[0] == functions[1]) + 2 * ((uintptr_t)functions[1] % 64 == 0); }
        """,
        "-fPIE");
    String text =
        """
        .section .text.pad, "ax"
        .byte 0x90
        .section .text.plain, "ax"
        .globl plain
        plain: ret
        .section .text.aligned, "ax"
        .p2align ALIGNMENT
        .globl aligned
        aligned: ret
        """;
    shop.compile("functions.s", text.replace("ALIGNMENT", "6"));
    String[] link = {"gcc", "-pie", "main.o", "functions.o", "-Wl,--icf=all", "-o", "p"};
    shop.cc(link);
    assertThat(shop.run("p")).isEqualTo("exit 3");

    shop.compile("functions.s", text.replace("ALIGNMENT", "0"));
    shop.cc(link);
    shop.compile("functions.s", text.replace("ALIGNMENT", "6"));
    shop.cc(link);
    assertThat(shop.run("p")).isEqualTo("exit 3");
    assertThat(shop.pool.output(shop.path("p")).verify()).isEmpty();
  }

  /** Clang lengthens the last record of an object. */
  @Test
  void paddingOfUnwindRecordsDoesNotTellFunctionsApart() throws Exception {
    shop.compile(
        "main.c",
        """
        int one(void), two(void);
        int (*volatile functions[])(void) = {one, two};
        int main(void) { return functions[0] == functions[1] ? 40 + two() : 1; }
        """,
        "-fPIE");
    String function = ".section .text.NAME, \"ax\"\n.globl NAME\nNAME: mov $2, %eax\nret\n";
    String records =
        """
        .section .eh_frame, "a", @progbits
        cie: .long 16, 0
        .byte 1
        .asciz "zR"
        .byte 1, 0x78, 16, 1, 0x1b, 0, 0, 0
        .long 16, . - cie, one - ., 6, 0
        .long 20, . - cie, two - ., 6, LAST
        .section .note.GNU-stack, "", @progbits
        """;
    String text = function.replace("NAME", "one") + function.replace("NAME", "two") + records;
    String[] link = {"gcc", "-pie", "main.o", "functions.o", "-Wl,--icf=all", "-o", "p"};
    shop.compile("functions.s", text.replace("LAST", "0, 0"));
    shop.ccQuietly(link);
    assertThat(shop.run("p")).isEqualTo("exit 42");

    shop.compile("functions.s", text.replace("LAST", "0, 0x0a0b"));
    shop.ccQuietly(link);
    assertThat(shop.run("p")).isEqualTo("exit 1");
    shop.compile("functions.s", text.replace("LAST", "0, 0"));
    shop.ccQuietly(link);
    assertThat(shop.run("p")).isEqualTo("exit 42");
    assertThat(shop.pool.output(shop.path("p")).verify()).isEmpty();
  }
}
