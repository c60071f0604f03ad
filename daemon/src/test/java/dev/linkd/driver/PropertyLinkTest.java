package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Notes that say which features of the processor the code is ready for. */
class PropertyLinkTest {
  private static final String MAIN =
      """
      int half(int);
      int twice(int);
      void _start(void) {
        int result = twice(half(84)) / 2;
        __asm__ volatile("syscall" :: "a"(60), "D"(result));
      }
      """;

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("half.c", "int half(int x) { return x / 2; }\n", "-fPIC");
    shop.ccQuietly("gcc", "-shared", "-nostdlib", "half.o", "-o", "libhalf.so");
    twice("-fcf-protection=full");
    shop.compile("main.c", MAIN, "-fcf-protection=full");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void twice(String protection) throws Exception {
    shop.compile("twice.c", "int twice(int x) { return x * 2; }\n", protection);
  }

  private static String[] link(String... options) {
    String[] fixed = {"-pie", "-o", "program", "main.o", "twice.o", "libhalf.so", "-rpath", "."};
    String[] words = new String[fixed.length + options.length + 2];
    System.arraycopy(fixed, 0, words, 0, fixed.length);
    words[fixed.length] = "-dynamic-linker";
    words[fixed.length + 1] = "/lib64/ld-linux-x86-64.so.2";
    System.arraycopy(options, 0, words, fixed.length + 2, options.length);
    return words;
  }

  private String properties() throws Exception {
    return shop.tool("readelf", "-nW", "program");
  }

  private String plt() throws Exception {
    return shop.tool("objdump", "-d", "-j", ".plt", "program");
  }

  @Test
  void theOutputHasTheFeaturesThatAllInputsHave() throws Exception {
    assertThat(shop.ld(link()).status()).isZero();
    assertThat(properties()).contains("x86 feature: IBT, SHSTK");
    assertThat(shop.tool("readelf", "-lW", "program"))
        .contains("GNU_PROPERTY")
        .containsPattern("NOTE .*0x8\n");
    assertThat(plt()).contains("endbr64");
    assertThat(shop.run("program")).isEqualTo("exit 42");

    twice("-fcf-protection=return");
    assertThat(shop.ld(link()).startOverReason()).isEmpty();
    assertThat(properties()).contains("x86 feature: SHSTK\n");
    assertThat(plt()).doesNotContain("endbr64");
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();

    twice("-fcf-protection=none");
    assertThat(shop.ld(link()).status()).isZero();
    assertThat(properties()).doesNotContain("x86 feature");
    assertThat(shop.tool("readelf", "-lW", "program")).doesNotContain("GNU_PROPERTY");

    twice("-fcf-protection=full");
    assertThat(shop.ld(link()).startOverReason()).isEmpty();
    assertThat(properties()).contains("x86 feature: IBT, SHSTK");
    assertThat(plt()).contains("endbr64");
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void neededInstructionSetsAddUp() throws Exception {
    String note =
        """
        .section .note.gnu.property, "a"
        .balign 8
        .long 4, 16, 5
        .asciz "GNU"
        .long 0xc0008002, 4, %d, 0
        .section .note.GNU-stack, "", @progbits
        """;
    shop.compile("first.s", note.formatted(1));
    shop.compile("second.s", note.formatted(4));

    assertThat(shop.ld(link("first.o", "second.o")).status()).isZero();
    assertThat(properties()).contains("x86 ISA needed: x86-64-baseline, x86-64-v3");

    assertThat(shop.ld(link("first.o")).startOverReason()).isEmpty();
    assertThat(properties()).contains("x86 ISA needed: x86-64-baseline\n");
  }

  @Test
  void thePltHasLandingPadsOnRequest() throws Exception {
    twice("-fcf-protection=none");

    assertThat(shop.ld(link("-z", "ibtplt")).status()).isZero();
    assertThat(plt()).contains("endbr64");
    assertThat(properties()).doesNotContain("IBT");
    assertThat(shop.run("program")).isEqualTo("exit 42");

    assertThat(shop.ld(link("-z", "ibtplt", "-z", "now")).status()).isZero();
    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void featuresCanBeForced() throws Exception {
    twice("-fcf-protection=none");

    assertThat(shop.ld(link("-z", "shstk")).status()).isZero();
    assertThat(properties()).contains("x86 feature: SHSTK\n");
    assertThat(shop.ld(link("-z", "ibt")).status()).isZero();
    assertThat(properties()).contains("x86 feature: IBT\n");
    assertThat(plt()).contains("endbr64");
    assertThat(shop.heard.messages()).isEmpty();

    assertThat(shop.ld(link("-z", "force-ibt")).status()).isZero();
    assertThat(properties()).contains("x86 feature: IBT\n");
    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .startsWith("warning: ")
        .contains("twice.o")
        .contains("-z force-ibt: file does not have GNU_PROPERTY_X86_FEATURE_1_IBT");
    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void inputsWithoutAFeatureAreReported() throws Exception {
    twice("-fcf-protection=return");

    assertThat(shop.ld(link("-z", "cet-report=warning")).status()).isZero();
    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .startsWith("warning: ")
        .contains("twice.o: -cet-report=warning: missing GNU_PROPERTY_X86_FEATURE_1_IBT");

    assertThat(shop.ld(link("-z", "cet-report=error")).status()).isEqualTo(1);
    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .startsWith("error: ")
        .contains("missing GNU_PROPERTY_X86_FEATURE_1_IBT");

    assertThat(shop.ld(link("-z", "cet-report=error", "-z", "cet-report=none")).status()).isZero();
    assertThat(shop.ld(link("-z", "cet-report=often")).status()).isEqualTo(1);
  }

  @Test
  void theProcessorCanBeDemanded() throws Exception {
    assertThat(shop.ld(link("-z", "x86-64-v2", "-z", "ibt")).status()).isZero();
    assertThat(properties()).contains("x86 ISA needed: x86-64-v2", "x86 feature: IBT");
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.ld(link("-z", "x86-64-baseline", "-z", "x86-64-v3")).status()).isZero();
    assertThat(properties()).contains("x86 ISA needed: x86-64-baseline, x86-64-v3");
    assertThat(shop.ld(link("-z", "x86-64-v4")).status()).isZero();
    assertThat(properties()).contains("x86 ISA needed: x86-64-v4");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
    assertThat(shop.ld(link()).status()).isZero();
    assertThat(properties()).doesNotContain("x86 ISA needed");
  }

  @Test
  void landingPadsThatNothingNeedsAreRemoved() throws Exception {
    String library =
        """
        int called(int x) { return x + 1; }
        int apart(int x) { return x - 1; }
        static int inner(int x) { return x * 2; }
        int pointed(int x) { return called(x) + 1; }
        int (*hook)(int) = %s;
        int (*pointer(void))(int) { return inner; }
        """;
    String main =
        """
        int called(int), pointed(int), (*pointer(void))(int);
        int (*table[])(int) = {pointed};
        int main(void) { return pointer()(table[0](19)) + called(1) - called(1); }
        """;
    for (String split : new String[] {"-ffunction-sections", "-fno-function-sections"}) {
      String[] options = {"-fcf-protection", "-fPIE", "-fno-inline", split};
      shop.compile("main.c", main, options);
      shop.compile("library.c", library.formatted("0"), options);
      String[] words = {
        "gcc", "main.o", "library.o", "-o", "pads", "-Wl,-z,rewrite-endbr", "-Wl,-u,apart"
      };
      shop.ccQuietly(words);
      assertThat(shop.run("pads")).isEqualTo("exit 42");
      assertThat(first("called")).contains("nop");
      assertThat(first("pointed")).contains("endbr64");
      assertThat(first("inner")).contains("endbr64");
      assertThat(first("main")).contains("endbr64");
      assertThat(first("apart")).contains("endbr64");

      shop.compile("library.c", library.formatted("called"), options);
      shop.ccQuietly(words);
      assertThat(shop.run("pads")).isEqualTo("exit 42");
      assertThat(first("called")).contains("endbr64");
      assertThat(shop.pool.output(shop.path("pads")).verify()).isEmpty();

      shop.compile("library.c", library.formatted("0"), options);
      shop.ccQuietly(words);
      assertThat(first("called")).contains("nop");
      words[5] = "-Wl,-z,norewrite-endbr";
      shop.ccQuietly(words);
      assertThat(first("called")).contains("endbr64");
    }
  }

  /** The first instruction of a function. */
  private String first(String function) throws Exception {
    return shop.tool("objdump", "-d", "--disassemble=" + function, "pads")
        .lines()
        .dropWhile(line -> !line.endsWith("<" + function + ">:"))
        .skip(1)
        .findFirst()
        .orElse("");
  }

  /** The address of a folded function is that of the one that is left. */
  @Test
  void aFoldedFunctionKeepsTheLandingPadOfTheOneThatIsLeft() throws Exception {
    String source =
        """
        __attribute__((noinline)) int one(int x) { return x * 3 + 7; }
        __attribute__((noinline)) int two(int x) { return x * 3 + 7; }
        int (*table[])(int) = {%s};
        int main(int count, char **words) { return one(count) + two(count) + !table[0]; }
        """;
    String[] words = {"gcc", "main.o", "-o", "pads", "-Wl,-z,rewrite-endbr", "-Wl,--icf=all"};
    for (String pointed : new String[] {"two", "one", "0"}) {
      shop.compile("main.c", source.formatted(pointed), "-fcf-protection");
      shop.ccQuietly(words);
      assertThat(first("one")).contains(pointed.equals("0") ? "nop" : "endbr64");
      assertThat(shop.pool.output(shop.path("pads")).verify()).isEmpty();
    }
  }
}
