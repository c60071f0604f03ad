package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.LinkDriver.LinkExit;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs without shared libraries, at a fixed address and self-relocating ones. */
class StaticProgramLinkTest {
  private static final String CHOSEN =
      """
      static int nine(void) { return %d; }
      static void *choose(void) { return nine; }
      int chosen(void) __attribute__((ifunc("choose")));
      int (*pointer)(void) = chosen;
      int (*also(void))(void) { return chosen; }
      """;

  private static final String MAIN =
      """
      #include <pthread.h>
      #include <stdio.h>
      #include <string.h>
      int chosen(void);
      extern int (*pointer)(void);
      int (*also(void))(void);
      static __thread int own = 5;
      const char *const words[] = {"zero", "one"};
      static void *work(void *value) { own += 2; return (void *)(long)own; }
      int main(int c, char **v) {
        pthread_t thread;
        void *result;
        pthread_create(&thread, NULL, work, NULL);
        pthread_join(thread, &result);
        printf("%s %ld %d %zu %d %d %d\\n", words[c - 2], (long)result, own, strlen(v[1]), chosen(),
               pointer(), pointer == chosen && also() == pointer);
        return 42;
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

  @ParameterizedTest
  @CsvSource({"-static-pie, -fPIE, DYN", "-static, -fno-pie, EXEC", "-static, -fPIC, EXEC"})
  void theProgramRunsAndIsPatched(String kind, String code, String type) throws Exception {
    shop.compile("main.c", MAIN, code);
    shop.compile("chosen.c", CHOSEN.formatted(9), code);
    String[] link = {"gcc", kind, "main.o", "chosen.o", "-o", "program"};

    shop.ccQuietly(link);

    assertThat(shop.run("program", "abc")).isEqualTo("zero 7 5 3 9 9 1\nexit 42");
    assertThat(shop.tool("readelf", "-hlW", "program"))
        .contains("Type:                              " + type)
        .doesNotContain("INTERP");

    shop.compile("chosen.c", "int added[300] = {1};\n" + CHOSEN.formatted(8), code);
    LinkExit second = shop.ccQuietly(link);

    assertThat(second.startOverReason()).isEmpty();
    assertThat(shop.run("program", "abcd")).isEqualTo("zero 7 5 4 8 8 1\nexit 42");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void aStaticPieNamesNoLibraries() throws Exception {
    shop.compile("main.c", "int main(void) { return 42; }\n", "-fPIE");

    shop.ccQuietly("gcc", "-static-pie", "main.o", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("readelf", "-dW", "program"))
        .contains("Flags: PIE")
        .doesNotContain("NEEDED");
  }

  @ParameterizedTest
  @CsvSource({"-static-pie, -fPIE", "-static, -fno-pie"})
  void exceptionsAndThreadsWork(String kind, String code) throws Exception {
    String text =
        """
        #include <iostream>
        #include <stdexcept>
        #include <string>
        #include <thread>
        thread_local std::string last = "none";
        static int half(int x) {
          if (x %% 2) throw std::invalid_argument("odd: " + std::to_string(x));
          return x / 2;
        }
        int main() {
          int found = 0;
          std::thread([&] { last = "other"; found = half(84); }).join();
          try { half(7); } catch (const std::exception &e) { last += e.what(); }
          std::cout << found << ' ' << last << "%s" << std::endl;
          return found;
        }
        """;
    String[] link = {"g++", kind, "main.o", "-o", "program"};
    shop.compile("main.cc", text.formatted(""), code);
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("42 noneodd: 7\nexit 42");

    shop.compile("main.cc", text.formatted("!"), code);
    assertThat(shop.ccQuietly(link).startOverReason()).isEmpty();

    assertThat(shop.run("program")).isEqualTo("42 noneodd: 7!\nexit 42");
  }

  @Test
  void aPieWithoutAnInterpreterCanStillUseLibraries() throws Exception {
    shop.compile("half.c", "int half(int x) { return x / 2; }\n", "-fPIC");
    shop.tool("gcc", "-shared", "half.o", "-o", "libhalf.so");
    shop.compile("main.c", "int half(int);\nint _start(void) { return half(4); }\n", "-fPIE");

    assertThat(shop.ld("-pie", "--no-dynamic-linker", "main.o", "libhalf.so", "-o", "p").status())
        .isZero();

    assertThat(shop.tool("readelf", "-ldW", "p"))
        .contains("(NEEDED)             Shared library: [libhalf.so]")
        .doesNotContain("INTERP");
  }
}
