package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.LinkDriver.LinkExit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that are linked with the very words that compilers pass to ld. */
class ProgramLinkTest {
  private static final String HELLO =
      "#include <stdio.h>\nint main(int c, char **v) { printf(\"hello %d\\n\", c); return 42; }\n";

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
  @ValueSource(strings = {"gcc", "clang"})
  void helloRuns(String compiler) throws Exception {
    shop.compile("hello.c", HELLO, "-fPIE");

    LinkExit exit = shop.ccQuietly(compiler, "-pie", "hello.o", "-o", "hello");

    assertThat(exit.startOverReason()).isEqualTo("FIRST_LINK");
    assertThat(shop.run("hello", "x")).isEqualTo("hello 2\nexit 42");
    assertThat(shop.tool("readelf", "-hd", "hello")).contains("DYN (Position-Independent");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gcc", "clang"})
  void helloRunsAtAFixedAddress(String compiler) throws Exception {
    shop.compile("hello.c", HELLO, "-fno-pie");

    shop.ccQuietly(compiler, "-no-pie", "hello.o", "-o", "hello");

    assertThat(shop.run("hello")).isEqualTo("hello 1\nexit 42");
    assertThat(shop.tool("readelf", "-h", "hello")).contains("EXEC (Executable file)");
  }

  @Test
  void mathAndThreadsAreLinked() throws Exception {
    shop.compile(
        "work.c",
        """
        #include <math.h>
        #include <pthread.h>
        #include <stdio.h>
        static double result;
        static void *work(void *value) { result = pow(*(double *)value, 2); return value; }
        int main(void) {
          pthread_t thread;
          double value = 6;
          pthread_create(&thread, NULL, work, &value);
          pthread_join(thread, NULL);
          printf("%.1f %.3f\\n", result, cos(result - 36));
          return 0;
        }
        """);

    shop.ccQuietly("gcc", "work.o", "-o", "work", "-lm", "-lpthread", "-ldl");

    assertThat(shop.run("work")).isEqualTo("36.0 1.000\nexit 0");
    assertThat(shop.tool("readelf", "-d", "work")).contains("libm.so.6").doesNotContain("libdl");
  }

  @ParameterizedTest
  @ValueSource(strings = {"g++", "clang++"})
  void exceptionsAndStreamsWork(String compiler) throws Exception {
    shop.compile(
        "thrower.cc",
        """
        #include <stdexcept>
        #include <string>
        int half(int x) {
          if (x % 2) throw std::invalid_argument("odd: " + std::to_string(x));
          return x / 2;
        }
        """);
    shop.compile(
        "main.cc",
        """
        #include <iostream>
        #include <map>
        #include <stdexcept>
        #include <string>
        int half(int);
        thread_local std::string last = "none";
        int main() {
          std::map<std::string, int> found;
          for (int x : {84, 7}) {
            try { found["half"] = half(x); } catch (const std::exception &e) { last = e.what(); }
          }
          std::cout << found["half"] << ' ' << last << std::endl;
          return found["half"];
        }
        """);

    shop.ccQuietly(compiler, "main.o", "thrower.o", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("42 odd: 7\nexit 42");
  }

  @Test
  void aFreestandingProgramIsStatic() throws Exception {
    shop.compile(
        "start.c",
        """
        void begin(void) {
          __asm__ volatile("mov $60, %eax; mov $42, %edi; syscall");
        }
        """,
        "-fno-pie",
        "-fno-stack-protector");

    assertThat(shop.ld("-static", "-e", "begin", "-o", "bare", "start.o").status()).isZero();

    assertThat(shop.run("bare")).isEqualTo("exit 42");
    assertThat(shop.tool("readelf", "-ld", "bare")).contains("There is no dynamic section");
  }

  @ParameterizedTest
  @CsvSource({"0x1234, 0x1234", "077, 0x3f", "4096, 0x1000"})
  void theEntryCanBeANumber(String number, String address) throws Exception {
    shop.compile("start.c", "void begin(void) {}\n", "-fno-pie");

    assertThat(shop.ld("-static", "-e", number, "-o", "bare", "start.o").status()).isZero();
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(shop.tool("readelf", "-h", "bare")).containsPattern("Entry .* " + address + "\n");

    shop.ld("-static", "-e", "begin", "-o", "bare", "start.o");
    assertThat(shop.tool("readelf", "-h", "bare")).doesNotContainPattern("Entry .* " + address);
  }

  @Test
  void withoutLibrariesAProgramNeedsNoDynamicLinker() throws Exception {
    shop.compile("start.c", "void _start(void) { __builtin_trap(); }\n", "-fno-pie");

    assertThat(shop.ld("-o", "bare", "start.o").status()).isZero();

    assertThat(shop.tool("readelf", "-l", "bare")).doesNotContain("INTERP");
  }

  @Test
  void aBuildIdIsRecordedOnRequest() throws Exception {
    shop.compile("hello.c", HELLO, "-fPIE");

    shop.ccQuietly("gcc", "-pie", "hello.o", "-Wl,--build-id", "-o", "known");
    shop.ccQuietly("gcc", "-pie", "hello.o", "-Wl,--build-id=none", "-o", "unknown");

    assertThat(shop.tool("readelf", "-n", "known")).contains("Build ID: ");
    assertThat(shop.tool("readelf", "-n", "unknown")).doesNotContain("Build ID: ");
    assertThat(shop.run("known")).isEqualTo("hello 1\nexit 42");
  }

  @Test
  void anIdentityHasTheSizeOfItsStyle() throws Exception {
    shop.compile("hello.c", HELLO, "-fPIE");
    assertThat(buildId("md5")).matches("[0-9a-f]{32}");
    assertThat(buildId("sha1")).matches("[0-9a-f]{40}");
    assertThat(buildId("sha256")).matches("[0-9a-f]{64}");
    assertThat(buildId("0x123456")).isEqualTo("123456");
    String uuid = "[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}";
    String first = buildId("uuid");
    assertThat(first).matches(uuid);

    shop.compile("hello.c", HELLO.replace("hello", "hallo"), "-fPIE");
    assertThat(buildId("uuid")).matches(uuid).isNotEqualTo(first);
    assertThat(shop.pool.output(shop.path("known")).verify()).isEmpty();
    shop.compile("hello.c", HELLO, "-fPIE");
    assertThat(buildId("0x123456")).isEqualTo("123456");
    shop.compile("hello.c", HELLO.replace("hello", "hi"), "-fPIE");
    assertThat(buildId("0x123456")).isEqualTo("123456");
    assertThat(shop.pool.output(shop.path("known")).verify()).isEmpty();
  }

  private String buildId(String style) throws Exception {
    shop.ccQuietly("gcc", "-pie", "hello.o", "-Wl,--build-id=" + style, "-o", "known");
    String notes = shop.tool("readelf", "-Wn", "known");
    String id = "Build ID: ";
    return notes.substring(notes.indexOf(id) + id.length()).lines().findFirst().orElse("");
  }

  @Test
  void aNewFileGetsTheModeOfTheCaller() throws Exception {
    shop.compile("hello.c", HELLO, "-fPIE");
    shop.umask = 027;

    shop.ccQuietly("gcc", "-pie", "hello.o", "-o", "hello");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shop.path("hello"))))
        .isEqualTo("rwxr-x---");
  }

  /** GNU ld makes a new file, whatever mode the one before it was given. */
  @ParameterizedTest
  @ValueSource(strings = {"600", "400", "711", "777", "4755"})
  void aFileThatIsThereGetsTheModeOfTheCaller(String mode) throws Exception {
    shop.compile("hello.c", HELLO, "-fPIE");
    for (String text : new String[] {HELLO, HELLO, HELLO.replace("0", "1")}) {
      shop.compile("hello.c", text, "-fPIE");
      shop.ccQuietly("gcc", "-pie", "hello.o", "-o", "hello");
      assertThat(mode("hello")).isEqualTo("755");
      shop.tool("chmod", mode, "hello");
    }
    shop.ccQuietly("gcc", "-pie", "hello.o", "-o", "hello");
    assertThat(mode("hello")).isEqualTo("755");
    shop.umask = 077;
    shop.ccQuietly("gcc", "-pie", "hello.o", "-o", "hello");
    assertThat(mode("hello")).isEqualTo("700");
    assertThat(shop.run("hello")).contains("exit");
  }

  private String mode(String file) throws Exception {
    return shop.tool("stat", "-c", "%a", file).strip();
  }

  /** Programs align what should lie on large pages. */
  @ParameterizedTest
  @ValueSource(strings = {"-no-pie -fno-pie", "-pie -fPIE", "-static-pie -fPIE"})
  void objectsAndFunctionsCanBeAlignedToLargePages(String kind) throws Exception {
    String[] flags = kind.split(" ");
    for (String alignment : new String[] {"1 << 21", "1 << 22", "64", "1 << 21"}) {
      String text =
          """
          #define ALIGNED __attribute__((aligned(ALIGNMENT)))
          ALIGNED char data[3] = {1};
          ALIGNED char zeros[3];
          ALIGNED const char constant[3] = {2};
          ALIGNED __thread char own = 3;
          ALIGNED void function(void) {}
          static unsigned long offset(const volatile void *p) {
            return (unsigned long)p & (ALIGNMENT) - 1;
          }
          int main(void) {
            unsigned long all = offset(data) | offset(zeros) | offset(constant) | offset(&own);
            return all | offset((void *)function) ? 1 : 42;
          }
          """;
      shop.compile("main.c", text.replace("ALIGNMENT", alignment), flags[1]);
      shop.ccQuietly("gcc", flags[0], "main.o", "-o", "program");
      assertThat(shop.run("program")).isEqualTo("exit 42");
    }
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void aLinkToTheNullDeviceKeepsNothingOpen() throws Exception {
    shop.compile("hello.c", HELLO, "-fPIE");

    shop.ccQuietly("gcc", "-pie", "hello.o", "-o", "/dev/null");

    assertThat(shop.pool.find(Path.of("/dev/null"))).isEmpty();
  }
}
