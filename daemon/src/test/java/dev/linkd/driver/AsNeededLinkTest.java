package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Libraries after --as-needed that a library refers to, and not the program. */
class AsNeededLinkTest {
  private static final String MAIN =
      "#include <stdio.h>\nint c(void); int main(void) { printf(\"%d\\n\", c()); return 0; }\n";

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("main.c", MAIN, "-fPIE");
    library("a", "int foo(void) { return 3; }\n");
    library("b", "int bar(void) { return 4; }\n");
    library("user", "int foo(void); int c(void) { return foo(); }\n");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void library(String name, String text, String... more) throws Exception {
    shop.compile(name + ".c", text, "-fPIC");
    String file = "lib" + name + ".so";
    shop.tool("gcc", "-shared", name + ".o", "-o", file);
    for (String needed : more) {
      shop.tool("gcc", "-shared", name + ".o", "lib" + needed + ".so", "-o", file);
    }
  }

  private List<String> needed() throws Exception {
    return shop.tool("readelf", "-dW", "program")
        .lines()
        .filter(line -> line.contains("(NEEDED)"))
        .map(line -> line.replaceAll(".*\\[(.*)]", "$1"))
        .filter(name -> !name.startsWith("libc.so"))
        .toList();
  }

  private void link(String... libraries) throws Exception {
    String[] command = new String[libraries.length + 6];
    String[] first = {
      "gcc", "-pie", "main.o", "-Wl,--as-needed", "-Wl,-rpath,$ORIGIN", "-oprogram"
    };
    System.arraycopy(first, 0, command, 0, first.length);
    System.arraycopy(libraries, 0, command, first.length, libraries.length);
    shop.ccQuietly(command);
  }

  @Test
  void whatALibraryRefersToWithoutSayingSoIsListed() throws Exception {
    link("libuser.so", "libb.so", "liba.so");

    assertThat(needed()).containsExactly("libuser.so", "liba.so");
    assertThat(shop.run("program")).isEqualTo("3\nexit 0");
  }

  /** Whoever needs a library is loaded with it. */
  @Test
  void whatComesWithALibraryIsNotListed() throws Exception {
    library("user", "int foo(void); int c(void) { return foo(); }\n", "a");
    link("-L.", "-Wl,-rpath-link,.", "libuser.so", "libb.so", "liba.so");

    assertThat(needed()).containsExactly("libuser.so");
  }

  @Test
  void whatALibraryRefersToInTurnIsListed() throws Exception {
    library("a", "int bar(void); int foo(void) { return bar() - 1; }\n");
    link("liba.so", "libb.so", "libuser.so");

    assertThat(needed()).containsExactly("liba.so", "libb.so", "libuser.so");
    assertThat(shop.run("program")).isEqualTo("3\nexit 0");
  }

  /** Nothing of the program refers to a library that is not used itself. */
  @Test
  void aLibraryThatIsNotListedNeedsNothing() throws Exception {
    shop.compile("main.c", "int main(void) { return 5; }\n", "-fPIE");
    link("libuser.so", "liba.so");

    assertThat(needed()).isEmpty();
    assertThat(shop.run("program")).isEqualTo("exit 5");
  }

  @Test
  void theListFollowsEditsOfTheProgramAndOfTheLibraries() throws Exception {
    link("libuser.so", "libb.so", "liba.so");
    shop.compile("main.c", MAIN + "int foo(void) { return 7; }\n", "-fPIE");
    link("libuser.so", "libb.so", "liba.so");
    assertThat(needed()).containsExactly("libuser.so");
    assertThat(shop.run("program")).isEqualTo("7\nexit 0");

    shop.compile("main.c", MAIN, "-fPIE");
    library("user", "int bar(void); int c(void) { return bar(); }\n");
    link("libuser.so", "libb.so", "liba.so");
    assertThat(needed()).containsExactly("libuser.so", "libb.so");
    assertThat(shop.run("program")).isEqualTo("4\nexit 0");
  }

  /** The symbol stays in the dynamic table: the library refers to it, then it is copied. */
  @Test
  void aLibraryIsNeededForAnObjectThatAnInputDefinedBefore() throws Exception {
    shop.compile("data.c", "int value = 5; int get(void) { return value; }\n", "-fPIC");
    shop.write("data.map", "DATA_1 { value; get; };\n");
    shop.tool("gcc", "-shared", "data.o", "-Wl,--version-script=data.map", "-o", "libdata.so");
    shop.compile("own.c", "int value = 42;\n", "-fPIE");
    shop.compile(
        "main.c",
        """
        #include <stdio.h>
        extern int value;
        int main(void) { printf("%d\\n", value); return 0; }
        """,
        "-fPIE");

    for (int i = 0; i < 2; i++) {
      link("own.o", "libdata.so");
      assertThat(needed()).isEmpty();
      assertThat(shop.tool("readelf", "-VW", "program")).doesNotContain("DATA_1");
      assertThat(shop.run("program")).isEqualTo("42\nexit 0");

      link("libdata.so");
      assertThat(needed()).containsExactly("libdata.so");
      assertThat(shop.tool("readelf", "-VW", "program")).contains("DATA_1");
      assertThat(shop.run("program")).isEqualTo("5\nexit 0");
      assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
    }
  }
}
