package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.LinkDriver.LinkExit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects made of objects, linked again by GNU ld and by the linker under test. */
class RelocatableLinkTest {
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

  private LinkExit join(String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of("-r", "-o", "joined.o"));
    all.addAll(List.of(words));
    LinkExit exit = shop.ld(all);
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(exit.status()).isZero();
    assertThat(shop.pool.output(shop.path("joined.o")).verify()).isEmpty();
    assertThat(shop.tool("readelf", "-Wa", "joined.o")).doesNotContain("Warning", "Error");
    return exit;
  }

  /** Links the joined object with both linkers; both programs must print the same. */
  private String runBoth(String compiler, String... more) throws Exception {
    List<String> gnu = new ArrayList<>(List.of(compiler, "-fuse-ld=bfd", "joined.o", "-o", "gnu"));
    gnu.addAll(List.of(more));
    shop.tool(gnu.toArray(String[]::new));
    List<String> own = new ArrayList<>(List.of(compiler, "joined.o", "-o", "program"));
    own.addAll(List.of(more));
    shop.ccQuietly(own.toArray(String[]::new));
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
    String printed = shop.run("program");
    assertThat(shop.run("gnu")).isEqualTo(printed);
    return printed;
  }

  private String readelf(String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("readelf", "-W"));
    command.addAll(List.of(options));
    command.add("joined.o");
    return shop.tool(command.toArray(String[]::new));
  }

  @Test
  void anObjectOfObjectsIsLinkedAgain() throws Exception {
    shop.compile(
        "main.c",
        """
        #include <stdio.h>
        extern const char *words[];
        int value(void);
        static int local = 2;
        int main(void) { printf("%s %s\\n", words[0], words[1]); return value() + local; }
        """);
    shop.compile(
        "value.c",
        """
        const char *words[] = {"hello", "world"};
        static int local = 40;
        static int *pointer = &local;
        int value(void) { return *pointer; }
        """);
    assertThat(join("main.o", "value.o").startOverReason()).isEqualTo("FIRST_LINK");
    assertThat(runBoth("gcc")).isEqualTo("hello world\nexit 42");
    assertThat(readelf("-s")).contains("main.c", "value.c", " main\n", " local\n");

    shop.compile(
        "value.c",
        "const char *words[] = {\"other\", \"words\"};\nint value(void) { return 5; }\n");
    assertThat(join("main.o", "value.o").startOverReason()).isEqualTo("RELOCATABLE_OUTPUT");
    assertThat(runBoth("gcc")).isEqualTo("other words\nexit 7");

    LinkExit same = join("main.o", "value.o");
    assertThat(same.startOverReason()).isEmpty();
    assertThat(same.flush().orElseThrow().published()).isFalse();
  }

  @Test
  void sectionsWithOneNameBecomeOne() throws Exception {
    shop.write(
        "a.s",
        ".text\n"
            + ".globl a\n"
            + "a: call b\n"
            + " ret\n"
            + ".section .rodata.str1.1,\"aMS\",@progbits,1\n"
            + ".string \"same\"\n");
    shop.write(
        "b.s",
        ".text\n"
            + ".globl b\n"
            + "b: ret\n"
            + ".section .rodata.str1.1,\"aMS\",@progbits,1\n"
            + ".string \"same\"\n"
            + ".string \"x\"\n");
    shop.tool("as", "a.s", "-o", "a.o");
    shop.tool("as", "b.s", "-o", "b.o");

    join("a.o", "b.o");

    assertThat(readelf("-S")).containsOnlyOnce(" .text ").containsOnlyOnce(" .rodata.str1.1 ");
    assertThat(readelf("-S")).containsPattern("\\.rodata\\.str1\\.1 +PROGBITS .* 00000c 01 AMS");
    assertThat(readelf("-r")).containsPattern("R_X86_64_PL?T?C?32 .* b - 4");
    assertThat(readelf("-h")).contains("REL (Relocatable file)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-O0", "-O2"})
  void templatesExceptionsAndThreadLocalsSurvive(String optimisation) throws Exception {
    String common =
        """
        #include <stdexcept>
        #include <string>
        #include <vector>
        template <class T> struct Box {
          T value;
          static int made;
          explicit Box(T v) : value(v) { made++; }
          T get() const { if (value < 0) throw std::runtime_error("negative"); return value; }
        };
        template <class T> int Box<T>::made;
        inline int &counter() { static thread_local int count = 3; return count; }
        """;
    shop.compile(
        "one.cc",
        common
            + """
            #include <cstdio>
            int other(int);
            int main() {
              Box<int> good(40), bad(-1);
              int result = good.get() + other(1);
              try { bad.get(); } catch (const std::exception &e) { std::puts(e.what()); }
              std::vector<std::string> all(3, "x");
              std::printf("%d %d %zu\\n", Box<int>::made, counter(), all.size());
              return result;
            }
            """,
        optimisation,
        "-g");
    shop.compile(
        "two.cc",
        common
            + """
            int other(int x) {
              Box<int> box(x);
              counter()++;
              std::vector<std::string> all(2, "y");
              return box.get() + (int) all.size() - 1;
            }
            """,
        optimisation,
        "-g");

    join("one.o", "two.o");

    assertThat(runBoth("g++")).isEqualTo("negative\n3 4 3\nexit 42");
    assertThat(readelf("-S")).contains(".group", ".debug_info", ".eh_frame");
    assertThat(shop.tool("gdb", "-batch", "-ex", "info line other", "program")).contains("two.cc");
  }

  @Test
  void groupsAreDissolvedOnRequest() throws Exception {
    String text = "inline int twice(int x) { static int n; n++; return 2 * x + n - n; }\n";
    shop.compile("one.cc", text + "int other(int);\nint main() { return twice(20) + other(1); }\n");
    shop.compile("two.cc", text + "int other(int x) { return twice(x); }\n");

    join("one.o", "two.o", "--force-group-allocation");

    assertThat(readelf("-g")).contains("no section groups");
    assertThat(runBoth("g++")).isEqualTo("exit 42");
  }

  @Test
  void sectionsAreJoinedOnRequest() throws Exception {
    shop.compile(
        "main.c", "int f(void), data = 1, zero; int main(void) { return f() + data + zero; }");
    shop.compile("other.c", "const int forty = 40; int f(void) { return forty + 1; }");

    join("main.o", "other.o");
    assertThat(readelf("-SW")).contains(" .text.f ", " .text.main ", " .data.data ");
    join("main.o", "other.o", "--relocatable-merge-sections");
    assertThat(readelf("-SW")).contains(" .text ").doesNotContain(".text.", ".data.d", ".bss.");
    assertThat(runBoth("gcc")).isEqualTo("exit 42");
  }

  @Test
  void commonSymbolsStayCommonUnlessTheyGetRoom() throws Exception {
    shop.compile("main.c", "int shared[2];\nint main(void) { return shared[0]; }\n", "-fcommon");
    shop.compile("other.c", "int shared[9];\n", "-fcommon");

    join("main.o", "other.o");
    assertThat(readelf("-s")).containsPattern(" 36 OBJECT +GLOBAL DEFAULT +COM shared");
    assertThat(runBoth("gcc")).isEqualTo("exit 0");

    join("main.o", "other.o", "-d");
    assertThat(readelf("-s"))
        .containsPattern(" 36 OBJECT +GLOBAL DEFAULT +[0-9]+ shared")
        .doesNotContain("COM shared");
    assertThat(runBoth("gcc")).isEqualTo("exit 0");
  }

  @Test
  void undefinedAndWeakSymbolsStay() throws Exception {
    shop.compile(
        "main.c",
        """
        __attribute__((weak)) int absent(void);
        int needed(void);
        __attribute__((weak)) int weak(void) { return 1; }
        int main(void) { return (absent ? absent() : 40) + needed() + weak(); }
        """);
    shop.compile("strong.c", "int weak(void) { return 1; }\n");
    join("main.o", "strong.o");
    assertThat(readelf("-s"))
        .containsPattern("WEAK +DEFAULT +UND absent")
        .containsPattern("GLOBAL +DEFAULT +UND needed")
        .containsPattern("GLOBAL +DEFAULT +[0-9]+ weak");
    shop.compile("needed.c", "int needed(void) { return 1; }\n");

    assertThat(runBoth("gcc", "needed.o")).isEqualTo("exit 42");
  }

  @Test
  void twoStrongDefinitionsAreReported() throws Exception {
    shop.compile("a.c", "int same(void) { return 1; }\n");
    shop.compile("b.c", "int same(void) { return 2; }\n");

    assertThat(shop.ld("-r", "a.o", "b.o", "-o", "joined.o").status()).isEqualTo(1);

    assertThat(shop.heard.messages().getFirst())
        .contains("duplicate symbol: same\n", "defined in a.o", "duplicate symbol: a.o: b.o: same");
    assertThat(shop.path("joined.o")).doesNotExist();
    join("a.o", "b.o", "-z", "muldefs");
  }

  @Test
  void membersOfArchivesAreTakenWhenNeeded() throws Exception {
    shop.compile("main.c", "int value(void);\nint main(void) { return value(); }\n");
    shop.compile("value.c", "int more(void);\nint value(void) { return 40 + more(); }\n");
    shop.compile("more.c", "int more(void) { return 2; }\n");
    shop.compile("unused.c", "int unused(void) { return 0; }\n");
    shop.tool("ar", "rcs", "libparts.a", "unused.o", "more.o", "value.o");

    join("main.o", "-L.", "-lparts");
    assertThat(readelf("-s")).doesNotContain("unused");
    assertThat(runBoth("gcc")).isEqualTo("exit 42");

    join("main.o", "--whole-archive", "libparts.a");
    assertThat(readelf("-s")).contains(" unused\n");
    assertThat(runBoth("gcc")).isEqualTo("exit 42");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-S", "-x", "-X", "-s"})
  void whatIsStrippedIsNotNeeded(String option) throws Exception {
    shop.compile(
        "main.c",
        """
        #include <stdio.h>
        int other(int);
        static __attribute__((noinline)) int helper(int x) { return x + 1; }
        static const char *const names[] = {"zero", "one"};
        int main(int argc, char **argv) { puts(names[argc % 2]); return helper(other(argc)); }
        """,
        "-g");
    shop.compile("other.c", "static int n = 40; int other(int x) { return n + x; }\n", "-g");

    join("main.o", "other.o", option);

    boolean debug = option.equals("-x") || option.equals("-X");
    assertThat(readelf("-S").contains(".debug_info")).isEqualTo(debug);
    boolean locals = option.equals("-S") || option.equals("-X");
    assertThat(readelf("-s").contains(" helper\n")).isEqualTo(locals);
    if (!option.equals("-s")) {
      assertThat(runBoth("gcc")).isEqualTo("one\nexit 42");
    }
  }

  @Test
  void aModuleOfManySectionsKeepsItsNumbers() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 33_000; i++) {
      text.append(".section .text.f").append(i).append(",\"ax\",@progbits\n.globl f").append(i);
      text.append("\nf").append(i).append(": call f").append((i + 1) % 33_000).append("\n ret\n");
    }
    shop.write("many.s", text.toString());
    shop.tool("as", "many.s", "-o", "many.o");
    shop.compile("main.c", "int main(void) { return 42; }\n");

    join("many.o", "main.o");

    assertThat(readelf("-h")).containsPattern("Number of section headers: +0 \\(66[0-9]{3}\\)");
    assertThat(readelf("-s")).containsPattern("FUNC +GLOBAL DEFAULT 66[0-9]{3} main");
    assertThat(runBoth("gcc", "-Wl,--no-warnings")).isEqualTo("exit 42");
  }

  @Test
  void notesOfObjectsAreCombined() throws Exception {
    shop.compile("a.c", "int a(void) { return 1; }\n", "-fcf-protection=full");
    shop.compile("b.c", "int b(void) { return 1; }\n", "-fcf-protection=branch");
    join("a.o", "b.o");
    assertThat(readelf("-n")).contains("x86 feature: IBT").doesNotContain("SHSTK");

    shop.compile("b.c", "int b(void) { return 1; }\n", "-fcf-protection=none");
    join("a.o", "b.o");
    assertThat(readelf("-n")).doesNotContain("x86 feature");

    String note =
        """
        .section ".note.gnu.property", "a"
        .long 4, 16, 5, 0x554e47, 0xc0008002, 4, LEVEL, 0
        """;
    shop.compile("a.s", note.replace("LEVEL", "1"), "-Wa,-mx86-used-note=no");
    shop.compile("b.s", note.replace("LEVEL", "4"), "-Wa,-mx86-used-note=no");
    join("a.o", "b.o");
    assertThat(readelf("-n")).contains("x86 ISA needed: x86-64-baseline, x86-64-v3");
  }

  @Test
  void aJoinedObjectCanBeJoinedAgain() throws Exception {
    shop.compile("main.c", "int value(void);\nint main(void) { return value(); }\n", "-g");
    shop.compile("value.c", "int more(void);\nint value(void) { return 40 + more(); }\n", "-g");
    shop.compile("more.c", "static int m = 2; int more(void) { return m; }\n", "-g");
    assertThat(shop.ld("-r", "value.o", "more.o", "-o", "half.o").status()).isZero();

    join("main.o", "half.o");

    assertThat(runBoth("gcc")).isEqualTo("exit 42");
  }

  @Test
  void itIsNoProgramAndNoLibrary() throws Exception {
    shop.compile("a.c", "int a(void) { return 1; }\n");
    shop.compile("lib.c", "int lib(void) { return 1; }\n", "-fPIC");
    shop.tool("gcc", "-shared", "lib.o", "-o", "lib.so");

    assertThat(shop.ld("-r", "-shared", "a.o").status()).isEqualTo(1);
    assertThat(shop.heard.messages())
        .containsExactly("error: -r and -shared may not be used together");
    assertThat(shop.ld("-r", "a.o", "lib.so").status()).isEqualTo(1);
    assertThat(shop.heard.messages().getFirst())
        .contains("attempted static link of dynamic object");
    assertThat(shop.ld("-r", "a.o", "--defsym=x=a+1", "-o", "joined.o").status()).isEqualTo(1);
    assertThat(shop.heard.messages().getFirst()).contains("--defsym x: only numbers");
    join("a.o", "--defsym=x=0x42");
    assertThat(readelf("-s")).containsPattern("0000000000000042 .* ABS x");
  }
}
