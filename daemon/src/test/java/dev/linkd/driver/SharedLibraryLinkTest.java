package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shared libraries, and programs that use them. */
class SharedLibraryLinkTest {
  private static final String USER =
      """
      #include <stdio.h>
      int twice(int);
      extern int calls;
      int main(void) { int x = twice(21); printf("%d %d\\n", x, calls); return 0; }
      """;

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("twice.c", "int calls;\nint twice(int x) { calls++; return x + x; }\n", "-fPIC");
    shop.compile("user.c", USER, "-fPIE");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void aProgramUsesTheLibraryBesideIt() throws Exception {
    shop.ccQuietly("gcc", "-shared", "-Wl,-soname,libtwice.so.1", "twice.o", "-o", "libtwice.so.1");
    shop.ccQuietly("gcc", "-pie", "user.o", "libtwice.so.1", "-Wl,-rpath,$ORIGIN", "-o", "user");

    assertThat(shop.run("user")).isEqualTo("42 1\nexit 0");
    assertThat(shop.tool("readelf", "-d", "libtwice.so.1")).contains("soname: [libtwice.so.1]");
    assertThat(shop.tool("readelf", "-d", "user"))
        .contains("Library runpath: [$ORIGIN]", "Shared library: [libtwice.so.1]");
  }

  @Test
  void aLibraryIsFoundBelowADirectoryOfTheSearchPath() throws Exception {
    shop.write("lib/empty", "");
    shop.ccQuietly("gcc", "-shared", "twice.o", "-o", "lib/libtwice.so");

    shop.ccQuietly("gcc", "-pie", "user.o", "-Llib", "-ltwice", "-Wl,-rpath,$ORIGIN/lib", "-ouser");

    assertThat(shop.run("user")).isEqualTo("42 1\nexit 0");
  }

  @Test
  void aLibraryNamedTwiceIsRecordedOnce() throws Exception {
    shop.ccQuietly("gcc", "-shared", "twice.o", "-o", "libtwice.so");

    shop.ccQuietly("gcc", "-pie", "user.o", "-L.", "-ltwice", "./libtwice.so", "-ltwice", "-ouser");

    assertThat(shop.tool("readelf", "-d", "user").split("libtwice.so", -1)).hasSize(2);
  }

  @Test
  void aLibraryWithoutANameIsNeededAsItWasWritten() throws Exception {
    shop.write("lib/empty", "");
    shop.ccQuietly("gcc", "-shared", "twice.o", "-o", "lib/libtwice.so");

    shop.ccQuietly("gcc", "-pie", "user.o", "./lib/libtwice.so", "-o", "user");
    assertThat(shop.tool("readelf", "-d", "user")).contains("[./lib/libtwice.so]");
    assertThat(shop.run("user")).isEqualTo("42 1\nexit 0");

    String absolute = shop.path("lib/libtwice.so").toString();
    shop.ccQuietly("gcc", "-pie", "user.o", absolute, "-o", "user");
    assertThat(shop.tool("readelf", "-d", "user")).contains("[" + absolute + "]");
    assertThat(shop.run("user")).isEqualTo("42 1\nexit 0");
    assertThat(shop.pool.output(shop.path("user")).verify()).isEmpty();

    shop.ccQuietly("gcc", "-pie", "user.o", "-Llib", "-l:libtwice.so", "-o", "user");
    assertThat(shop.tool("readelf", "-d", "user")).contains("[libtwice.so]");
    shop.ccQuietly("gcc", "-shared", "-Wl,-soname,x.so", "twice.o", "-o", "lib/libtwice.so");
    shop.ccQuietly("gcc", "-pie", "user.o", absolute, "-o", "user");
    assertThat(shop.tool("readelf", "-d", "user")).contains("[x.so]");
  }

  @Test
  void anUnusedLibraryIsLeftOutAsNeeded() throws Exception {
    shop.compile("none.c", "int main(void) { return 0; }\n", "-fPIE");
    shop.ccQuietly("gcc", "-shared", "twice.o", "-o", "libtwice.so");

    shop.ccQuietly("gcc", "-pie", "none.o", "-Wl,--as-needed", "libtwice.so", "-o", "lean");
    shop.ccQuietly("gcc", "-pie", "none.o", "-Wl,--no-as-needed", "libtwice.so", "-o", "full");
    shop.ccQuietly(
        "gcc",
        "-pie",
        "none.o",
        "-Wl,--as-needed",
        "-ltwice",
        "-L.",
        "-Wl,--no-as-needed",
        "libtwice.so",
        "-o",
        "both");

    assertThat(shop.tool("readelf", "-d", "lean")).doesNotContain("libtwice");
    assertThat(shop.tool("readelf", "-d", "full")).contains("libtwice");
    assertThat(shop.tool("readelf", "-d", "both")).contains("libtwice");
  }

  @Test
  void undefinedSymbolsOfALibraryAreReportedOnRequest() throws Exception {
    shop.compile(
        "half.c", "int elsewhere(int);\nint half(int x) { return elsewhere(x); }\n", "-fPIC");
    shop.ccQuietly("gcc", "-shared", "half.o", "-o", "libhalf.so");

    for (String option : new String[] {"-Wl,-z,defs", "-Wl,--no-undefined"}) {
      assertThat(shop.cc("gcc", "-shared", option, "half.o", "-o", "strict.so").status())
          .isEqualTo(1);
      assertThat(shop.heard.messages())
          .singleElement()
          .asString()
          .contains("half.o:(half)", "undefined symbol: elsewhere");
    }
    assertThat(shop.path("strict.so")).doesNotExist();
  }

  @Test
  void exportedSymbolsAreFoundAtRunTime() throws Exception {
    shop.compile(
        "host.c",
        """
        #include <dlfcn.h>
        #include <stdio.h>
        int plugin_api(void) { return 42; }
        int main(void) {
          int (*found)(void) = (int (*)(void))dlsym(RTLD_DEFAULT, "plugin_api");
          return found ? found() : 1;
        }
        """,
        "-fPIE");

    shop.ccQuietly("gcc", "-pie", "host.o", "-o", "closed");
    shop.ccQuietly("gcc", "-pie", "-rdynamic", "host.o", "-o", "exported");

    assertThat(shop.run("closed")).isEqualTo("exit 1");
    assertThat(shop.run("exported")).isEqualTo("exit 42");
  }

  @Test
  void aLibraryOfCppThrowsIntoItsUser() throws Exception {
    shop.compile(
        "thrower.cc",
        "#include <stdexcept>\nvoid fail() { throw std::runtime_error(\"from the library\"); }\n",
        "-fPIC");
    shop.compile(
        "catcher.cc",
        """
        #include <iostream>
        #include <stdexcept>
        void fail();
        int main() {
          try { fail(); } catch (const std::runtime_error &e) { std::cout << e.what() << '\\n'; }
        }
        """,
        "-fPIE");
    shop.ccQuietly("g++", "-shared", "thrower.o", "-o", "libthrower.so");

    shop.ccQuietly("g++", "catcher.o", "-L.", "-lthrower", "-Wl,-rpath,$ORIGIN", "-o", "catcher");

    assertThat(shop.run("catcher")).isEqualTo("from the library\nexit 0");
  }
}
