package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which symbols other modules see and can replace. */
class ExportLinkTest {
  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  /** Names of what a file defines for others, without what start files bring. */
  private Set<String> exported(String file) throws Exception {
    return shop.tool("nm", "-D", "--defined-only", file)
        .lines()
        .map(line -> line.substring(19).replaceAll("@.*", ""))
        .filter(name -> !name.startsWith("_") || name.startsWith("_Z") || name.startsWith("__st"))
        .filter(name -> !Set.of("data_start", "stdout").contains(name))
        .collect(Collectors.toSet());
  }

  private void library(String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of("gcc", "-shared", "lib.o"));
    words.addAll(List.of(options));
    words.addAll(List.of("-Wl,-soname,libx.so", "-o", "libx.so"));
    shop.ccQuietly(words.toArray(String[]::new));
    verified("libx.so");
  }

  private void program(String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of("gcc", "main.o"));
    words.addAll(List.of(options));
    words.addAll(List.of("-o", "main"));
    shop.ccQuietly(words.toArray(String[]::new));
    verified("main");
  }

  private void verified(String file) throws Exception {
    assertThat(shop.pool.output(shop.path(file)).verify()).isEmpty();
  }

  @Test
  void aDynamicListExportsFromAProgram() throws Exception {
    shop.compile("main.c", "int foo, bar_1, bar_2, baz; int main(void) { return 0; }", "-fPIE");
    shop.write("list", "{ foo; \"bar*\"; bar_?; };\n");

    program("-pie", "-Wl,--dynamic-list=list");
    assertThat(exported("main")).containsExactlyInAnyOrder("foo", "bar_1", "bar_2");
    shop.compile("main.c", "int foo, bar_3; int main(void) { return 0; }", "-fPIE");
    program("-pie", "-Wl,--dynamic-list=list");
    assertThat(exported("main")).containsExactlyInAnyOrder("foo", "bar_3");
    shop.write("list", "{ main; };\n");
    program("-pie", "-Wl,--dynamic-list", "-Wl,list");
    assertThat(exported("main")).containsExactly("main");
  }

  @Test
  void onlyListedSymbolsOfALibraryCanBeReplaced() throws Exception {
    replaceable();
    shop.write("list", "{ open; };\n");

    library("-Wl,--dynamic-list=list");
    assertThat(shop.run("main")).isEqualTo("2 1 1\nexit 0");
    assertThat(exported("libx.so")).contains("open", "shut", "data", "results");
    library("-Wl,--dynamic-list-data");
    assertThat(shop.run("main")).isEqualTo("1 1 2\nexit 0");
    library("-Wl,-Bsymbolic-functions,--export-dynamic-symbol=sh*");
    assertThat(shop.run("main")).isEqualTo("1 2 2\nexit 0");
  }

  /** A program that replaces two functions and a variable of a library. */
  private void replaceable() throws Exception {
    shop.compile(
        "lib.c",
        """
        #include <stdio.h>
        int data = 1;
        int open(void) { return 1; }
        __attribute__((weak)) int shut(void) { return 1; }
        void results(void) { printf("%d %d %d\\n", open(), shut(), data); }
        """,
        "-fPIC",
        "-fno-inline");
    shop.compile(
        "main.c",
        """
        int data = 2;
        int open(void) { return 2; }
        int shut(void) { return 2; }
        void results(void);
        int main(void) { results(); return 0; }
        """,
        "-fPIE");
    library();
    program("-pie", "libx.so", "-Wl,-rpath,$ORIGIN");
    assertThat(shop.run("main")).isEqualTo("2 2 2\nexit 0");
  }

  @Test
  void aLibraryMeansItsOwnSymbolsOnRequest() throws Exception {
    replaceable();

    library("-Wl,-Bsymbolic");
    assertThat(shop.run("main")).isEqualTo("1 1 1\nexit 0");
    assertThat(shop.tool("readelf", "-Wd", "libx.so")).contains("(SYMBOLIC)", "FLAGS) ");
    library("-Wl,-Bsymbolic-functions");
    assertThat(shop.run("main")).isEqualTo("1 1 2\nexit 0");
    assertThat(shop.tool("readelf", "-Wd", "libx.so")).doesNotContain("SYMBOLIC");
    library("-Wl,-Bsymbolic-non-weak");
    assertThat(shop.run("main")).isEqualTo("1 2 1\nexit 0");
    library("-Wl,-Bsymbolic-non-weak-functions");
    assertThat(shop.run("main")).isEqualTo("1 2 2\nexit 0");
    library("-Wl,-Bsymbolic,-Bno-symbolic");
    assertThat(shop.run("main")).isEqualTo("2 2 2\nexit 0");
  }

  @Test
  void aSymbolThatBecomesWeakCanBeReplacedAgain() throws Exception {
    replaceable();
    library("-Wl,-Bsymbolic-non-weak");
    assertThat(shop.run("main")).isEqualTo("1 2 1\nexit 0");
    shop.compile(
        "lib.c",
        """
        #include <stdio.h>
        __attribute__((weak)) int data = 1;
        __attribute__((weak)) int open(void) { return 1; }
        int shut(void) { return 1; }
        void results(void) { printf("%d %d %d\\n", open(), shut(), data); }
        """,
        "-fPIC",
        "-fno-inline");

    library("-Wl,-Bsymbolic-non-weak");

    assertThat(shop.run("main")).isEqualTo("2 1 2\nexit 0");
  }

  @Test
  void allObjectsCanBeListed() throws Exception {
    shop.compile("main.c", "int a = 1; char b[3]; int main(void) { return a; }", "-fPIE");

    program("-pie", "-Wl,--dynamic-list-data");

    assertThat(exported("main")).contains("a", "b").doesNotContain("main");
  }

  @Test
  void operatorsAndTypesOfCppCanBeListed() throws Exception {
    shop.compile(
        "main.cc",
        """
        #include <cstdlib>
        #include <new>
        struct Base { virtual ~Base() {} };
        struct Derived : Base {} derived;
        void *operator new(std::size_t n) { return std::malloc(n); }
        int main() { return dynamic_cast<Derived *>(static_cast<Base *>(&derived)) ? 42 : 1; }
        """,
        "-fPIE");

    shop.ccQuietly("g++", "-pie", "main.o", "-Wl,--dynamic-list-cpp-typeinfo", "-o", "main");
    assertThat(exported("main")).contains("_ZTI7Derived", "_ZTS7Derived").doesNotContain("main");
    shop.ccQuietly("g++", "-pie", "main.o", "-Wl,--dynamic-list-cpp-new", "-o", "main");
    assertThat(exported("main")).contains("_Znwm").doesNotContain("_ZTI7Derived");
    assertThat(shop.run("main")).isEqualTo("exit 42");
  }

  @Test
  void singleSymbolsAreExported() throws Exception {
    shop.compile("main.c", "int foo, bar_1, bar_2; int main(void) { return 0; }", "-fPIE");
    shop.write("list", "{ foo; };\n");

    program("-pie", "-Wl,--export-dynamic-symbol=bar_*");
    assertThat(exported("main")).containsExactlyInAnyOrder("bar_1", "bar_2");
    program("-pie", "-Wl,--export-dynamic-symbol-list=list,--export-dynamic-symbol,main");
    assertThat(exported("main")).containsExactlyInAnyOrder("foo", "main");
  }

  @Test
  void whatArchivesDefineIsNotExportedOnRequest() throws Exception {
    shop.compile("lib.c", "int a(void), b(void); int both(void) { return a() + b(); }", "-fPIC");
    shop.compile("a.c", "int a(void) { return 40; }", "-fPIC");
    shop.compile("b.c", "int b(void) { return 2; }", "-fPIC");
    shop.tool("ar", "rcs", "liba.a", "a.o");
    shop.tool("ar", "rcs", "libb.a", "b.o");
    shop.compile("main.c", "int both(void); int main(void) { return both(); }", "-fPIE");

    library("liba.a", "libb.a");
    assertThat(exported("libx.so")).containsExactlyInAnyOrder("a", "b", "both");
    library("liba.a", "libb.a", "-Wl,--exclude-libs,libother:liba");
    assertThat(exported("libx.so")).containsExactlyInAnyOrder("b", "both");
    library("liba.a", "libb.a", "-Wl,--exclude-libs=liba.a,--exclude-libs=libb.a");
    assertThat(exported("libx.so")).containsExactly("both");
    library("liba.a", "libb.a", "-Wl,--exclude-libs,ALL");
    assertThat(exported("libx.so")).containsExactly("both");
    program("-pie", "libx.so", "-Wl,-rpath,$ORIGIN");
    assertThat(shop.run("main")).isEqualTo("exit 42");
  }

  @Test
  void visibilityDecidesInALibraryAndFollowsEdits() throws Exception {
    String text =
        """
        __attribute__((visibility("hidden"))) int hidden(void) { return 1; }
        __attribute__((visibility("internal"))) int internal(void) { return 2; }
        __attribute__((visibility("protected"))) int guarded(void) { return 4; }
        __attribute__((visibility("default"))) int plain(void) { return 8; }
        int sum(void) { return hidden() + internal() + guarded() + plain(); }
        """;
    shop.compile("lib.c", text, "-fPIC", "-fno-inline");
    shop.compile(
        "main.c",
        """
        int sum(void);
        int guarded(void) { return 40; }
        int plain(void) { return 80; }
        int main(void) { return sum(); }
        """,
        "-fPIE");
    library();
    program("-pie", "libx.so", "-Wl,-rpath,$ORIGIN");
    assertThat(exported("libx.so")).containsExactlyInAnyOrder("guarded", "plain", "sum");
    assertThat(shop.run("main")).isEqualTo("exit 87");

    shop.compile("lib.c", text.replace("protected", "default"), "-fPIC", "-fno-inline");
    library();
    assertThat(shop.run("main")).isEqualTo("exit 123");
    shop.compile("lib.c", text.replace("\"default\"", "\"hidden\""), "-fPIC", "-fno-inline");
    library();
    assertThat(exported("libx.so")).containsExactlyInAnyOrder("guarded", "sum");
    assertThat(shop.run("main")).isEqualTo("exit 15");
  }

  @Test
  void uniqueSymbolsCanBeMadeGlobal() throws Exception {
    shop.compile("lib.c", "int one;\n__asm__(\".type one, @gnu_unique_object\");\n", "-fPIC");

    library("-Wl,--gnu-unique");
    assertThat(shop.tool("readelf", "-W", "--dyn-syms", "libx.so")).containsPattern("UNIQUE .*one");
    library("-Wl,--no-gnu-unique");
    assertThat(shop.tool("readelf", "-W", "-s", "libx.so"))
        .containsPattern("GLOBAL .*one")
        .doesNotContain("UNIQUE");
  }

  @Test
  void marksAreRecorded() throws Exception {
    shop.compile("lib.c", "int x;", "-fPIC");

    library(
        "-Wl,-z,initfirst,-z,interpose,-z,nodelete,-z,nodlopen,-z,nodump,-z,nodefaultlib",
        "-Wl,-z,loadfltr,-z,global,-z,origin,-z,globalaudit,-z,unique");

    String dynamic = shop.tool("readelf", "-Wd", "libx.so");
    assertThat(dynamic)
        .containsPattern("\\(FLAGS\\) .*ORIGIN")
        .containsPattern(
            "FLAGS_1\\) .*Flags: GLOBAL NODELETE LOADFLTR INITFIRST NOOPEN ORIGIN INTERPOSE"
                + " NODEFLIB NODUMP GLOBAUDIT")
        .containsPattern("GNU_FLAGS_1\\) .*Flags: UNIQUE");
    library("-Wl,-z,unique,-z,nounique");
    assertThat(shop.tool("readelf", "-Wd", "libx.so")).doesNotContain("FLAGS_1");
  }

  @Test
  void copiesOfObjectsCanBeRefused() throws Exception {
    shop.compile("lib.c", "int value = 42;", "-fPIC");
    shop.compile("main.c", "extern int value; int main(void) { return value; }", "-fno-pie");
    library();
    String[] link = {
      "gcc",
      "-no-pie",
      "main.o",
      "libx.so",
      "-Wl,-rpath,$ORIGIN",
      "-o",
      "main",
      "-Wl,-z,nocopyreloc"
    };

    assertThat(shop.cc(link).status()).isEqualTo(1);

    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .contains("against symbol `value' needs a copy relocation", "recompile with -fPIC");
    link[link.length - 1] = "-Wl,-z,copyreloc";
    shop.ccQuietly(link);
    assertThat(shop.run("main")).isEqualTo("exit 42");
  }

  @Test
  void anObjectThatItsLibraryKeepsUsingIsNotCopied() throws Exception {
    String text = "__attribute__((visibility(\"protected\"))) int value = 42;";
    shop.compile("lib.c", text, "-fPIC");
    shop.compile("main.c", "extern int value; int main(void) { return value; }", "-fno-pie");
    String[] link = {"gcc", "-no-pie", "main.o", "libx.so", "-Wl,-rpath,$ORIGIN", "-o", "main"};
    shop.tool("gcc", "-shared", "lib.o", "-o", "libx.so");

    assertThat(shop.cc(link).status()).isEqualTo(1);

    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .contains(
            "cannot create a copy relocation for protected symbol 'value', defined in libx.so");
    shop.compile("lib.c", text.replace("protected", "default"), "-fPIC");
    shop.tool("gcc", "-shared", "lib.o", "-o", "libx.so");
    shop.ccQuietly(link);
    assertThat(shop.run("main")).isEqualTo("exit 42");
  }

  @Test
  void aGroupIsMarked() throws Exception {
    shop.compile("lib.c", "int absent(void); int f(void) { return absent(); }", "-fPIC");
    assertThat(shop.cc("gcc", "-shared", "lib.o", "-Wl,-Bgroup", "-o", "libg.so").status())
        .isEqualTo(1);
    assertThat(shop.heard.messages().getFirst()).contains("undefined symbol: absent");
    shop.compile("lib.c", "int f(void) { return 1; }", "-fPIC");
    shop.ccQuietly("gcc", "-shared", "lib.o", "-Wl,-Bgroup", "-o", "libg.so");
    assertThat(shop.tool("readelf", "-dW", "libg.so")).containsPattern("FLAGS_1.*GROUP");
  }

  @Test
  void boundariesAreExportedUnlessHidden() throws Exception {
    shop.compile(
        "lib.c",
        """
        __attribute__((section("items"))) int list[] = {1, 2, 3};
        extern int __start_items[], __stop_items[];
        long count(void) { return __stop_items - __start_items; }
        """,
        "-fPIC");
    shop.compile("main.c", "long count(void); int main(void) { return (int)count(); }", "-fPIE");

    library();
    assertThat(exported("libx.so")).contains("__start_items", "__stop_items");
    assertThat(shop.tool("readelf", "-W", "--dyn-syms", "libx.so"))
        .containsPattern("PROTECTED +\\d+ __start_items");
    program("-pie", "libx.so", "-Wl,-rpath,$ORIGIN");
    assertThat(shop.run("main")).isEqualTo("exit 3");
    library("-Wl,-z,start-stop-visibility=hidden");
    assertThat(exported("libx.so")).doesNotContain("__start_items");
    assertThat(shop.run("main")).isEqualTo("exit 3");
  }

  @Test
  void whatLibrariesReferToIsExported() throws Exception {
    shop.compile("lib.c", "int needed(void); int call(void) { return needed(); }", "-fPIC");
    shop.compile(
        "main.c",
        """
        int call(void);
        int needed(void) { return 42; }
        int unneeded(void) { return 1; }
        int main(void) { return call(); }
        """,
        "-fPIE");
    library();

    program("-pie", "libx.so", "-Wl,-rpath,$ORIGIN");

    assertThat(exported("main")).containsExactly("needed");
    assertThat(shop.run("main")).isEqualTo("exit 42");
  }
}
