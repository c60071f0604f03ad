package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Symbols that {@code --defsym} defines. */
class DefinedSymbolLinkTest {
  private static final String SHOW =
      """
      #include <stdio.h>
      extern char made[];
      int real(void) { return 40; }
      int data[4] = {1, 2, 3, 4};
      int main(void) { printf("%lx\\n", (long) made); return 0; }
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

  private void link(String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("gcc", "main.o", "-o", "program"));
    command.addAll(List.of(more));
    shop.ccQuietly(command.toArray(String[]::new));
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-pie", "-no-pie"})
  void aNumberIsAnAbsoluteSymbol(String kind) throws Exception {
    shop.compile("main.c", SHOW, kind.equals("-pie") ? "-fPIC" : "-fno-pie");

    link(kind, "-Wl,--defsym,made=0x1234");

    assertThat(shop.run("program")).isEqualTo("1234\nexit 0");
    assertThat(shop.tool("readelf", "-Ws", "program"))
        .containsPattern("0000000000001234 +0 NOTYPE +GLOBAL DEFAULT +ABS made");
  }

  @ParameterizedTest
  @CsvSource({
    "2+3*4, e",
    "(2+3)*4, 14",
    "1<<4|1, 11",
    "0x10-1, f",
    "017, f",
    "64K, 10000",
    "0xff & ~0xf, f0",
    "7/2 + 7%2, 4",
    "1 ? 5 : 6, 5",
    "2 > 1 && 3 != 3, 0",
    "6 ^ 3, 5",
    "-1 >> 60, f",
  })
  void expressionsAreThoseOfC(String expression, String value) throws Exception {
    shop.compile("main.c", SHOW, "-fno-pie");
    link("-no-pie", "-Wl,--defsym=made=" + expression);

    assertThat(shop.run("program")).isEqualTo(value + "\nexit 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-pie", "-no-pie"})
  void anAliasFollowsItsTargetOverEdits(String kind) throws Exception {
    String code = kind.equals("-pie") ? "-fPIE" : "-fno-pie";
    shop.compile(
        "main.c",
        "int alias(void);\nextern int second;\nint main(void) { return alias() + second; }\n",
        code);
    shop.compile("real.c", "int real(void) { return 40; }\nint data[2] = {1, 2};\n", code);
    String[] options = {
      kind, "real.o", "-Wl,--defsym=alias=real", "-Wl,--defsym=second=4+data,--defsym=more=alias"
    };
    link(options);
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("readelf", "-Ws", "program")).containsPattern("FUNC +GLOBAL .* alias\n");

    shop.compile(
        "real.c",
        "int pad[9] = {1};\nint f(int);\nint real(void) { return f(f(f(3))) + 10; }\n"
            + "int f(int x) { return x + pad[0]; }\nint data[2] = {1, 5};\n",
        code);
    link(options);

    assertThat(shop.run("program")).isEqualTo("exit 21");
  }

  @Test
  void aDifferenceIsComputedAgainWhenSomethingMoves() throws Exception {
    shop.compile(
        "main.c",
        "#include <stdio.h>\nextern char size[];\nint main(void) { return (int) (long) size; }\n",
        "-fno-pie");
    shop.write("table.s", ".data\n.globl from, to\nfrom: .zero 12\nto: .byte 0\n");
    shop.tool("as", "table.s", "-o", "table.o");
    String[] options = {"-no-pie", "table.o", "-Wl,--defsym=size=(to-from)*2"};
    link(options);
    assertThat(shop.run("program")).isEqualTo("exit 24");

    shop.write("table.s", ".data\n.globl from, to\nfrom: .zero 21\nto: .byte 0\n");
    shop.tool("as", "table.s", "-o", "table.o");
    link(options);

    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void theTargetIsTakenFromAnArchiveAndTheDefinitionWins() throws Exception {
    shop.compile("main.c", "int value(void);\nint main(void) { return value(); }\n");
    shop.compile("member.c", "int member(void) { return 42; }\n");
    shop.compile("value.c", "int value(void) { return 1; }\n");
    shop.tool("ar", "rcs", "libparts.a", "member.o");

    link("value.o", "libparts.a", "-Wl,--defsym=value=member");

    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void theBoundaryOfASectionHasAnAlias() throws Exception {
    shop.compile(
        "main.c",
        "extern char _end[], limit[];\nint main(void) { return limit == _end + 8 ? 42 : 1; }\n");
    link("-Wl,--defsym=limit=_end+8");
    assertThat(shop.run("program")).isEqualTo("exit 42");

    shop.compile(
        "main.c",
        "extern char _end[], limit[];\nint big[1000];\n"
            + "int main(void) { return limit == _end + 8 ? 43 + big[7] : 1; }\n");
    link("-Wl,--defsym=limit=_end+8");
    assertThat(shop.run("program")).isEqualTo("exit 43");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gone", "gone+1", "gone-main", "2*gone"})
  void anUndefinedTargetIsNamed(String expression) throws Exception {
    shop.compile("main.c", "int main(void) { return 0; }\n");

    assertThat(shop.cc("gcc", "main.o", "-Wl,--defsym=made=" + expression, "-o", "p").status())
        .isEqualTo(1);

    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .contains("undefined symbol: gone", "made");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "ALIGN(16); 0",
        "ALIGN(17, 16); 20",
        "MAX(3, 4); 4",
        "MIN(3, MAX(1, 2)); 2",
        "DEFINED(main) ? 7 : 8; 7",
        "DEFINED(nothing) ? 7 : 8; 8",
        ".; 0",
        ". + 4; 4",
        "LOG2CEIL(9); 4",
        "LOG2CEIL(0xffffffffffffffff); 40",
        "CONSTANT(MAXPAGESIZE); 1000",
        "SEGMENT_START(\"text\", 5); 5",
        "SIZEOF(.nothing); 0",
        "ABSOLUTE(data) - ADDR(.data) < SIZEOF(.data); 1",
        "LOADADDR(.data) - ADDR(.data); 0",
        "\"data\" - data; 0",
      })
  void functionsAreThoseOfScripts(String expression, String value) throws Exception {
    shop.compile("main.c", SHOW, "-fno-pie");
    link("-no-pie", "-Xlinker", "--defsym=made=" + expression);

    assertThat(shop.run("program")).isEqualTo(value + "\nexit 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-pie", "-no-pie"})
  void theEndOfASectionFollowsEdits(String kind) throws Exception {
    String main =
        "extern char made[], _edata[];\nint data[%d] = {1};\n"
            + "int main(void) { return made == _edata ? %d : 1; }\n";
    for (int size : new int[] {4, 90_000, 5}) {
      shop.compile("main.c", main.formatted(size, size % 64), "-fPIE");
      link(kind, "-Wl,--defsym=made=ADDR(.data)+SIZEOF(.data)");
      assertThat(shop.run("program")).isEqualTo("exit " + size % 64);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"puts", "puts+1", "stdout", "2*puts"})
  void whatASharedLibraryDefinesHasNoAddress(String expression) throws Exception {
    shop.compile("main.c", SHOW, "-fno-pie");

    String option = "-Wl,--defsym=made=" + expression;
    assertThat(shop.cc("gcc", "-no-pie", "main.o", option, "-o", "p").status()).isEqualTo(1);

    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .startsWith("error: unresolvable symbol: ")
        .contains(" is defined in a shared library", "made");
  }

  @ParameterizedTest
  @CsvSource({
    "-pie, '-Wl,-O1'",
    "-no-pie, '-Wl,-O1'",
    "-static, '-Wl,--gc-sections'",
    "-pie, '-Wl,--gc-sections'",
  })
  void aDefinitionCanReferToTheOneThatItReplaces(String kind, String more) throws Exception {
    shop.compile(
        "main.c",
        "extern char table[], other[];\n"
            + "int main(void) { return other == table ? table[0] : 1; }\n",
        "-fPIE");
    String[] options = {
      kind,
      more,
      "table.o",
      "-Wl,--defsym=other=table,--defsym=table=table+1,--defsym=table=table+1"
    };
    for (int value : new int[] {40, 41}) {
      String pad = value == 40 ? "" : "char pad[5000] = {1};\n";
      shop.compile(
          "table.c",
          pad + "char table[] = {1, 2, %d, 9};\n".formatted(value),
          "-fPIE",
          "-fdata-sections");
      link(options);
      assertThat(shop.run("program")).isEqualTo("exit " + value);
    }
    assertThat(shop.tool("readelf", "-Ws", "program")).containsPattern("OBJECT +GLOBAL .* table\n");
    shop.compile("table.c", "char none;\n");

    assertThat(shop.cc("gcc", "main.o", kind, "table.o", options[3], "-o", "p").status())
        .isEqualTo(1);

    assertThat(shop.heard.messages())
        .anyMatch(each -> each.contains("undefined symbol `table' referenced in expression"));
  }

  @Test
  void anAssignmentOfAScriptCanReferToTheDefinitionThatItReplaces() throws Exception {
    shop.compile("main.c", "extern char at[];\nint main(void) { return at[0]; }\n");
    shop.compile("at.c", "char at[] = {1, 2, 42};\n");
    shop.write("more.ld", "at += 2;\n");

    link("at.o", "more.ld");

    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void faultsAreNamed() throws Exception {
    shop.compile("main.c", "int main(void) { return 0; }\n");
    for (String text :
        List.of(
            "made",
            "=1",
            "made=",
            "made=1+",
            "made=(1",
            "made=1 2",
            "made=08",
            "made=MAX(1)",
            "made=ADDR(",
            "made=MAX(1,2);a=1")) {
      assertThat(shop.ld("main.o", "--defsym", text).status()).isEqualTo(1);
      assertThat(shop.heard.messages().getFirst()).as(text).contains("--defsym", "syntax error");
    }
    assertThat(shop.ld("main.o", "--defsym=made=0xz").status()).isEqualTo(1);
    assertThat(shop.heard.messages().getFirst()).endsWith("--defsym: not a number: 0xz");
    assertThat(shop.ld("main.o", "--defsym=a=b", "--defsym=b=a+1").status()).isEqualTo(1);
    assertThat(shop.heard.messages()).containsExactly("error: --defsym: a is defined by itself");
    assertThat(shop.cc("gcc", "main.o", "-Wl,--defsym=made=1/(main-main)", "-o", "p").status())
        .isEqualTo(1);
    assertThat(shop.heard.messages().getFirst()).contains("division by zero", "made");
  }

  @Test
  void anotherNameOfACommonSymbolMovesWithIt() throws Exception {
    String verbose = shop.tool("ld.bfd", "--verbose");
    shop.write("usual.ld", verbose.split("={20,}\n")[1]);
    shop.compile(
        "main.c",
        "int common[8]; extern int other[]; int main(void) { common[3] = 42; return other[3]; }",
        "-fno-pie",
        "-fcommon");
    String[] link = {
      "gcc", "-no-pie", "main.o", "more.o", "-o", "program", "-Wl,-T,usual.ld,--defsym,other=common"
    };
    long before = 0;
    for (int count : new int[] {1, 3000}) {
      shop.compile("more.c", "int more[%d] = {1};".formatted(count), "-fno-pie");
      shop.ccQuietly(link);
      assertThat(shop.run("program")).isEqualTo("exit 42");
      assertThat(address("other")).isGreaterThan(before);
      assertThat(address("other")).isEqualTo(address("common"));
      assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
      before = address("other");
    }
  }

  private long address(String symbol) throws Exception {
    return shop.tool("nm", "program")
        .lines()
        .filter(line -> line.endsWith(" " + symbol))
        .mapToLong(line -> Long.parseUnsignedLong(line.split(" ")[0], 16))
        .findFirst()
        .orElseThrow();
  }
}
