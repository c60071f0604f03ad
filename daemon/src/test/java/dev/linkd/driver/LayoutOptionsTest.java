package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options for addresses and headers, checked with what readelf says and by running programs. */
class LayoutOptionsTest {
  private static final Pattern SECTION =
      Pattern.compile("\\] (\\.\\S+)\\s+[A-Z_]+\\s+([0-9a-f]{16}) ([0-9a-f]+)");

  @TempDir Path directory;

  private Workshop shop;

  @BeforeEach
  void write() throws Exception {
    shop = new Workshop(directory);
    shop.compile(
        "main.c",
        """
        #include <stdio.h>
        int data = 3;
        int zero[100];
        __attribute__((section(".special"))) int special = 4;
        int main(void) { printf("%d\\n", data + zero[7] + special); return 0; }
        """);
  }

  private void link(String... options) throws Exception {
    String[] command = new String[options.length + 4];
    System.arraycopy(options, 0, command, 4, options.length);
    System.arraycopy(new String[] {"gcc", "main.o", "-o", "program"}, 0, command, 0, 4);
    shop.ccQuietly(command);
  }

  private Map<String, Long> addresses() throws Exception {
    Map<String, Long> addresses = new TreeMap<>();
    Matcher matcher = SECTION.matcher(shop.tool("readelf", "-WS", "program"));
    while (matcher.find()) {
      addresses.put(matcher.group(1), Long.parseLong(matcher.group(2), 16));
    }
    return addresses;
  }

  private List<String> headers(String type) throws Exception {
    return shop.tool("readelf", "-Wl", "program")
        .lines()
        .map(String::trim)
        .filter(line -> line.startsWith(type))
        .toList();
  }

  private String said() {
    return String.join("\n", shop.heard.messages());
  }

  private void runs() throws Exception {
    assertThat(shop.run("program")).isEqualTo("7\nexit 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--image-base=0x8000000", "-Ttext-segment=8000000"})
  void theImageBeginsAtItsBase(String option) throws Exception {
    link("-no-pie", "-Wl," + option);
    runs();
    assertThat(headers("PHDR")).singleElement().asString().contains("0x0000000008000040");
    assertThat(addresses().get(".interp")).isBetween(0x8000040L, 0x8000fffL);
    link("-no-pie");
    runs();
    assertThat(headers("PHDR")).singleElement().asString().contains("0x0000000000400040");
  }

  @Test
  void aBaseInsideOfAPageIsRefused() throws Exception {
    shop.cc("gcc", "main.o", "-o", "program", "-no-pie", "-Wl,--image-base=0x8000010");
    assertThat(said()).contains("--image-base: 0x8000010 is not a multiple");
  }

  @Test
  void physicalAddressesHaveABaseOfTheirOwn() throws Exception {
    link("-no-pie", "-Wl,--physical-image-base=0x200000");
    runs();
    assertThat(headers("LOAD").getFirst())
        .matches("LOAD\\s+0x000000 0x0000000000400000 0x0000000000200000 .*");
    for (String load : headers("LOAD")) {
      String[] words = load.split("\\s+");
      assertThat(Long.decode(words[2]) - Long.decode(words[3])).as(load).isEqualTo(0x200000);
    }
  }

  @Test
  void sectionsAreWhereTheyAreAskedToBe() throws Exception {
    link(
        "-no-pie",
        "-Wl,-Ttext=0x10001230",
        "-Wl,-Tdata=20000000",
        "-Wl,-Tbss=0x600000,-Trodata-segment=0x20800000",
        "-Wl,--section-start=.special=0x30000100");
    runs();
    assertThat(addresses())
        .containsEntry(".text", 0x10001230L)
        .containsEntry(".data", 0x20000000L)
        .containsEntry(".bss", 0x600000L)
        .containsEntry(".rodata", 0x20800000L)
        .containsEntry(".special", 0x30000100L);
    shop.compile("more.c", "int more[100000] = {1}; int zeroes[900000]; int f(void) { return 1; }");
    shop.ccQuietly(
        "gcc",
        "main.o",
        "more.o",
        "-o",
        "program",
        "-no-pie",
        "-Wl,-Ttext=0x10001230,-Tdata=20000000,-Tbss=0x600000,-Trodata-segment=0x20800000",
        "-Wl,--section-start=.special=0x30000100");
    runs();
    assertThat(addresses()).containsEntry(".bss", 0x600000L);
    assertThat(headers("LOAD"))
        .extracting(line -> line.split("\\s+")[2])
        .as("loaders want them sorted")
        .isSorted();
  }

  @Test
  void sectionsInPositionIndependentProgramsToo() throws Exception {
    link("-pie", "-Wl,-Ttext=0x2000000");
    runs();
    assertThat(addresses()).containsEntry(".text", 0x2000000L);
    link("-pie", "-Wl,--section-start=.text=0x4000000,--section-start=.eh_frame=0x60000000");
    runs();
    assertThat(addresses()).containsEntry(".eh_frame", 0x60000000L);
    assertThat(shop.tool("eu-readelf", "-lS", "program"))
        .contains(".text")
        .doesNotContain("invalid");
  }

  @Test
  void exceptionsAreCaughtWhenCodeLiesBeforeItsUnwindTable() throws Exception {
    shop.compile(
        "throws.cc",
        "int f(int n) { if (n > 1) throw n; return n; }\n"
            + "int main(int n, char **) { try { return f(n + 4); } catch (int v) { return v; }"
            + " }\n");
    shop.ccQuietly("g++", "throws.o", "-o", "program", "-pie", "-Wl,-Ttext=0x2000000");
    assertThat(shop.run("program")).isEqualTo("exit 5");
    assertThat(addresses().get(".eh_frame_hdr")).isGreaterThan(0x2000000);
    shop.compile("throws.cc", "int main() { try { throw 6; } catch (int v) { return v; } }\n");
    shop.ccQuietly("g++", "throws.o", "-o", "program", "-pie", "-Wl,-Ttext=0x2000000");
    assertThat(shop.run("program")).isEqualTo("exit 6");
  }

  @Test
  void overlappingAddressesAreReported() throws Exception {
    shop.cc("gcc", "main.o", "-o", "program", "-no-pie", "-Wl,-Tdata=0x5000000,-Tbss=0x5000008");
    assertThat(said())
        .containsPattern("section .bss \\[0+50000\\w0,\\w+\\] overlaps section .data");
  }

  @Test
  void addressesAreNumbers() throws Exception {
    for (String option : List.of("-Ttext=here", "--section-start=.x", "--section-start=.x=0xzz")) {
      shop.cc("gcc", "main.o", "-o", "program", "-Wl," + option);
      assertThat(said()).as(option).contains("invalid");
    }
  }

  @Test
  void segmentsAreAlignedToThePage() throws Exception {
    link("-Wl,-z,max-page-size=0x200000");
    runs();
    for (String load : headers("LOAD")) {
      String[] words = load.split("\\s+");
      assertThat(words[words.length - 1]).as(load).isEqualTo("0x200000");
      assertThat((Long.decode(words[1]) - Long.decode(words[2])) % 0x200000).as(load).isZero();
    }
    shop.cc("gcc", "main.o", "-o", "program", "-Wl,-z,max-page-size=5000");
    assertThat(said()).contains("invalid maximum page size '5000'");
  }

  @Test
  void headersDescribeTheStack() throws Exception {
    link("-Wl,-z,execstack,-z,stack-size=0x200000");
    runs();
    assertThat(headers("GNU_STACK")).singleElement().asString().matches(".*0x0*200000 RWE .*");
    link("-Wl,-z,noexecstack");
    assertThat(headers("GNU_STACK")).singleElement().asString().matches(".*0x000000 RW .*");
    link("-Wl,-z,nognustack");
    runs();
    assertThat(headers("GNU_STACK")).isEmpty();
  }

  @Test
  void inputsThatRequireCodeOnTheStackAreReported() throws Exception {
    shop.compile("stack.s", ".section .note.GNU-stack,\"x\",@progbits\n");
    for (int round = 0; round < 2; round++) {
      assertThat(shop.cc("gcc", "main.o", "stack.o", "-o", "program").status()).isZero();
      assertThat(shop.heard.messages())
          .singleElement()
          .asString()
          .contains("warning: stack.o: requires executable stack");
      assertThat(headers("GNU_STACK")).singleElement().asString().contains(" RW ");
    }
    shop.ccQuietly("gcc", "main.o", "stack.o", "-Wl,-z,execstack-if-needed", "-o", "program");
    assertThat(headers("GNU_STACK")).singleElement().asString().contains(" RWE ");
    shop.compile("stack.s", ".section .note.GNU-stack,\"\",@progbits\n");
    shop.ccQuietly("gcc", "main.o", "stack.o", "-Wl,-z,execstack-if-needed", "-o", "program");
    assertThat(headers("GNU_STACK")).singleElement().asString().contains(" RW ");
    shop.compile("stack.s", ".section .note.GNU-stack,\"x\",@progbits\n");
    shop.ccQuietly("gcc", "main.o", "stack.o", "-Wl,--no-warn-execstack", "-o", "program");
    assertThat(
            shop.cc("gcc", "main.o", "stack.o", "-Wl,--no-warn-execstack,--warn-execstack", "-op")
                .status())
        .isZero();
    assertThat(shop.heard.messages()).hasSize(1);
  }

  @Test
  void relocatedMemoryStaysWritableOnRequest() throws Exception {
    link("-Wl,-z,norelro");
    runs();
    assertThat(headers("GNU_RELRO")).isEmpty();
    link("-Wl,-z,relro");
    runs();
    assertThat(headers("GNU_RELRO")).hasSize(1);
  }

  @Test
  void sectionHeadersAreLeftOut() throws Exception {
    link("-Wl,-z,nosectionheader");
    runs();
    assertThat(shop.tool("readelf", "-h", "program"))
        .containsPattern("Number of section headers:\\s+0\n")
        .containsPattern("Start of section headers:\\s+0 ");
    link("-Wl,-z,sectionheader");
    runs();
    assertThat(addresses()).containsKey(".text");
  }

  @Test
  void oldFormatsLinkArchivesOnly() throws Exception {
    link("-static", "-Wl,-N");
    runs();
    assertThat(headers("LOAD")).anyMatch(line -> line.contains(" RWE "));
    link("-static", "-Wl,-N,--no-omagic");
    assertThat(headers("LOAD")).noneMatch(line -> line.contains(" RWE "));
    link("-static", "-Wl,-n");
    runs();
    shop.compile("library.c", "int provided(void) { return 7; }");
    shop.tool("gcc", "-shared", "-o", "libprovided.so", "-fPIC", "library.c");
    shop.compile("start.c", "int provided(void); void _start(void) { provided(); }");
    shop.cc("gcc", "-nostdlib", "-no-pie", "-Wl,-n", "start.o", "-o", "alone", "-L.", "-lprovided");
    assertThat(said()).contains("-lprovided");
  }

  @Test
  void toolsReadAndRewriteAnImageWithAddresses() throws Exception {
    link("-no-pie", "-Wl,-Ttext=0x10001230,--section-start=.special=0x30000100");
    shop.tool("strip", "-o", "stripped", "program");
    assertThat(shop.run("stripped")).isEqualTo("7\nexit 0");
    shop.tool("objcopy", "program", "copied");
    assertThat(shop.run("copied")).isEqualTo("7\nexit 0");
    assertThat(shop.tool("gdb", "-batch", "-ex", "break main", "-ex", "run", "program"))
        .contains("Breakpoint 1, ");
  }

  @Test
  void codeCannotBeReadOnRequest() throws Exception {
    link("-Wl,--execute-only");
    runs();
    assertThat(headers("LOAD")).anyMatch(line -> line.contains("   E 0x"));
    assertThat(headers("LOAD")).noneMatch(line -> line.contains(" R E "));
    link();
    assertThat(headers("LOAD")).noneMatch(line -> line.contains("   E 0x"));
  }

  /** Programs that stand alone are laid out in another way. */
  @Test
  void sectionsInStaticProgramsAreWhereTheyAreAskedToBe() throws Exception {
    link("-static", "-Wl,-Ttext=0x10001240,-Tdata=0x20000000,-Tbss=0x30000000");
    runs();
    assertThat(addresses())
        .containsEntry(".text", 0x10001240L)
        .containsEntry(".data", 0x20000000L)
        .containsEntry(".bss", 0x30000000L);
    link("-static", "-Wl,-Ttext=0x10001240,--section-start=.special=0x30000100");
    runs();
    assertThat(addresses())
        .containsEntry(".text", 0x10001240L)
        .containsEntry(".special", 0x30000100L);
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void writableCodeCanBeWritten() throws Exception {
    shop.compile(
        "code.s",
        """
        .section .patched, "awx"
        .globl patched
        patched: mov $1, %eax
        ret
        .section .note.GNU-stack, "", @progbits
        """);
    shop.compile(
        "main.c",
        """
        extern unsigned char patched[];
        int main(void) { patched[1] = 42; return ((int (*)(void))patched)(); }
        """);
    shop.ccQuietly("gcc", "main.o", "code.o", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void threadLocalDataCanHaveAnAddressOfItsOwn() throws Exception {
    String source =
        """
        #include <stdio.h>
        _Thread_local char first = VALUE;
        _Thread_local int zero;
        int main(void) { printf("%d %d\\n", first, zero); return 0; }
        """;
    for (String address : new String[] {"0x100001", "0x10000f", "0x100040"}) {
      for (String relax : new String[] {"--relax", "--no-relax"}) {
        shop.compile("main.c", source.replace("VALUE", "42"), "-fPIC");
        String option = "-Wl,--section-start=.tdata=" + address + "," + relax;
        link("-pie", option);
        assertThat(shop.run("program")).as("%s %s", address, relax).isEqualTo("42 0\nexit 0");
        shop.compile("main.c", source.replace("VALUE", "43"), "-fPIC");
        link("-pie", option);
        assertThat(shop.run("program")).isEqualTo("43 0\nexit 0");
        assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
      }
    }
  }

  @Test
  void constantsAndCodeCanShareASegment() throws Exception {
    String library =
        """
        #include <stdio.h>
        #include <stdlib.h>
        int twice(int x) { %s return 2 * x; }
        void (*const table[])(const char *) = {(void (*)(const char *)) puts};
        """;
    shop.compile("library.c", library.formatted(""), "-fPIC");
    shop.compile(
        "main.c",
        """
        int twice(int);
        extern void (*const table[])(const char *);
        _Thread_local int local = 4;
        int main(void) { table[0]("shared"); return twice(17 + local); }
        """,
        "-fPIE");
    for (String kind : new String[] {"-pie", "-no-pie", "-static", "-static-pie"}) {
      for (String more : new String[] {"", "if (getenv(\"NEVER\")) puts(\"a longer text\");"}) {
        shop.compile("library.c", library.formatted(more), "-fPIC");
        link("library.o", kind, "-Wl,--no-rosegment");
        assertThat(shop.run("program")).isEqualTo("shared\nexit 42");
        assertThat(headers("LOAD")).hasSize(2).first().asString().contains(" R E ");
        assertThat(headers("GNU_RELRO")).hasSize(1);
        assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
      }
    }
    link("library.o", "-Wl,--no-rosegment", "-Wl,--rosegment");
    assertThat(headers("LOAD")).first().asString().contains(" R  ");
  }
}
