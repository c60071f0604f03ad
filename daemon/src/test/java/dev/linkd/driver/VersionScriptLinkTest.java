package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.LinkDriver.LinkExit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which symbols a library exports under which versions, and how programs ask for them. */
class VersionScriptLinkTest {
  private static final String LIBRARY =
      """
      int foo_old(void) { return 1; }
      int foo_new(void) { return 2; }
      __asm__(".symver foo_old, foo@V1");
      __asm__(".symver foo_new, foo@@V2");
      int bar(void) { return 3; }
      int inner(void) { return 4; }
      int both(void) { return foo_new() * 10 + bar() + inner(); }
      """;

  private static final String MAP =
      """
      V1 { global: bar; foo; local: *; };
      V2 { global: foo; both; } V1;
      """;

  private static final String USER =
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <stdio.h>
      int foo(void), bar(void), both(void), oldest(void);
      __asm__(".symver oldest, foo@V1");
      static int call(void *f) { return f ? ((int (*)(void))f)() : -1; }
      int main(void) {
        void *library = dlopen("libv.so.1", RTLD_NOW);
        printf("%d %d %d %d|", foo(), oldest(), bar(), both());
        printf("%d %d ", call(dlvsym(library, "foo", "V1")), call(dlvsym(library, "foo", "V2")));
        printf("%d %d", call(dlsym(library, "foo")), call(dlsym(library, "inner")));
        return 0;
      }
      """;

  private static final String[] LINK = {
    "gcc", "-shared", "lib.o", "-Wl,-soname,libv.so.1", "-Wl,--version-script=map", "-olibv.so.1"
  };

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("lib.c", LIBRARY, "-fPIC");
    shop.write("map", MAP);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  /** Names with versions of what a file defines for others. */
  private Map<String, Character> exported(String file) throws Exception {
    Map<String, Character> found = new TreeMap<>();
    shop.tool("nm", "-D", "--with-symbol-versions", "--defined-only", file)
        .lines()
        .forEach(line -> found.put(line.substring(19), line.charAt(17)));
    return found;
  }

  private void verified(String file) throws Exception {
    assertThat(shop.pool.output(shop.path(file)).verify()).isEmpty();
  }

  @Test
  void programsFindEveryVersion() throws Exception {
    shop.ccQuietly(LINK);
    shop.compile("user.c", USER, "-fPIE");
    shop.ccQuietly("gcc", "-pie", "user.o", "libv.so.1", "-Wl,-rpath,$ORIGIN", "-o", "user");
    shop.tool("gcc", "user.o", "libv.so.1", "-Wl,-rpath,$ORIGIN", "-o", "theirs");

    String expected = "2 1 3 27|1 2 2 -1exit 0";
    assertThat(shop.run("user")).isEqualTo(expected);
    assertThat(shop.run("theirs")).isEqualTo(expected);
    assertThat(shop.tool("env", "LD_BIND_NOW=1", "./user") + "exit 0").isEqualTo(expected);
    assertThat(exported("libv.so.1").keySet())
        .containsExactly("bar@@V1", "both@@V2", "foo@@V2", "foo@V1");
    verified("libv.so.1");
    verified("user");
  }

  @Test
  void theDefinitionsOfVersionsAreThoseOfGnuLd() throws Exception {
    shop.ccQuietly(LINK);
    String[] theirs = LINK.clone();
    theirs[theirs.length - 1] = "-otheirs.so";
    shop.tool(theirs);

    assertThat(definitions("libv.so.1"))
        .contains("Name: libv.so.1", "Index: 3  Cnt: 2  Name: V2", "Parent 1: V1")
        .isEqualTo(definitions("theirs.so"));
    assertThat(shop.tool("readelf", "-d", "libv.so.1")).containsPattern("VERDEFNUM\\) +3");
  }

  private String definitions(String file) throws Exception {
    String text = shop.tool("readelf", "-W", "-V", file);
    String table = text.substring(text.indexOf("  000000: Rev: 1"));
    int end = table.indexOf("\n\n");
    return (end < 0 ? table : table.substring(0, end)).strip();
  }

  @Test
  void everythingElseIsHidden() throws Exception {
    shop.write("map", "{ global: b*; local: *; };\n");
    shop.compile(
        "lib.c", "int bar; int boo(void) { return 1; } int f(void) { return bar; }", "-fPIC");

    shop.ccQuietly(LINK);

    assertThat(exported("libv.so.1").keySet()).containsExactly("bar", "boo");
    assertThat(shop.tool("readelf", "-WS", "libv.so.1")).doesNotContain(".gnu.version_d");
    assertThat(shop.tool("readelf", "-Ws", "libv.so.1"))
        .containsPattern("LOCAL +DEFAULT +\\d+ f\n");
  }

  @Test
  void whatIsHiddenCannotBeReplaced() throws Exception {
    shop.compile("lib.c", "int f(void) { return 1; }\nint g(void) { return f(); }\n", "-fPIC");
    shop.compile(
        "user.c", "int g(void); int f(void) { return 2; } int main(void) { return g(); }", "-fPIE");
    String[] user = {"gcc", "-rdynamic", "user.o", "libv.so.1", "-Wl,-rpath,$ORIGIN", "-o", "user"};
    shop.write("map", "{ *; };\n");
    shop.ccQuietly(LINK);
    shop.ccQuietly(user);
    assertThat(shop.run("user")).isEqualTo("exit 2");

    shop.write("map", "{ local: f; };\n");
    LinkExit exit = shop.ccQuietly(LINK);

    assertThat(exit.startOverReason()).isEqualTo("FILE_CHANGED");
    assertThat(shop.run("user")).isEqualTo("exit 1");
    assertThat(shop.ccQuietly(LINK).startOverReason()).isEmpty();
    verified("libv.so.1");
  }

  @Test
  void exportsComeAndGoWithTheObjects() throws Exception {
    shop.ccQuietly(LINK);
    shop.compile(
        "lib.c",
        """
        int foo_old(void) { return 100; }
        __asm__(".symver foo_old, foo@@V1");
        int both(void) { return 7; }
        """,
        "-fPIC");
    assertThat(shop.cc(LINK).startOverReason()).isEmpty();
    assertThat(shop.heard.messages())
        .containsExactly(
            "warning: map: cannot assign version `V1` to symbol `bar`: symbol not found");
    assertThat(exported("libv.so.1").keySet()).containsExactly("both@@V2", "foo@@V1");
    verified("libv.so.1");

    shop.compile("lib.c", LIBRARY, "-fPIC");
    shop.ccQuietly(LINK);
    assertThat(exported("libv.so.1").keySet())
        .containsExactly("bar@@V1", "both@@V2", "foo@@V2", "foo@V1");
    verified("libv.so.1");
    shop.compile("user.c", USER, "-fPIE");
    shop.ccQuietly("gcc", "-pie", "user.o", "libv.so.1", "-Wl,-rpath,$ORIGIN", "-o", "user");
    assertThat(shop.run("user")).isEqualTo("2 1 3 27|1 2 2 -1exit 0");
  }

  @Test
  void aNameThatIsWrittenOutCountsMoreThanAPattern() throws Exception {
    shop.compile("lib.c", "int ab, abc, abd, x, y;", "-fPIC");
    shop.write("map", "A { global: a*; x; local: abd; };\nB { global: abc; local: ab?; *; };\n");

    shop.ccQuietly(LINK);

    assertThat(exported("libv.so.1").keySet()).containsExactly("ab@@A", "abc@@B", "x@@A");
  }

  @Test
  void aReferenceMeansTheVersionOfTheSameLink() throws Exception {
    shop.compile(
        "more.c",
        """
        int first(void), second(void);
        __asm__(".symver first, foo@V1");
        __asm__(".symver second, foo@V2");
        int bar(void) { return first() * 10 + second(); }
        int both(void) { return bar(); }
        """,
        "-fPIC");
    shop.compile("lib.c", LIBRARY.substring(0, LIBRARY.indexOf("int bar")), "-fPIC");
    shop.tool("ar", "rcs", "libfoo.a", "lib.o");
    shop.compile("user.c", USER, "-fPIE");
    shop.ccQuietly(
        "gcc",
        "-shared",
        "more.o",
        "libfoo.a",
        "-Wl,-soname,libv.so.1,--version-script=map",
        "-olibv.so.1");

    shop.ccQuietly("gcc", "-pie", "user.o", "libv.so.1", "-Wl,-rpath,$ORIGIN", "-o", "user");

    assertThat(shop.run("user")).isEqualTo("2 1 12 12|1 2 2 -1exit 0");
    verified("libv.so.1");
  }

  @Test
  void aVersionThatNoScriptNamesIsAnErrorUntilItIsNamed() throws Exception {
    shop.write("map", "V2 { global: foo; };\n");

    assertThat(shop.cc(LINK).status()).isEqualTo(1);

    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .contains("symbol foo@V1 has undefined version V1", "version node not found");
    shop.write("map", MAP);
    shop.ccQuietly(LINK);
    assertThat(exported("libv.so.1")).containsKey("foo@V1");
  }

  @Test
  void anExecutableHasTheVersionsThatItsSymbolsName() throws Exception {
    shop.compile(
        "host.c",
        """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        int api1(void) { return 40; }
        int api2(void) { return 2; }
        __asm__(".symver api1, api@HOST_1");
        __asm__(".symver api2, api@@HOST_2");
        int main(void) {
          int (*a)(void) = (int (*)(void))dlvsym(RTLD_DEFAULT, "api", "HOST_1");
          int (*b)(void) = (int (*)(void))dlvsym(RTLD_DEFAULT, "api", "HOST_2");
          return a && b ? a() + b() : 1;
        }
        """,
        "-fPIE");

    shop.ccQuietly("gcc", "-pie", "-rdynamic", "host.o", "-o", "host");

    assertThat(shop.run("host")).isEqualTo("exit 42");
    assertThat(exported("host")).containsKeys("api@HOST_1", "api@@HOST_2");
    verified("host");
  }

  @Test
  void anObjectOfAnOldVersionIsCopied() throws Exception {
    shop.compile(
        "lib.c",
        """
        int old_value = 40, new_value = 2;
        __asm__(".symver old_value, value@V1");
        __asm__(".symver new_value, value@@V2");
        int sum(void) { return old_value + new_value; }
        """,
        "-fPIC");
    shop.write("map", "V1 { *_value; local: *; };\nV2 { value; sum; } V1;\n");
    shop.ccQuietly(LINK);
    shop.compile(
        "user.c",
        """
        extern int old_value, value;
        __asm__(".symver old_value, value@V1");
        int sum(void);
        int main(void) { old_value += 8; value += 1; return sum() == old_value + value ? sum() : 1; }
        """,
        "-fno-pie");

    shop.ccQuietly("gcc", "-no-pie", "user.o", "libv.so.1", "-Wl,-rpath,$ORIGIN", "-o", "user");

    assertThat(exported("user")).containsKeys("value@V1", "value@V2");
    verified("user");
    assertThat(shop.run("user")).isEqualTo("exit 51");
  }

  @Test
  void namesOfCppAreMatchedAsTheyAreWritten() throws Exception {
    shop.compile(
        "lib.cc",
        """
        namespace api {
        struct Shape { virtual ~Shape(); virtual int sides() const; };
        Shape::~Shape() {}
        int Shape::sides() const { return 3; }
        int count(int n) { return n; }
        int count(long n) { return (int)n; }
        }
        namespace inner { int secret() { return 1; } }
        extern "C" int plain() { return inner::secret(); }
        """,
        "-fPIC");
    shop.write(
        "map",
        """
        V1 {
          global:
            extern "C++" { api::Shape::*; "api::count(int)"; vtable?for?api::*; typeinfo*; };
            plain;
          local: *;
        };
        """);

    shop.ccQuietly(LINK);

    assertThat(exported("libv.so.1").keySet())
        .contains(
            "_ZN3api5countEi@@V1",
            "_ZNK3api5Shape5sidesEv@@V1",
            "_ZN3api5ShapeD1Ev@@V1",
            "_ZTVN3api5ShapeE@@V1",
            "_ZTIN3api5ShapeE@@V1",
            "plain@@V1")
        .doesNotContain("_ZN3api5countEl@@V1")
        .noneMatch(name -> name.contains("secret"));
    shop.compile(
        "user.cc",
        """
        namespace api {
        struct Shape { virtual ~Shape(); virtual int sides() const; };
        int count(int);
        }
        extern "C" int plain();
        struct Square : api::Shape { int sides() const override { return 38; } };
        int main() { Square s; api::Shape &b = s; return b.sides() + api::count(3) + plain(); }
        """,
        "-fPIE");
    shop.ccQuietly("g++", "-pie", "user.o", "libv.so.1", "-Wl,-rpath,$ORIGIN", "-o", "user");
    assertThat(shop.run("user")).isEqualTo("exit 42");
    verified("libv.so.1");
  }

  @Test
  void symbolsCanHaveTheVersionOfTheLibrary() throws Exception {
    shop.compile("lib.c", "int f(void) { return 42; }", "-fPIC");
    shop.compile("user.c", "int f(void); int main(void) { return f(); }", "-fPIE");

    shop.ccQuietly(
        "gcc", "-shared", "lib.o", "-Wl,-soname,libv.so.1,--default-symver", "-o", "libv.so.1");
    shop.ccQuietly("gcc", "-pie", "user.o", "libv.so.1", "-Wl,-rpath,$ORIGIN", "-o", "user");

    assertThat(exported("libv.so.1").keySet()).containsExactly("f@@libv.so.1");
    assertThat(shop.run("user")).isEqualTo("exit 42");
  }

  @Test
  void aFaultInTheScriptNamesItsLine() throws Exception {
    shop.write("map", "V1 {\n  foo bar;\n};\n");
    assertThat(shop.cc(LINK).status()).isEqualTo(1);
    assertThat(shop.heard.messages()).singleElement().asString().contains("map:2:7: expected ';'");

    Files.delete(shop.path("map"));
    assertThat(shop.cc(LINK).status()).isEqualTo(1);
    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .contains("cannot open version script map: No such file");
  }
}
