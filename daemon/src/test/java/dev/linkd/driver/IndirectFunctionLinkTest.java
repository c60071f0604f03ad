package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Functions whose implementation a resolver chooses when the program starts. */
class IndirectFunctionLinkTest {
  private static final String LIBRARY =
      """
      static int one(void) { return %d; }
      static int two(void) { return 2; }
      static void *first(void) { return one; }
      static void *second(void) { return two; }
      int exported(void) __attribute__((ifunc("first")));
      static int own(void) __attribute__((ifunc("second"), used));
      int hidden(void) __attribute__((ifunc("second"), visibility("hidden")));
      int (*exported_pointer)(void) = exported;
      static int (*own_pointer)(void) = own;
      int (*hidden_pointer)(void) = hidden;
      int all(void) {
        return exported() + own() * 10 + hidden() * 100 + exported_pointer() * 1000
            + own_pointer() * 10000 + hidden_pointer() * 100000;
      }
      void *address(void) { return exported; }
      """;

  private static final String MAIN =
      """
      #include <stdio.h>
      int exported(void);
      extern int (*exported_pointer)(void);
      int all(void);
      void *address(void);
      int (*const mine)(void) = exported;
      int main(void) {
        printf("%d %d %d %d %d\\n", exported(), all(), exported_pointer(), mine(),
               address() == (void *)exported && mine == exported);
        return 0;
      }
      """;

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

  private void verify(String output) throws Exception {
    assertThat(shop.pool.output(shop.path(output)).verify()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "-no-pie, -fno-pie, lazy",
    "-no-pie, -fno-plt, now",
    "-pie, -fPIE, lazy",
    "-pie, -fPIC, now",
  })
  void aLibraryExportsThem(String kind, String code, String binding) throws Exception {
    String[] library = {"gcc", "-shared", "library.o", "-o", "libown.so", "-Wl,-z," + binding};
    String[] link = {
      "gcc", kind, "main.o", "-L.", "-lown", "-Wl,-rpath,$ORIGIN,-z," + binding, "-o", "program"
    };
    shop.compile("main.c", MAIN, code);
    shop.compile("library.c", LIBRARY.formatted(1), "-fPIC");
    shop.ccQuietly(library);
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("1 221221 1 1 1\nexit 0");
    assertThat(shop.tool("readelf", "--dyn-syms", "-W", "libown.so"))
        .containsPattern(" IFUNC +GLOBAL DEFAULT +\\d+ exported\n");

    shop.compile("library.c", "int added(void) { return 1; }\n" + LIBRARY.formatted(3), "-fPIC");
    shop.ccQuietly(library);
    shop.ccQuietly(link);

    assertThat(shop.run("program")).isEqualTo("3 223223 3 3 1\nexit 0");
    verify("libown.so");
    verify("program");
  }

  @ParameterizedTest
  @CsvSource({
    "-no-pie, -fno-pie, --relax",
    "-pie, -fPIE, --relax",
    "-pie, -fPIC, --no-relax",
    "-static, -fPIC, --no-relax",
    "-static-pie, -fPIE, --relax",
  })
  void aProgramTakesThemFromAnArchive(String kind, String code, String relax) throws Exception {
    String[] link = {"gcc", kind, "main.o", "libown.a", "-Wl," + relax, "-o", "program"};
    shop.compile("main.c", MAIN, code);
    shop.compile("library.c", LIBRARY.formatted(1), code);
    shop.tool("ar", "rcs", "libown.a", "library.o");
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("1 221221 1 1 1\nexit 0");

    shop.compile("library.c", "int added(void) { return 1; }\n" + LIBRARY.formatted(3), code);
    shop.tool("ar", "rcs", "libown.a", "library.o");
    shop.ccQuietly(link);

    assertThat(shop.run("program")).isEqualTo("3 223223 3 3 1\nexit 0");
    verify("program");
  }

  @Test
  void aLibraryUsesThatOfTheProgram() throws Exception {
    shop.compile(
        "main.c",
        """
        #include <stdio.h>
        static int seven(void) { return 7; }
        static void *choose(void) { return seven; }
        int exported(void) __attribute__((ifunc("choose")));
        int ask(int (*)(void));
        int main(void) { printf("%d\\n", ask(exported)); return exported(); }
        """,
        "-fPIE");
    shop.compile(
        "library.c",
        "int exported(void);\n"
            + "int ask(int (*other)(void)) { return exported() * 10 + (other == exported); }\n",
        "-fPIC");
    shop.ccQuietly("gcc", "-shared", "library.o", "-o", "libown.so");
    shop.ccQuietly("gcc", "-pie", "main.o", "-L.", "-lown", "-Wl,-rpath,$ORIGIN", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("71\nexit 7");
    assertThat(shop.tool("readelf", "--dyn-syms", "-W", "program"))
        .containsPattern(" FUNC +GLOBAL DEFAULT +\\d+ exported\n");

    shop.compile("main.c", "int exported(void) { return 5; }\nint main(void) { return 6; }\n");
    shop.ccQuietly("gcc", "-pie", "main.o", "-L.", "-lown", "-Wl,-rpath,$ORIGIN", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 6");
    verify("program");
  }
}
