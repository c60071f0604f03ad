package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the dynamic linker reads beside symbols and relocations. */
class DynamicTagsLinkTest {
  private static final String MAIN =
      """
      #include <dlfcn.h>
      #include <stdio.h>
      int answer(void);
      int own(void) { return 1; }
      int main(void) {
        int (*found)(void) = (int (*)(void))dlsym(RTLD_DEFAULT, "own");
        printf("%d\\n", answer());
        return found ? found() : 0;
      }
      """;

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("lib.c", "int answer(void) { return 42; }", "-fPIC");
    shop.compile("main.c", MAIN, "-fPIE");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private String link(String output, String object, String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of("gcc", object));
    words.addAll(List.of(options));
    words.addAll(List.of("-o", output));
    shop.ccQuietly(words.toArray(String[]::new));
    assertThat(shop.pool.output(shop.path(output)).verify()).isEmpty();
    return shop.tool("readelf", "-Wd", output);
  }

  private String library(String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("-shared", "-Wl,-soname,libx.so"));
    all.addAll(List.of(options));
    return link("libx.so", "lib.o", all.toArray(String[]::new));
  }

  private String program(String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("-pie", "-rdynamic", "libx.so"));
    all.add("-Wl,-rpath,$ORIGIN");
    all.addAll(List.of(options));
    return link("main", "main.o", all.toArray(String[]::new));
  }

  @Test
  void everyKindOfHashTableFindsSymbols() throws Exception {
    for (String style : new String[] {"gnu", "sysv", "both"}) {
      String option = "-Wl,--hash-style=" + style;
      String[] tags = {library(option), program(option)};

      for (String dynamic : tags) {
        assertThat(dynamic.contains("(GNU_HASH)")).isEqualTo(!style.equals("sysv"));
        assertThat(dynamic.contains("(HASH)")).isEqualTo(!style.equals("gnu"));
      }
      assertThat(shop.run("main")).isEqualTo("42\nexit 1");
      assertThat(shop.tool("env", "LD_BIND_NOW=1", "sh", "-c", "./main || true")).isEqualTo("42\n");
      shop.tool("gcc", "main.o", "libx.so", "-Wl,-rpath,$ORIGIN", "-o", "theirs");
      assertThat(shop.run("theirs")).isEqualTo("42\nexit 0");
    }
  }

  @Test
  void theTableOfTheGabiFollowsEdits() throws Exception {
    library("-Wl,--hash-style=sysv");
    program();
    StringBuilder text = new StringBuilder("int answer(void) { return 43; }\n");
    for (int i = 0; i < 40; i++) {
      text.append("int extra").append(i).append(";\n");
    }
    shop.compile("lib.c", text.toString(), "-fPIC");
    library("-Wl,--hash-style=sysv");
    assertThat(shop.run("main")).isEqualTo("43\nexit 1");
    assertThat(shop.tool("readelf", "-I", "libx.so")).contains("Histogram for bucket list length");

    shop.compile("lib.c", "int answer(void) { return 44; }", "-fPIC");
    library("-Wl,--hash-style=sysv");
    assertThat(shop.run("main")).isEqualTo("44\nexit 1");
    assertThat(shop.tool("nm", "-D", "libx.so")).doesNotContain("extra");
  }

  @Test
  void anUnknownKindOfHashTableIsRefused() throws Exception {
    assertThat(shop.ld("--hash-style=best", "lib.o").status()).isEqualTo(1);
    assertThat(shop.heard.messages()).containsExactly("error: invalid hash style 'best'");
  }

  @Test
  void thereAreBothKindsUnlessAskedForOthers() throws Exception {
    assertThat(shop.ld("-shared", "lib.o", "-o", "both.so").status()).isZero();
    assertThat(shop.tool("readelf", "-d", "both.so")).contains("(HASH)", "(GNU_HASH)");
    assertThat(library("-Wl,--hash-style=none")).doesNotContain("(HASH)", "(GNU_HASH)");
  }

  @Test
  void theSearchPathCanBeTheOldOne() throws Exception {
    library();
    assertThat(program("-Wl,--disable-new-dtags"))
        .contains("(RPATH)              Library rpath: [$ORIGIN]")
        .doesNotContain("RUNPATH");
    assertThat(shop.run("main")).isEqualTo("42\nexit 1");
    assertThat(program("-Wl,--disable-new-dtags,--enable-new-dtags"))
        .contains("(RUNPATH)")
        .doesNotContain("(RPATH)");
  }

  /** Editors such as chrpath look for the path in the first string table. */
  @Test
  void theirNamesAreInTheFirstStringTable() throws Exception {
    library();
    program();
    assertThat(shop.tool("readelf", "-SW", "main").lines().filter(l -> l.contains(" STRTAB ")))
        .first()
        .asString()
        .contains(" .dynstr ");
  }

  @Test
  void aFilterStandsForAnotherLibrary() throws Exception {
    library();
    shop.compile("filter.c", "int answer(void) { return 7; }", "-fPIC");
    String path = "-Wl,-rpath,$ORIGIN";

    assertThat(link("libf.so", "filter.o", "-shared", "-Wl,-f,libx.so,-soname,libf.so", path))
        .contains("Auxiliary library: [libx.so]");
    link("main", "main.o", "-pie", "-rdynamic", "libf.so", path);
    assertThat(shop.run("main")).isEqualTo("42\nexit 1");
    assertThat(link("libf.so", "filter.o", "-shared", "-Wl,-F,libx.so,-soname,libf.so", path))
        .contains("Filter library: [libx.so]");
    assertThat(shop.run("main")).isEqualTo("42\nexit 1");
    assertThat(shop.ld("--auxiliary=libx.so", "lib.o").status()).isEqualTo(1);
    assertThat(shop.heard.messages())
        .containsExactly("error: -f, --auxiliary may not be used without -shared");
    assertThat(shop.ld("-F", "libx.so", "lib.o").status()).isEqualTo(1);
    assertThat(shop.heard.messages())
        .containsExactly("error: -F, --filter may not be used without -shared");
  }

  @Test
  void auditorsAreRecorded() throws Exception {
    assertThat(library("-Wl,--audit=a.so,--audit=b.so,--depaudit=c.so"))
        .contains("Audit library: [a.so:b.so]", "Dependency audit library: [c.so]");
    library("-Wl,--audit=a.so,--audit=b.so");
    assertThat(program("-Wl,--depaudit=c.so:b.so"))
        .contains("Dependency audit library: [c.so:b.so:a.so]");
    assertThat(library()).doesNotContain("udit library");
    assertThat(program()).doesNotContain("udit library");
  }

  @Test
  void functionsRunAtTheStartAndAtTheEnd() throws Exception {
    shop.compile(
        "lib.c",
        """
        #include <stdio.h>
        void begin(void) { printf("begin "); fflush(stdout); }
        void finish(void) { printf("finish\\n"); fflush(stdout); }
        int answer(void) { return 42; }
        """,
        "-fPIC");
    library("-Wl,-init,begin,-fini=finish");
    program();
    assertThat(shop.run("main")).isEqualTo("begin 42\nfinish\nexit 1");

    shop.compile(
        "lib.c",
        """
        #include <stdio.h>
        static int calls;
        int answer(void) { return calls; }
        void begin(void) { for (int i = 0; i < 9; i++) { calls += i; } printf("again "); }
        """,
        "-fPIC");
    library("-Wl,-init,begin,-fini=finish");
    assertThat(shop.run("main")).isEqualTo("again 36\nexit 1");
    assertThat(shop.tool("readelf", "-Wd", "libx.so")).doesNotContain("(FINI) ");
  }

  @Test
  void functionsThatNothingElseWantsAreKeptForTheLoader() throws Exception {
    shop.compile(
        "lib.c",
        """
        #include <stdio.h>
        #define OWN __attribute__((visibility("hidden")))
        OWN void begin(void) { printf("begin "); fflush(stdout); }
        OWN void finish(void) { printf("finish\\n"); fflush(stdout); }
        OWN void left(void) { printf("left "); }
        int answer(void) { return 42; }
        """,
        "-fPIC",
        "-ffunction-sections");
    library("-Wl,--gc-sections,-init,begin,-fini=finish");
    program();
    assertThat(shop.run("main")).isEqualTo("begin 42\nfinish\nexit 1");
    assertThat(shop.tool("nm", "libx.so")).contains(" begin\n").doesNotContain(" left\n");

    shop.compile(
        "lib.c",
        """
        #include <stdio.h>
        #define OWN __attribute__((visibility("hidden")))
        OWN void left(void) { printf("left "); }
        OWN void begin(void) { left(); printf("again "); fflush(stdout); }
        int answer(void) { return 43; }
        """,
        "-fPIC",
        "-ffunction-sections");
    library("-Wl,--gc-sections,-init,begin,-fini=finish");
    assertThat(shop.run("main")).isEqualTo("left again 43\nexit 1");
  }

  @Test
  void thereCanBeRoomForMoreEntries() throws Exception {
    assertThat(library("-Wl,--spare-dynamic-tags=7").split("\\(NULL\\)", -1)).hasSize(2);
    assertThat(shop.tool("readelf", "-WS", "libx.so")).containsPattern("\\.dynamic +DYNAMIC");
    long with = size();
    library();
    assertThat(with - size()).isEqualTo(7 * 16);
    assertThat(shop.ld("-shared", "--spare-dynamic-tags=-1", "lib.o").status()).isEqualTo(1);
    assertThat(shop.ld("-shared", "--spare-dynamic-tags=9999", "lib.o").status()).isEqualTo(1);
  }

  /** Of the dynamic section. */
  private long size() throws Exception {
    String line =
        shop.tool("readelf", "-WS", "libx.so")
            .lines()
            .filter(text -> text.contains(" DYNAMIC "))
            .findFirst()
            .orElseThrow();
    String[] columns = line.substring(line.indexOf("DYNAMIC")).split(" +", -1);
    return Long.parseLong(columns[3], 16);
  }

  @Test
  void theDynamicSectionCanBeReadOnly() throws Exception {
    library("-Wl,-z,rodynamic");
    program("-Wl,-z,rodynamic");

    assertThat(shop.tool("readelf", "-WS", "main")).containsPattern("\\.dynamic .* A +\\d");
    assertThat(shop.tool("readelf", "-Wd", "main")).doesNotContain("(DEBUG)");
    assertThat(shop.run("main")).isEqualTo("42\nexit 1");
  }

  @Test
  void codeCanBeRelocatedOnRequest() throws Exception {
    shop.write(
        "lib.s",
        """
        .globl answer
        .type answer, @function
        .text
        answer:
          movabs $inside, %rax
          mov (%rax), %eax
          movabs $outside, %rcx
          add (%rcx), %eax
          ret
        .size answer, .-answer
        .data
        inside: .long 40
        .globl outside
        .type outside, @object
        .size outside, 4
        outside: .long 2
        .section .note.GNU-stack,"",@progbits
        """);
    shop.tool("gcc", "-c", "lib.s", "-o", "lib.o");

    assertThat(shop.cc("gcc", "-shared", "lib.o", "-Wl,-z,text", "-o", "libx.so").status())
        .isEqualTo(1);
    assertThat(shop.heard.messages().toString())
        .contains("R_X86_64_64", "can not be used when making a shared object");
    assertThat(library("-Wl,-z,notext"))
        .contains("(TEXTREL)")
        .containsPattern("FLAGS\\) .*TEXTREL");
    program();
    assertThat(shop.run("main")).isEqualTo("42\nexit 1");
    String quiet = "-Wl,-z,notext,--warn-shared-textrel,--no-warn-shared-textrel";
    shop.ccQuietly("gcc", "-shared", "lib.o", quiet, "-o", "libx.so");
    for (int round = 0; round < 2; round++) {
      shop.cc("gcc", "-shared", "lib.o", "-Wl,-z,notext,--warn-textrel", "-o", "libx.so");
      textRelocationsAreReported();
      assertThat(shop.cc("gcc", "-shared", "lib.o", "-o", "libx.so").status()).isZero();
      textRelocationsAreReported();
    }

    shop.compile("lib.c", "int answer(void) { return 43; }", "-fPIC");
    assertThat(library("-Wl,-z,notext")).doesNotContain("TEXTREL");
    assertThat(shop.run("main")).isEqualTo("43\nexit 1");
  }

  private void textRelocationsAreReported() {
    assertThat(shop.heard.messages())
        .hasSize(3)
        .anySatisfy(
            text ->
                assertThat(text)
                    .contains("lib.o:(.text+0x")
                    .contains("relocation against symbol `outside' in read-only section"))
        .last()
        .isEqualTo("warning: creating a DT_TEXTREL in an output file, a shared object");
  }

  @Test
  void aWeakReferenceDoesNotMakeALibraryNeeded() throws Exception {
    shop.compile("lib.c", "int answer(void) { return 42; }", "-fPIC");
    shop.write("map", "V1 { answer; };\n");
    library("-Wl,--version-script=map");
    String weak =
        """
        __attribute__((weak)) int answer(void);
        int main(void) { return answer ? answer() : 7; }
        """;
    shop.compile("main.c", weak, "-fPIE");
    String[] options = {"-pie", "-Wl,--as-needed", "libx.so", "-Wl,-rpath,$ORIGIN"};

    assertThat(link("main", "main.o", options)).doesNotContain("libx.so");
    assertThat(shop.run("main")).isEqualTo("exit 7");
    assertThat(shop.tool("env", "LD_PRELOAD=./libx.so", "sh", "-c", "./main; echo $?"))
        .isEqualTo("42\n");
    shop.compile("main.c", weak.replace("__attribute__((weak)) ", ""), "-fPIE");
    assertThat(link("main", "main.o", options)).contains("libx.so");
    assertThat(shop.run("main")).isEqualTo("exit 42");
    shop.compile("main.c", weak, "-fPIE");
    assertThat(link("main", "main.o", options)).doesNotContain("libx.so");
    assertThat(shop.run("main")).isEqualTo("exit 7");
  }

  @Test
  void thePackageIsNoted() throws Exception {
    String json = "{\"type\":\"deb\",\"name\":\"fred\"}";
    library("-Wl,--package-metadata=" + json.replace(",", "\\u002c"));

    assertThat(shop.tool("readelf", "-Wn", "libx.so")).contains("FDO", "FDO_PACKAGING_METADATA");
    assertThat(shop.tool("readelf", "-p", ".note.package", "libx.so"))
        .contains("{\"type\":\"deb\"\\u002c\"name\":\"fred\"}");
    program();
    assertThat(shop.run("main")).isEqualTo("42\nexit 1");
    library("-Wl,--package-metadata=" + json.replace(",", ""), "-Wl,--package-metadata");
    assertThat(shop.tool("readelf", "-WS", "libx.so")).doesNotContain(".note.package");
  }
}
