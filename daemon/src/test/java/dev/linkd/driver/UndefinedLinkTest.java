package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** References to what nothing defines. */
class UndefinedLinkTest {
  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile(
        "main.c",
        """
        int absent(void);
        int main(int count, char **words) { return count > 1 ? absent() : 42; }
        """,
        "-fPIE");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private int link(String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of("gcc", "main.o"));
    words.addAll(List.of(options));
    words.addAll(List.of("-o", "main"));
    return shop.cc(words.toArray(String[]::new)).status();
  }

  private void fails(String message, String... options) throws Exception {
    assertThat(link(options)).isEqualTo(1);
    assertThat(shop.heard.messages()).singleElement().asString().contains("error: ", message);
  }

  private void works(String... options) throws Exception {
    assertThat(link(options)).as("%s", shop.heard.messages()).isZero();
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(shop.run("main")).isEqualTo("exit 42");
    assertThat(shop.pool.output(shop.path("main")).verify()).isEmpty();
  }

  @Test
  void undefinedSymbolsAreReportedAsAskedFor() throws Exception {
    for (String kind : new String[] {"-pie", "-no-pie"}) {
      fails("undefined symbol: absent", kind);
      fails("undefined symbol: absent", kind, "-Wl,--unresolved-symbols=report-all");
      fails("undefined symbol: absent", kind, "-Wl,--unresolved-symbols=ignore-in-shared-libs");
      works(kind, "-Wl,--unresolved-symbols=ignore-all");
      works(kind, "-Wl,--unresolved-symbols=ignore-in-object-files");
    }
    works("-static", "-Wl,--unresolved-symbols=ignore-all");
    fails("bad --unresolved-symbols option: some", "-Wl,--unresolved-symbols=some");
  }

  @Test
  void undefinedSymbolsCanBeWarnings() throws Exception {
    for (int round = 0; round < 2; round++) {
      assertThat(link("-pie", "-Wl,--warn-unresolved-symbols")).isZero();
      assertThat(shop.heard.messages())
          .singleElement()
          .asString()
          .contains("warning: ", "undefined symbol: absent");
      assertThat(shop.run("main")).isEqualTo("exit 42");
    }
    assertThat(shop.pool.output(shop.path("main")).verify()).isEmpty();
    fails(
        "undefined symbol: absent",
        "-pie",
        "-Wl,--warn-unresolved-symbols,--error-unresolved-symbols");
    shop.compile("more.c", "int absent(void) { return 7; }", "-fPIE");
    works("-pie", "-Wl,--warn-unresolved-symbols", "more.o");
    assertThat(shop.run("main", "x")).isEqualTo("exit 7");
  }

  @Test
  void theOutputIsMadeDespiteFaultsOnRequest() throws Exception {
    fails(
        "undefined symbol: nowhere",
        "-static",
        "-Wl,--unresolved-symbols=ignore-all,--require-defined=nowhere");
    for (int round = 0; round < 2; round++) {
      assertThat(link("-pie", "-Wl,--require-defined=nowhere,--noinhibit-exec")).isZero();
      assertThat(shop.heard.messages())
          .hasSize(2)
          .allSatisfy(message -> assertThat(message).startsWith("warning: "))
          .anySatisfy(message -> assertThat(message).contains("undefined symbol: nowhere"))
          .anySatisfy(message -> assertThat(message).contains("undefined symbol: absent"));
      assertThat(shop.run("main")).isEqualTo("exit 42");
    }
  }

  @Test
  void oneSymbolCanStayUndefined() throws Exception {
    fails("undefined symbol: absent", "-pie", "-Wl,--ignore-unresolved-symbol=other");
    works("-pie", "-Wl,--ignore-unresolved-symbol=absent");
  }

  @Test
  void aHiddenSymbolHasToBeDefinedHere() throws Exception {
    shop.compile(
        "lib.c",
        """
        __attribute__((visibility("hidden"))) int absent(void);
        int present(void) { return absent(); }
        """,
        "-fPIC");

    assertThat(shop.cc("gcc", "-shared", "lib.o", "-o", "libx.so").status()).isEqualTo(1);

    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .contains("undefined symbol: absent", "the references are hidden");
  }

  @Test
  void whatLibrariesRequireHasToBeDefined() throws Exception {
    shop.compile("lib.c", "int wanted(void); int call(void) { return wanted(); }", "-fPIC");
    shop.tool("gcc", "-shared", "lib.o", "-Wl,-soname,libx.so", "-o", "libx.so");
    String main = "int call(void); int main(void) { return call(); }";
    shop.compile("main.c", main, "-fPIE");
    shop.compile("wanted.c", "int wanted(void) { return 42; }", "-fPIE");
    String path = "-Wl,-rpath,$ORIGIN";

    fails(
        "libx.so: --no-allow-shlib-undefined: undefined symbol: wanted\n>>> referenced by libx.so",
        "-pie",
        "libx.so",
        path);
    works("-pie", "libx.so", "wanted.o", path);
    fails("--no-allow-shlib-undefined: undefined symbol: wanted", "-pie", "libx.so", path);
    assertThat(link("-pie", "libx.so", "-Wl,--allow-shlib-undefined")).isZero();
    assertThat(link("-pie", "libx.so", "-Wl,--unresolved-symbols=ignore-in-shared-libs")).isZero();
    fails(
        "--no-allow-shlib-undefined: undefined symbol: wanted",
        "-pie",
        "libx.so",
        "-Wl,--allow-shlib-undefined,--no-allow-shlib-undefined");
    shop.tool("ar", "rcs", "libwanted.a", "wanted.o");
    works("-pie", "libx.so", "libwanted.a", path);
  }

  @Test
  void aLibraryIsNotBlamedForWhatItsOwnLibrariesMayDefine() throws Exception {
    shop.compile("wanted.c", "int wanted(void) { return 42; }", "-fPIC");
    shop.tool("gcc", "-shared", "wanted.o", "-Wl,-soname,libw.so", "-o", "libw.so");
    shop.compile("lib.c", "int wanted(void); int call(void) { return wanted(); }", "-fPIC");
    shop.tool(
        "gcc", "-shared", "lib.o", "libw.so", "-Wl,-soname,libx.so,-rpath,$ORIGIN", "-olibx.so");
    shop.compile("main.c", "int call(void); int main(void) { return call(); }", "-fPIE");

    works("-pie", "libx.so", "-Wl,-rpath,$ORIGIN");
  }

  @Test
  void aHiddenDefinitionIsNoHelpForALibrary() throws Exception {
    shop.compile("lib.c", "int wanted(void); int call(void) { return wanted(); }", "-fPIC");
    shop.tool("gcc", "-shared", "lib.o", "-Wl,-soname,libx.so", "-o", "libx.so");
    String main =
        """
        __attribute__((visibility("hidden"))) int wanted(void) { return 42; }
        int call(void);
        int main(void) { return call(); }
        """;
    shop.compile("main.c", main, "-fPIE");

    fails("hidden symbol 'wanted' in", "-pie", "libx.so", "-Wl,-rpath,$ORIGIN");
    assertThat(shop.heard.messages().getFirst())
        .contains("is referenced by DSO libx.so", "undefined symbol: wanted");
    shop.compile("main.c", main.replace("hidden", "protected"), "-fPIE");
    works("-pie", "libx.so", "-Wl,-rpath,$ORIGIN");
  }

  @Test
  void weakSymbolsAreLeftToTheDynamicLinker() throws Exception {
    shop.compile(
        "main.c",
        """
        __attribute__((weak)) extern int optional(void);
        int (*volatile pointer)(void) = optional;
        int main(void) { return pointer ? pointer() : 42; }
        """,
        "-fPIE");
    shop.compile("more.c", "int optional(void) { return 7; }", "-fPIC");
    shop.tool("gcc", "-shared", "more.o", "-o", "libmore.so");

    works("-pie", "-Wl,-z,nodynamic-undefined-weak");
    assertThat(shop.tool("nm", "-D", "main")).doesNotContain("optional");
    works("-pie", "-Wl,-z,dynamic-undefined-weak");
    assertThat(shop.tool("nm", "-D", "main")).contains("w optional");
    assertThat(shop.tool("sh", "-c", "LD_PRELOAD=./libmore.so ./main; echo $?")).contains("7");
    works("-no-pie");
    works("-static");
  }

  @Test
  void whatAnExecutableLeavesUndefinedIsDynamicWhenALibraryAsksForIt() throws Exception {
    String ignore = "-Wl,--unresolved-symbols=ignore-all";
    for (String use : new String[] {"absent()", "0", "absent()"}) {
      shop.compile("lib.c", "int absent(void); int call(void) { return " + use + "; }", "-fPIC");
      shop.tool("gcc", "-shared", "lib.o", "-Wl,-soname,libx.so", "-o", "libx.so");
      works("-pie", ignore, "libx.so", "-Wl,-rpath,$ORIGIN");
      String names = shop.tool("readelf", "-W", "--dyn-syms", "main");
      assertThat(names.contains(" UND absent\n")).isEqualTo(use.contains("absent"));
    }
    works("-pie", ignore);
    assertThat(shop.tool("readelf", "-W", "--dyn-syms", "main")).doesNotContain("absent");
  }
}
