package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shared libraries of the system and some that are built here, against readelf. */
class SharedLibraryTest {
  @TempDir Path directory;

  private static SharedLibrary parse(Path file) throws LinkException {
    return SharedLibrary.parse(file.toString(), Tools.read(file));
  }

  /** The same file as {@code strip --strip-section-headers} leaves it. */
  private static MemorySegment withoutSectionHeaders(MemorySegment bytes) {
    byte[] copy = bytes.toArray(ValueLayout.JAVA_BYTE);
    Arrays.fill(copy, 40, 48, (byte) 0);
    Arrays.fill(copy, 60, 64, (byte) 0);
    return MemorySegment.ofArray(copy);
  }

  private static final Pattern SYMBOL =
      Pattern.compile(
          "\\s*(\\d+): (\\p{XDigit}+) +(\\w+) (\\w+) +(\\w+) +(\\w+) +(\\w+)(?: (\\S*).*)?");

  private static String describe(SharedLibrary library, int y) {
    int info = library.symbolInfo(y);
    String version = library.versionName(library.symbolVersion(y));
    // readelf prints the symbol that stands for a version itself without its version.
    if (library.symbolAbsolute(y) && library.symbolName(y).equals(version)) {
      version = "";
    }
    String mark = version.isEmpty() ? "" : defaultVersion(library, y) ? "@@" : "@";
    return String.format(
        "%d %x %d %d %d %s",
        y,
        library.symbolValue(y),
        library.symbolSize(y),
        ElfConstants.type(info),
        ElfConstants.binding(info),
        library.symbolName(y) + mark + version);
  }

  private static boolean defaultVersion(SharedLibrary library, int y) {
    return !library.undefined(y) && !library.symbolHiddenVersion(y);
  }

  private static List<String> readelfSymbols(Path file) {
    List<String> types =
        List.of(
            "NOTYPE", "OBJECT", "FUNC", "SECTION", "FILE", "COMMON", "TLS", "", "", "", "IFUNC");
    List<String> bindings =
        List.of("LOCAL", "GLOBAL", "WEAK", "", "", "", "", "", "", "", "UNIQUE");
    List<String> lines = new ArrayList<>();
    String text = Tools.run(Path.of("/"), "readelf", "--dyn-syms", "-W", file.toString());
    for (String line : text.split("\n")) {
      Matcher m = SYMBOL.matcher(line);
      if (m.matches()) {
        lines.add(
            String.format(
                "%s %x %d %d %d %s",
                m.group(1),
                Long.parseUnsignedLong(m.group(2), 16),
                Long.decode(m.group(3)),
                types.indexOf(m.group(4)),
                bindings.indexOf(m.group(5)),
                m.group(8) == null ? "" : m.group(8)));
      }
    }
    return lines;
  }

  @ParameterizedTest
  @ValueSource(strings = {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1"})
  void symbolsAndVersionsAreThoseOfReadelf(String name) throws LinkException {
    Path file = Tools.library(name);
    SharedLibrary library = parse(file);
    assertThat(library.soname()).isEqualTo(name);
    List<String> actual = new ArrayList<>();
    for (int y = 0; y < library.symbols(); y++) {
      actual.add(describe(library, y));
    }
    assertThat(actual).isEqualTo(readelfSymbols(file)).hasSizeGreaterThan(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"libc.so.6", "libstdc++.so.6"})
  void sectionHeadersAreNotNeeded(String name) throws LinkException {
    Path file = Tools.library(name);
    SharedLibrary library = parse(file);
    SharedLibrary stripped =
        SharedLibrary.parse(file.toString(), withoutSectionHeaders(Tools.read(file)));
    assertThat(stripped.symbols()).isEqualTo(library.symbols());
    for (int y = 0; y < library.symbols(); y++) {
      assertThat(describe(stripped, y)).isEqualTo(describe(library, y));
      assertThat(stripped.exported(y)).isEqualTo(library.exported(y));
    }
    assertThat(stripped.soname()).isEqualTo(name);
    assertThat(stripped.definedVersions()).isEqualTo(library.definedVersions());
  }

  @Test
  void neededAndDefinedVersionsAreThoseOfReadelf() throws LinkException {
    Path file = Tools.library("libstdc++.so.6");
    SharedLibrary library = parse(file);
    String dynamic = Tools.run(directory, "readelf", "-dW", file.toString());
    List<String> needed = new ArrayList<>();
    Matcher m = Pattern.compile("\\(NEEDED\\).*\\[(.*)]").matcher(dynamic);
    while (m.find()) {
      needed.add(m.group(1));
    }
    List<String> actual = new ArrayList<>();
    for (int i = 0; i < library.needed(); i++) {
      actual.add(library.needed(i));
    }
    assertThat(actual).isEqualTo(needed).isNotEmpty();

    String versions = Tools.run(directory, "readelf", "-VW", file.toString());
    String definitions = versions.substring(versions.indexOf("Version definition section"));
    List<String> defined = new ArrayList<>();
    m = Pattern.compile("Flags: (\\S+) +Index: \\d+ +Cnt: \\d+ +Name: (\\S+)").matcher(definitions);
    while (m.find()) {
      if (!m.group(1).equals("BASE")) {
        defined.add(m.group(2));
      }
    }
    assertThat(library.definedVersions()).isEqualTo(defined).contains("GLIBCXX_3.4", "CXXABI_1.3");
  }

  @Test
  void everyDefaultSymbolIsFoundByName() throws LinkException {
    for (String name : List.of("libc.so.6", "libstdc++.so.6")) {
      SharedLibrary library = parse(Tools.library(name));
      int found = 0;
      for (int y = 1; y < library.symbols(); y++) {
        if (library.exported(y) && !library.symbolHiddenVersion(y)) {
          int hit =
              library.find(
                  library.bytes(), library.symbolNameOffset(y), library.symbolNameLength(y));
          assertThat(library.symbolName(hit)).isEqualTo(library.symbolName(y));
          assertThat(library.symbolHiddenVersion(hit)).isFalse();
          found++;
        }
      }
      assertThat(found).isGreaterThan(1000);
      assertThat(find(library, "no_such_function")).isEqualTo(SharedLibrary.NONE);
      assertThat(find(library, "")).isEqualTo(SharedLibrary.NONE);
    }
  }

  private static int find(SharedLibrary library, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return library.find(MemorySegment.ofArray(bytes), 0, bytes.length);
  }

  private Path build(String output, String source, String... options) throws Exception {
    Files.writeString(directory.resolve("source.c"), source);
    List<String> command =
        new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-nostdlib", "-o", output, "source.c"));
    command.addAll(List.of(options));
    Tools.run(directory, command);
    return directory.resolve(output);
  }

  @Test
  void oldVersionsAreHiddenAndTheDefaultIsFound() throws Exception {
    Files.writeString(directory.resolve("map"), "V1 { global: f; local: *; }; V2 { } V1;\n");
    Path file =
        build(
            "libv.so",
            """
            __asm__(".symver f_old, f@V1");
            __asm__(".symver f_new, f@@V2");
            int f_old(void) { return 1; }
            int f_new(void) { return 2; }
            int concealed(void) { return 3; }
            """,
            "-Wl,--version-script=map");
    SharedLibrary library = parse(file);
    int found = find(library, "f");
    assertThat(library.versionName(library.symbolVersion(found))).isEqualTo("V2");
    assertThat(find(library, "concealed")).isEqualTo(SharedLibrary.NONE);
    assertThat(library.soname()).isEqualTo("libv.so");
    assertThat(library.definedVersions()).containsExactly("V1", "V2");
    List<String> hidden = new ArrayList<>();
    for (int y = 1; y < library.symbols(); y++) {
      if (library.exported(y) && library.symbolHiddenVersion(y)) {
        hidden.add(library.symbolName(y) + "@" + library.versionName(library.symbolVersion(y)));
      }
    }
    assertThat(hidden).containsExactly("f@V1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "sysv", "both"})
  void eachHashStyleTellsTheSymbols(String style) throws Exception {
    Path file = build("libh.so", "int x; int y(void){return x;}", "-Wl,--hash-style=" + style);
    SharedLibrary library =
        SharedLibrary.parse("dir/libh.so", withoutSectionHeaders(Tools.read(file)));
    assertThat(find(library, "x")).isPositive();
    assertThat(find(library, "y")).isPositive();
    assertThat(library.symbols()).isEqualTo(parse(file).symbols());
  }

  @Test
  void undefinedSymbolsOfALibraryWithoutExports() throws Exception {
    Path file =
        build(
            "libu.so",
            "extern int out(void); static int f(void){return out();}"
                + "int (*volatile keep)(void) __attribute__((visibility(\"hidden\"))) = f;");
    SharedLibrary library = parse(file);
    List<String> undefined = new ArrayList<>();
    for (int y = 0; y < library.symbols(); y++) {
      if (library.undefined(y)) {
        undefined.add(library.symbolName(y));
      }
    }
    assertThat(undefined).containsExactly("out");
  }

  @Test
  void copiesKnowAliasesAlignmentAndProtection() throws Exception {
    Path file =
        build(
            "libd.so",
            """
            int wide[64] __attribute__((aligned(64))) = {1};
            extern int alias[64] __attribute__((alias("wide")));
            const int fixed = 5;
            void *const relocated = &wide;
            __thread int per_thread = 3;
            """,
            "-Wl,-z,relro");
    for (SharedLibrary library :
        List.of(
            parse(file), SharedLibrary.parse("libd.so", withoutSectionHeaders(Tools.read(file))))) {
      int wide = find(library, "wide");
      assertThat(library.symbolAlignment(wide)).isGreaterThanOrEqualTo(64);
      assertThat(library.symbolReadOnly(wide)).isFalse();
      assertThat(library.symbolReadOnly(find(library, "fixed"))).isTrue();
      assertThat(library.symbolReadOnly(find(library, "relocated"))).isTrue();
      assertThat(Arrays.stream(library.aliases(wide)).mapToObj(library::symbolName))
          .containsExactlyInAnyOrder("wide", "alias");
      assertThat(ElfConstants.type(library.symbolInfo(find(library, "per_thread"))))
          .isEqualTo(ElfConstants.STT_TLS);
      assertThat(library.symbolAlignment(find(library, "fixed"))).isGreaterThanOrEqualTo(4);
    }
  }

  @Test
  void otherFilesAreRefusedWithAReason() throws Exception {
    Files.writeString(directory.resolve("main.c"), "int main(void){return 0;}");
    Tools.run(directory, "gcc", "-pie", "-fPIE", "-o", "program", "main.c");
    assertThatThrownBy(() -> parse(directory.resolve("program")))
        .hasMessageContaining("position-independent executable")
        .satisfies(
            e ->
                assertThat(((LinkException) e).diagnostic().code())
                    .isEqualTo(Code.INCOMPATIBLE_INPUT));
    Path object = Samples.c(directory);
    assertThatThrownBy(() -> parse(object)).hasMessageContaining("not a shared library");
  }
}
