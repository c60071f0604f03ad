package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Symbols that the linker defines when a program uses them. */
class LinkerSymbolsLinkTest {
  private static final List<String> NAMES =
      List.of(
          "_etext",
          "etext",
          "_edata",
          "edata",
          "_end",
          "end",
          "__bss_start",
          "__executable_start",
          "__ehdr_start",
          "_GLOBAL_OFFSET_TABLE_",
          "_PROCEDURE_LINKAGE_TABLE_",
          "__GNU_EH_FRAME_HDR",
          "__init_array_start",
          "__init_array_end",
          "__fini_array_start",
          "__preinit_array_start");

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

  private void link(String... command) throws Exception {
    shop.ccQuietly(command);
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-pie", "-no-pie", "-static"})
  void theProgramUsesThemAll(String kind) throws Exception {
    StringBuilder source = new StringBuilder("#include <stdio.h>\nint zero[9], one = 1;\n");
    NAMES.forEach(name -> source.append("extern char ").append(name).append("[];\n"));
    source.append("int main(void) {\n");
    NAMES.stream()
        .filter(name -> !name.contains("array"))
        .forEach(name -> source.append("  if (!").append(name).append(") return 1;\n"));
    source.append(
        """
          char *code = (char *) main, *data = (char *) &one, *bss = (char *) zero;
          if (__executable_start[1] != 'E' || __ehdr_start != __executable_start) return 2;
          if (etext != _etext || edata != _edata || end != _end) return 3;
          if (code >= etext || data >= edata || bss < __bss_start || bss >= end) return 4;
          if (__GNU_EH_FRAME_HDR[0] != 1) return 5;
          if ((__init_array_end - __init_array_start) % 8) return 6;
          return 42;
        }
        """);
    shop.compile("main.c", source.toString(), kind.equals("-pie") ? "-fPIE" : "-fno-pie");

    link("gcc", kind, "main.o", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 42");
    String symbols = shop.tool("readelf", "-Ws", "program");
    assertThat(symbols).containsPattern("GLOBAL DEFAULT +[0-9]+ _end\n");
    assertThat(symbols).containsPattern("LOCAL +HIDDEN .* __ehdr_start\n");
  }

  @Test
  void aDefinitionOfTheProgramCounts() throws Exception {
    shop.compile("main.c", "extern int end;\nint main(void) { return end; }\n");
    shop.compile("end.c", "int end = 42;\nint etext = 1;\n");
    link("gcc", "main.o", "end.o", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 42");

    shop.compile(
        "main.c", "extern char end[];\nint main(void) { return end > (char *) main ? 43 : 1; }\n");
    link("gcc", "main.o", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 43");
  }

  @Test
  void theyAreOnlyThereWhenTheyAreUsed() throws Exception {
    shop.compile("main.c", "int main(void) { return 0; }\n");

    link("gcc", "main.o", "-o", "program");

    assertThat(shop.tool("readelf", "-Ws", "program")).doesNotContain(" etext\n", " _end\n");
  }

  @Test
  void aLibraryKeepsItsBoundariesToItself() throws Exception {
    shop.compile(
        "lib.c",
        "extern char _end[];\nint inside(void) { return (char *) inside < _end; }\n",
        "-fPIC");
    shop.ccQuietly("gcc", "-shared", "lib.o", "-o", "libinside.so");
    shop.compile("main.c", "int inside(void);\nint main(void) { return inside() + 41; }\n");

    link("gcc", "main.o", "-L.", "-linside", "-Wl,-rpath," + directory, "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("readelf", "-W", "--dyn-syms", "libinside.so")).doesNotContain("_end");
  }

  /** Constants and variables of one section: GNU ld makes one section of them. */
  @Test
  void boundariesSurroundAllOfTheirNameWhateverItsPermissions() throws Exception {
    String entry = "__attribute__((section(\"entries\"), used)) static KIND int entry = VALUE;\n";
    String constant = entry.replace("KIND", "const");
    String variable = entry.replace("KIND", "");
    shop.compile(
        "main.c",
        constant.replace("VALUE", "1")
            + """
            extern const int __start_entries[], __stop_entries[];
            int main(void) {
              int sum = 0;
              for (const int *e = __start_entries; e < __stop_entries; e++) sum = sum * 10 + *e;
              return sum;
            }
            """);
    shop.compile("two.c", constant.replace("VALUE", "2"));
    String[] link = {"gcc", "main.o", "two.o", "-o", "program"};
    link(link);
    assertThat(shop.run("program")).isEqualTo("exit 12");
    assertThat(shop.tool("readelf", "-WS", "program")).containsPattern(" entries .* A +0");

    shop.compile("two.c", variable.replace("VALUE", "3"));
    link(link);
    assertThat(shop.run("program")).isEqualTo("exit 13");
    assertThat(shop.tool("readelf", "-WS", "program"))
        .containsPattern(" entries .* WA +0")
        .doesNotContainPattern(" entries .* A +0");
    shop.compile("two.c", constant.replace("VALUE", "4"));
    link(link);
    assertThat(shop.run("program")).isEqualTo("exit 14");

    link("gcc", "two.o", "main.o", "-Wl,--gc-sections", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 41");
    shop.compile("two.c", variable.replace("VALUE", "5"));
    link("gcc", "two.o", "main.o", "-Wl,--gc-sections", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 51");
  }

  /** Common symbols and sections of zeros with names of their own are inside, as with GNU ld. */
  @Test
  void theEndIsBehindAllZeros() throws Exception {
    String[] link = {"gcc", "main.o", "zeros.o", "-o", "program"};
    shop.compile(
        "main.c",
        """
        extern char end[], _end[], __bss_start[], own[], plain[], common[];
        extern long size;
        static int inside(char *start) { return __bss_start <= start && start + size <= end; }
        int main(void) {
          return inside(own) && inside(plain) && inside(common) && end == _end ? 42 : 1;
        }
        """);
    for (long size : new long[] {1, 100_000, 90_000_000, 10}) {
      String zeros =
          """
          long size = SIZE;
          char own[SIZE] __attribute__((section(".own,\\"aw\\",@nobits#")));
          char plain[SIZE] = {0}, common[SIZE];
          """;
      shop.compile("zeros.c", zeros.replace("SIZE", "" + size), "-fcommon", "-fno-data-sections");
      link(link);
      assertThat(shop.run("program")).as("%d", size).isEqualTo("exit 42");
    }
    assertThat(shop.tool("readelf", "-WS", "program")).containsPattern(" \\.common +NOBITS ");
  }

  @Test
  void anExecutableExportsBoundariesOnRequest() throws Exception {
    String main = "__attribute__((section(\"items\"))) int list[] = {%s};\nint main(void) {}\n";
    String option = "-Wl,-z,start-stop-visibility=protected";
    for (String items : new String[] {"1, 2", "1, 2, 3"}) {
      shop.compile("main.c", main.formatted(items), "-fPIE");
      link("gcc", "main.o", "-o", "program");
      assertThat(shop.tool("nm", "-D", "program")).doesNotContain("_items");
      link("gcc", "main.o", "-o", "program", option);
      assertThat(shop.tool("nm", "-D", "program"))
          .contains(" __start_items\n", " __stop_items\n")
          .doesNotContain(" end\n");
    }
    shop.compile("main.c", "int main(void) {}\n", "-fPIE");
    link("gcc", "main.o", "-o", "program", option);
    assertThat(shop.tool("nm", "-D", "program")).doesNotContain("_items");
  }
}
