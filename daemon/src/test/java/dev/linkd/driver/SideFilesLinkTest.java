package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports that are written beside the output. */
class SideFilesLinkTest {
  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile(
        "main.c",
        "#include <stdio.h>\nint value(void);\nint main(void) { puts(\"x\"); return value(); }\n");
    value("return 42;");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void value(String body) throws Exception {
    shop.compile("value.c", "int data[4];\nint value(void) { " + body + " }\n");
  }

  private void link(String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("gcc", "main.o", "value.o", "-o", "program"));
    command.addAll(List.of(more));
    shop.ccQuietly(command.toArray(String[]::new));
  }

  private String read(String name) throws Exception {
    return Files.readString(shop.path(name));
  }

  @Test
  void theMapSaysWhereEverythingIs() throws Exception {
    link("-Wl,-Map=program.map");
    String map = read("program.map");
    assertThat(map)
        .startsWith("             VMA              LMA     Size Align Out     In      Symbol");
    assertThat(map).containsPattern("(?m)^ +[0-9a-f]+ +[0-9a-f]+ +[0-9a-f]+ +[0-9]+ \\.text$");
    assertThat(map).containsPattern("(?m)^.{49} {8}value\\.o:\\(\\.text\\.value\\)$");
    assertThat(map).containsPattern("(?m)^ +0x[0-9a-f]+ +[0-9]+ +[0-9]+ \\.text$");
    assertThat(map).contains(".symtab", ".comment");
    assertThat(address(map, "value")).isEqualTo(addressOf("value"));
    assertThat(address(map, "data")).isEqualTo(addressOf("data"));

    value("data[1] = 2; return data[0] + data[1] + 5;");
    link("-Wl,-Map,program.map", "-Wl,-M");
    assertThat(shop.run("program")).isEqualTo("x\nexit 7");
    assertThat(address(read("program.map"), "value")).isEqualTo(addressOf("value"));
    assertThat(shop.heard.output.toString()).isEqualTo(read("program.map"));

    Files.delete(shop.path("program.map"));
    link("-Wl,-Map=program.map");
    assertThat(read("program.map")).contains("value.o:(.text.value)");
  }

  private static long address(String map, String symbol) {
    Matcher line = Pattern.compile("(?m)^ *([0-9a-f]+) .{32} {16}" + symbol + "$").matcher(map);
    assertThat(line.find()).as(map).isTrue();
    return Long.parseLong(line.group(1), 16);
  }

  private long addressOf(String symbol) throws Exception {
    return shop.tool("nm", "program")
        .lines()
        .filter(line -> line.endsWith(" " + symbol))
        .mapToLong(line -> Long.parseLong(line.substring(0, 16), 16))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void crossReferencesNameTheDefinitionFirst() throws Exception {
    link("-Wl,--cref");
    String printed = shop.heard.output.toString();
    assertThat(printed).contains("Cross Reference Table\n");
    assertThat(printed).containsPattern("(?m)^value {45}value\\.o\n {50}main\\.o$");
    assertThat(printed).containsPattern("(?m)^puts {46}libc\\.so\\.6\n {50}main\\.o$");
    assertThat(printed).doesNotContain("VMA");

    link("-Wl,--cref,-Map=m");
    assertThat(read("m")).contains("VMA", "Cross Reference Table");
    link("-Wl,--cref,--no-cref");
    assertThat(shop.heard.output.toString()).isEmpty();
  }

  @Test
  void aTracedSymbolIsFollowed() throws Exception {
    link("-Wl,-y,value", "-Wl,--trace-symbol=puts,-ynowhere");

    assertThat(shop.heard.output.toString().lines())
        .satisfiesExactly(
            line -> assertThat(line).matches("trace-symbol: .*main\\.o: reference to value"),
            line -> assertThat(line).matches("trace-symbol: .*value\\.o: definition of value"),
            line -> assertThat(line).matches("trace-symbol: .*main\\.o: reference to puts"),
            line -> assertThat(line).isEqualTo("trace-symbol: libc.so.6: definition of puts"));
  }

  @Test
  void makeLearnsWhatWasRead() throws Exception {
    shop.compile("odd name.c", "int odd;\n");
    shop.tool("ar", "rcs", "libodd.a", "odd name.o");
    shop.compile("extra.c", "int extra;\n");
    shop.write("script", "INPUT(extra.o)\n");
    shop.write("map", "{ global: main; };\n");
    String options = "-Wl,--dependency-file=program.d,--version-script=map";
    link("odd name.o", "script", "-L.", "-lodd", options);

    String rule = read("program.d");
    assertThat(rule).contains(" script ", " map ", "\nscript:\n", "\nmap:\n");
    assertThat(rule).startsWith("program: ");
    assertThat(rule).contains(" main.o value.o odd\\ name.o ");
    assertThat(rule).contains(" ./libodd.a ", " extra.o ", "\n./libodd.a:\n", "\nextra.o:\n");
    assertThat(rule).contains("/libc.so", "\nmain.o:\n", "\nodd\\ name.o:\n");
    shop.write("Makefile", "include program.d\nprogram:\n\t@echo made again\n");
    assertThat(shop.tool("make")).contains("up to date");
    Files.delete(shop.path("value.o"));
    assertThat(shop.tool("make", "program")).contains("made again");
  }

  /** Also when the members change that are taken. */
  @Test
  void makeLearnsOfMembersOfThinArchives() throws Exception {
    Files.createDirectory(shop.path("lib"));
    shop.compile("used.c", "int used(void) { return 42; }\n");
    shop.compile("more.c", "int more(void) { return 7; }\n");
    shop.tool("sh", "-c", "mv used.o more.o lib; cd lib; ar rcsT libthin.a used.o more.o");
    for (String function : List.of("used", "more", "used")) {
      String text = "int FUNCTION(void);\nint value(void) { return FUNCTION(); }\n";
      shop.compile("value.c", text.replace("FUNCTION", function));
      link("-Llib", "-lthin", "-Wl,--dependency-file=program.d");

      String other = function.equals("used") ? "more" : "used";
      assertThat(read("program.d"))
          .contains(" lib/libthin.a ", " lib/" + function + ".o", "\nlib/" + function + ".o:\n")
          .doesNotContain("lib/" + other + ".o");
    }
  }

  @Test
  void everyMemberHasAReason() throws Exception {
    shop.compile("outer.c", "int inner(void);\nint outer(void) { return inner(); }\n");
    shop.compile("inner.c", "int inner(void) { return 42; }\n");
    shop.compile("wanted.c", "int wanted;\n");
    shop.compile("unused.c", "int unused;\n");
    shop.tool("ar", "rcs", "libparts.a", "outer.o", "inner.o", "wanted.o", "unused.o");
    shop.compile("value.c", "int outer(void);\nint value(void) { return outer(); }\n");

    link("libparts.a", "-Wl,--why-extract=why.txt", "-Wl,-u,wanted", "-nostartfiles", "-Wl,-emain");

    assertThat(read("why.txt"))
        .isEqualTo(
            "reference\textracted\tsymbol\n"
                + "value.o\tlibparts.a(outer.o)\touter\n"
                + "libparts.a(outer.o)\tlibparts.a(inner.o)\tinner\n"
                + "<internal>\tlibparts.a(wanted.o)\twanted\n");
  }

  @Test
  void aReportThatCannotBeWrittenIsAFault() throws Exception {
    assertThat(shop.cc("gcc", "main.o", "value.o", "-oprogram", "-Wl,-Map=no/where").status())
        .isEqualTo(1);

    assertThat(shop.heard.messages())
        .containsExactly("error: cannot open map file no/where: No such file or directory");
  }

  @Test
  void theOutputCanBePassedOn() throws Exception {
    Path here = directory.resolve("-");
    for (String status : List.of("42", "43")) {
      value("return " + status + ";");
      link("-o", "-");
      Files.write(shop.path("copy"), shop.heard.passed.toByteArray());
      assertThat(shop.path("copy").toFile().setExecutable(true)).isTrue();
      assertThat(shop.run("copy")).isEqualTo("x\nexit " + status);
      assertThat(here).doesNotExist();
    }
    assertThat(shop.pool.find(here)).isEmpty();
  }
}
