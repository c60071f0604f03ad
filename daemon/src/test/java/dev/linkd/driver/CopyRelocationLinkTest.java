package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs whose code counts on a place of its own for what a library defines. */
class CopyRelocationLinkTest {
  private static final String LIBRARY =
      """
      int number = 77;
      extern int alias __attribute__((alias("number")));
      const int constant = 88;
      int wide[1000] __attribute__((aligned(256))) = {5};
      const char *const names[] = {"a", "b"};
      int function(int x) { return x + 1; }
      void *address(void) { return function; }
      const int *constant_address(void) { return &constant; }
      int *number_address(void) { return &number; }
      void set(int value) { wide[0] = value; }
      """;

  private static final String MAIN =
      """
      #include <stdio.h>
      extern int number, alias, wide[1000];
      extern const int constant;
      extern const char *const names[];
      int function(int);
      void *address(void);
      const int *constant_address(void);
      int *number_address(void);
      void set(int);
      int (*const mine)(int) = function;
      int main(void) {
        number = 5;
        set(9);
        printf("%d %d %d %d %s %d %d %d\\n", alias, number_address() == &number, wide[0],
               ((long)wide & 255) == 0, names[1], constant,
               constant_address() == &constant, mine(1) + (address() == (void *)function));
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
  @CsvSource({"-no-pie, -fno-pie", "-pie, -fPIE"})
  void theProgramAndTheLibraryUseTheSamePlaces(String kind, String code) throws Exception {
    String[] link = {"gcc", kind, "main.o", "-L.", "-lown", "-Wl,-rpath,$ORIGIN", "-o", "program"};
    shop.compile("library.c", LIBRARY, "-fPIC");
    shop.ccQuietly("gcc", "-shared", "library.o", "-o", "libown.so");
    shop.compile("main.c", MAIN, code);
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("5 1 9 1 b 88 1 3\nexit 0");
    assertThat(shop.tool("readelf", "-rSlW", "program"))
        .contains("R_X86_64_COPY")
        .containsPattern("GNU_RELRO.*")
        .containsPattern("\\.copyrel\\.rel\\.ro +PROGBITS")
        .containsPattern("\\.copyrel +NOBITS .* 256\n");

    shop.compile("main.c", "int main(void) { return 42; }\n", code);
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("readelf", "-rW", "program")).doesNotContain("R_X86_64_COPY");
    verify("program");

    shop.compile("main.c", MAIN, code);
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("5 1 9 1 b 88 1 3\nexit 0");
    verify("program");
  }

  @Test
  void aLibraryThatChangesLeavesNoCopyBehind() throws Exception {
    String[] library = {"gcc", "-shared", "library.o", "-o", "libown.so"};
    String[] program = {
      "gcc", "-no-pie", "main.o", "-L.", "-lown", "-Wl,-rpath,$ORIGIN", "-o", "program"
    };
    shop.compile("library.c", LIBRARY, "-fPIC");
    shop.ccQuietly(library);
    shop.compile("main.c", MAIN, "-fno-pie");
    shop.ccQuietly(program);

    shop.compile("library.c", "int before[40] = {1};\n" + LIBRARY, "-fPIC");
    shop.ccQuietly(library);
    shop.ccQuietly(program);

    assertThat(shop.run("program")).isEqualTo("5 1 9 1 b 88 1 3\nexit 0");
    verify("program");
  }

  @Test
  void constantsCannotBeWrittenThroughTheCopy() throws Exception {
    shop.compile("library.c", "const int constant = 88;\n", "-fPIC");
    shop.ccQuietly("gcc", "-shared", "library.o", "-o", "libown.so");
    shop.compile(
        "main.c",
        """
        #include <signal.h>
        #include <unistd.h>
        extern int constant;
        static void stop(int number) { _exit(42); }
        int main(void) {
          signal(SIGSEGV, stop);
          if (constant != 88) return 1;
          constant = 7;
          return 2;
        }
        """,
        "-fno-pie");
    shop.ccQuietly("gcc", "-no-pie", "main.o", "-L.", "-lown", "-Wl,-rpath,.", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void dataWithoutATypeIsCopied() throws Exception {
    shop.compile(
        "library.s",
        """
        .data
        .globl number
        number: .long 42
        .size number, 4
        .section .note.GNU-stack, "", @progbits
        """);
    shop.ccQuietly("gcc", "-shared", "library.o", "-o", "libown.so");
    shop.compile("main.c", "extern int number;\nint main(void) { return number; }\n", "-fno-pie");
    shop.ccQuietly("gcc", "-no-pie", "main.o", "-L.", "-lown", "-Wl,-rpath,.", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("readelf", "-rW", "program")).contains("R_X86_64_COPY");
  }

  @Test
  void withoutProtectedMemoryAllCopiesAreZerosOfTheProgram() throws Exception {
    shop.compile("library.c", "const int constant = 42;\n", "-fPIC");
    shop.ccQuietly("gcc", "-shared", "library.o", "-o", "libown.so");
    shop.compile("main.c", "extern const int constant;\nint main(void) { return constant; }\n");
    shop.ccQuietly(
        "gcc", "-no-pie", "main.o", "libown.so", "-Wl,-rpath,.", "-Wl,-z,norelro", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("readelf", "-SW", "program"))
        .containsPattern("\\.copyrel +NOBITS")
        .doesNotContain(".copyrel.rel.ro");
  }
}
