package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the user is told about names: who wants them, who defines them, what may be meant. */
class SymbolMessagesTest {
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

  /** The only message of a link that fails. */
  private String message(String... command) throws Exception {
    assertThat(shop.cc(command).status()).isEqualTo(1);
    assertThat(shop.path("program")).doesNotExist();
    assertThat(shop.heard.messages()).hasSize(1);
    return shop.heard.messages().getFirst();
  }

  private String dir(String name) {
    return shop.path(name).toString();
  }

  @Test
  void anUndefinedSymbolIsNamedWithItsSourceLines() throws Exception {
    for (String dwarf : new String[] {"-gdwarf-5", "-gdwarf-4", "-gdwarf-5 -gz=zlib"}) {
      shop.compile(
          "main.c",
          "int gone(int);\nint first(void) {\n  return gone(1);\n}\n"
              + "int main(void) {\n  first();\n  return gone(2) + gone(3);\n}\n",
          ("-fPIE -O0 " + dwarf).split(" "));

      String source = dwarf.contains("4") ? "main.c:%d" : "main.c:%d (" + dir("main.c") + ":%<d)";
      assertThat(message("gcc", "main.o", "-o", "program"))
          .as(dwarf)
          .isEqualTo(
              "error: undefined symbol: gone\n>>> referenced by "
                  + source.formatted(3)
                  + "\n>>>               main.o:(first)\n>>> referenced by "
                  + source.formatted(7)
                  + "\n>>>               main.o:(main)\n>>> referenced by "
                  + source.formatted(7)
                  + "\n>>>               main.o:(main)");
    }
  }

  /** Variables that hold the address of something that is missing, or that are defined twice. */
  @Test
  void dataIsNamedWithItsSourceLine() throws Exception {
    String text =
        "extern int gone;\n\n"
            + "int *first = &gone;\n"
            + "static struct { int a; int *b; }\n"
            + "  second[2] = {{1, 0}, {2, &gone}};\n"
            + "int main(void) {\n"
            + "  static int *third = &gone;\n"
            + "  return *third + second[1].a;\n"
            + "}\n";
    shop.write("main.c", text);
    for (String compiler : new String[] {"gcc", "clang"}) {
      for (String dwarf : new String[] {"-gdwarf-5", "-gdwarf-4", "-gdwarf-2"}) {
        shop.tool(compiler, "-c", "-fPIE", "-O0", dwarf, "main.c", "-o", "main.o");
        assertThat(message("gcc", "main.o", "-o", "program"))
            .as("%s %s", compiler, dwarf)
            .containsPattern("referenced by main.c:3( .*)?\n>>> +main.o:\\(first\\)")
            .containsPattern("referenced by main.c:5( .*)?\n>>> +main.o:\\(second\\)")
            .containsPattern("referenced by main.c:7( .*)?\n>>> +main.o:\\((main.)?third.*\\)");
      }
    }
  }

  @Test
  void dataOfClassesAndThreadsIsNamedWithItsSourceLine() throws Exception {
    shop.compile(
        "main.cc",
        "extern int gone;\nnamespace n { struct S { static int *member; }; }\n"
            + "int *n::S::member = &gone;\nthread_local int *local = &gone;\n"
            + "int main() { return *n::S::member + *local; }\n",
        "-g",
        "-O0",
        "-fPIE");

    assertThat(message("gcc", "main.o", "-o", "program"))
        .containsPattern("referenced by main.cc:3 .*\n>>> +main.o:\\(n::S::member\\)")
        .containsPattern("referenced by main.cc:4 .*\n>>> +main.o:\\(local\\)");
  }

  @Test
  void dataThatIsDefinedTwiceIsNamedWithItsSourceLines() throws Exception {
    shop.compile("main.c", "int twice = 1;\nint main(void) { return twice; }\n", "-g");
    shop.compile("more.c", "\n\n\n\n\nint twice = 2;\n", "-g");

    assertThat(message("gcc", "main.o", "more.o", "-o", "program"))
        .contains("duplicate symbol: twice", "defined at main.c:1 ", "defined at more.c:6 ");
  }

  @Test
  void linesAreFoundInClangsTablesToo() throws Exception {
    shop.write("main.c", "int gone(void);\n\n\nint main(void) { return gone(); }\n");
    shop.tool("clang", "-c", "-g", "-fPIE", "main.c", "-o", "main.o");

    assertThat(message("gcc", "main.o", "-o", "program"))
        .contains(">>> referenced by main.c:4 (" + dir("main.c") + ":4)\n");
  }

  @Test
  void withoutDebugInformationTheSourceFileIsNamed() throws Exception {
    shop.compile("main.c", "int gone(void);\nint main(void) { return gone(); }\n", "-fPIE");

    assertThat(message("gcc", "main.o", "-o", "program"))
        .isEqualTo(
            "error: undefined symbol: gone\n"
                + ">>> referenced by main.c\n"
                + ">>>               main.o:(main)");
  }

  @Test
  void aVtableMayBeMissingBecauseOfTheKeyFunction() throws Exception {
    shop.compile(
        "main.cc",
        "struct Shape { virtual int area(); };\nint main() { Shape shape; return 0; }\n",
        "-fPIE",
        "-O0");

    assertThat(message("g++", "main.o", "-o", "program"))
        .startsWith("error: undefined symbol: vtable for Shape\n")
        .contains("\n>>> the vtable may be undefined because the class lacks its key function");
  }

  @Test
  void threadLocalReferencesNeedThreadLocalDefinitions() throws Exception {
    String[] link = {"gcc", "main.o", "values.o", "-o", "program"};
    shop.compile("values.c", "int one = 1; __thread int two = 2;\n");
    shop.compile("main.c", "extern __thread int one; int main(void) { return one; }\n", "-fPIC");
    assertThat(message(link))
        .startsWith("error: main.o:(.text.main+")
        .contains(
            ": TLS reference to symbol `one' mismatches its non-TLS definition\n",
            "\n>>> defined in values.o\n");

    shop.compile("main.c", "extern int two; int main(void) { return two; }\n", "-fPIC");
    assertThat(message(link)).contains("non-TLS reference to symbol `two' mismatches its TLS");
    shop.compile("main.c", "extern int two; int *at = &two; int main(void) { return *at; }\n");
    assertThat(message(link)).contains("non-TLS reference to symbol `two' mismatches its TLS");

    shop.compile("values.c", "__thread int one = 1; int two = 42;\n");
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void manyReferencesAreCounted() throws Exception {
    StringBuilder calls = new StringBuilder("int gone(void);\nint main(void) {\n");
    calls.append("  gone();\n".repeat(50)).append("}\n");
    shop.compile("main.c", calls.toString(), "-fPIE");
    shop.compile("data.c", "extern int gone(void);\nvoid *table[] = {gone};\n", "-fPIE");

    assertThat(message("gcc", "main.o", "data.o", "-o", "program"))
        .contains("\n>>> referenced 48 more times");
    String swapped = message("gcc", "data.o", "main.o", "-o", "program");
    assertThat(swapped).contains(">>>               data.o:(table)", "48 more times");
  }

  @Test
  void aMemberIsNamedWithItsArchive() throws Exception {
    shop.compile("main.c", "int half(void);\nint main(void) { return half(); }\n", "-fPIE");
    shop.compile("half.c", "int gone(void);\nint half(void) { return gone(); }\n", "-fPIE");
    shop.tool("ar", "rcs", "libhalf.a", "half.o");

    assertThat(message("gcc", "main.o", "libhalf.a", "-o", "program"))
        .contains(">>>               half.o:(half) in archive libhalf.a");
  }

  @Test
  void hiddenReferencesAreCalledSo() throws Exception {
    shop.compile(
        "main.c",
        "__attribute__((visibility(\"hidden\"))) int gone(void);\n"
            + "int main(void) { return gone(); }\n",
        "-fPIE");

    assertThat(message("gcc", "main.o", "-o", "program"))
        .startsWith("error: undefined symbol: gone\n")
        .contains(">>> the references are hidden: no shared library can define it");
  }

  @Test
  void bothPlacesOfADuplicateAreNamed() throws Exception {
    shop.compile(
        "one.c", "int twice(void) { return 1; }\nint main(void) { return 0; }\n", "-g", "-fPIE");
    shop.compile("two.c", "\n\nint twice(void) { return 2; }\n", "-fPIE");

    assertThat(message("gcc", "one.o", "two.o", "-o", "program"))
        .isEqualTo(
            "error: duplicate symbol: twice\n>>> defined at one.c:1 ("
                + dir("one.c")
                + ":1)\n"
                + ">>>            one.o:(twice)\n"
                + ">>> defined at two.c\n"
                + ">>>            two.o:(twice)\n"
                + ">>> multiple definition of `twice', one.o: first defined here;"
                + " duplicate symbol: one.o: two.o: twice");
  }

  @Test
  void aNameThatMayBeMeantIsSuggested() throws Exception {
    assertThat(meant("int colour_of(void) { return 1; }", "color_of"))
        .contains("\n>>> did you mean: colour_of\n>>> defined in: other.o");
    assertThat(meant("int colour_of(void) { return 1; }", "colour_fo")).contains("mean: colour_of");
    assertThat(meant("int colour_of(void) { return 1; }", "colour_oof"))
        .contains("mean: colour_of");
    assertThat(meant("int colour_of(void) { return 1; }", "colour_if")).contains("mean: colour_of");
    assertThat(meant("int Colour_Of(void) { return 1; }", "colour_of")).contains("mean: Colour_Of");
    assertThat(meant("int colour_of(void) { return 1; }", "paint")).doesNotContain("did you mean");
    assertThat(meant("int colour_of(void) { return 1; }", "strlenn"))
        .contains("\n>>> did you mean: strlen\n>>> defined in: libc.so.6");
  }

  private String meant(String definition, String use) throws Exception {
    shop.compile("other.c", definition + "\n", "-fPIE");
    shop.compile(
        "main.c", "int %1$s();\nint main(void) { return %1$s(); }\n".formatted(use), "-fPIE");
    return message("gcc", "main.o", "other.o", "-o", "program");
  }

  @Test
  void theOtherLanguageIsSuggested() throws Exception {
    shop.compile("plus.cc", "int count() { return 1; }\n", "-fPIE");
    shop.compile("main.c", "int count(void);\nint main(void) { return count(); }\n", "-fPIE");
    assertThat(message("g++", "main.o", "plus.o", "-o", "program"))
        .contains("undefined symbol: count\n", "did you mean: count()\n>>> defined in: plus.o");

    shop.compile("c.c", "int number(int x) { return x; }\n", "-fPIE");
    shop.compile("call.cc", "int number(int);\nint main() { return number(1); }\n", "-fPIE");
    assertThat(message("g++", "call.o", "c.o", "-o", "program"))
        .contains("undefined symbol: number(int)\n", "did you mean: extern \"C\" number\n");

    shop.compile("space.cc", "namespace deep { int number(int x) { return x; } }\n", "-fPIE");
    assertThat(message("g++", "call.o", "space.o", "-o", "program"))
        .contains("did you mean: deep::number(int)\n>>> defined in: space.o");
  }

  @Test
  void namesAreShownAsInTheSource() throws Exception {
    shop.compile(
        "main.cc",
        "namespace n { template <class T> T gone(T); }\n"
            + "int first(const char *s) { return n::gone<int>(s[0]); }\n"
            + "int main() { return first(\"x\"); }\n",
        "-fPIE");

    assertThat(message("g++", "main.o", "-o", "program"))
        .isEqualTo(
            "error: undefined symbol: int n::gone<int>(int)\n>>> referenced by main.cc\n"
                + ">>>               main.o:(first(char const*))");
    assertThat(message("g++", "main.o", "-Wl,--no-demangle", "-o", "program"))
        .contains("undefined symbol: _ZN1n4goneIiEET_S1_\n", "main.o:(_Z5firstPKc)");
    assertThat(message("g++", "main.o", "-Wl,--no-demangle,--demangle=gnu", "-o", "program"))
        .contains("undefined symbol: int n::gone<int>(int)\n");
  }

  @Test
  void positionDependentCodeInAPieIsExplained() throws Exception {
    shop.compile(
        "main.c",
        "static int value;\nint *address(void) { return &value; }\nint main(void) { return 0; }\n",
        "-fno-pie",
        "-mcmodel=medium");
    shop.write(
        "abs.s",
        "  .text\n"
            + "  .globl main\n"
            + "main:\n"
            + "  mov $target, %eax\n"
            + "  ret\n"
            + "  .data\n"
            + "  .globl target\n"
            + "target: .long 1\n");
    shop.tool("as", "abs.s", "-o", "abs.o");

    assertThat(message("gcc", "-pie", "abs.o", "-o", "program"))
        .isEqualTo(
            "error: abs.o:(.text+0x1): relocation R_X86_64_32 against symbol `target' can not be"
                + " used when making a PIE object; recompile with -fPIC\n"
                + ">>> defined in abs.o\n"
                + ">>> referenced by abs.o:(.text+0x1)");
  }

  @Test
  void aLinkThatIsRepairedForgetsItsFaults() throws Exception {
    shop.compile("main.c", "int gone(void);\nint main(void) { return gone(); }\n", "-fPIE");
    shop.compile("other.c", "int other;\n", "-fPIE");
    String[] link = {"gcc", "main.o", "other.o", "-o", "program"};
    String first = message(link);
    assertThat(message(link)).isEqualTo(first);

    shop.compile("other.c", "int gone(void) { return 42; }\n", "-fPIE");
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit 42");
    shop.compile("other.c", "int other;\n", "-fPIE");
    assertThat(shop.cc(link).status()).isEqualTo(1);
    assertThat(shop.heard.messages()).containsExactly(first);
    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void aLibraryThatKeepsASymbolToItselfIsNamed() throws Exception {
    shop.compile("lib.c", "int kept(void) { return 1; }\n", "-fPIC");
    shop.write("script", "V1 { global: kept; };\n");
    shop.tool("gcc", "-shared", "-Wl,--version-script=script", "lib.o", "-o", "libk.so");
    shop.compile("main.c", "int kept(void);\nint main(void) { return kept(); }\n", "-fPIE");
    shop.ccQuietly("gcc", "main.o", "-o", "program", "libk.so");
    Files.delete(shop.path("program"));

    String section = ".gnu.version";
    shop.tool("objcopy", "-O", "binary", "--only-section=" + section, "libk.so", "versions");
    byte[] none = new byte[(int) Files.size(shop.path("versions"))];
    Files.write(shop.path("versions"), none);
    shop.tool("objcopy", "--update-section", section + "=versions", "libk.so");

    assertThat(message("gcc", "main.o", "-o", "program", "libk.so"))
        .contains("undefined symbol: kept")
        .contains("libk.so: invalid version index 0 for defined symbol kept");
  }

  @Test
  void aDefinitionOfAnotherTypeThanTheLibrarysIsWarnedOf() throws Exception {
    shop.compile("lib.c", "int measure(void) { return 1; }\n", "-fPIC");
    shop.tool("gcc", "-shared", "lib.o", "-o", "libm2.so");
    String main = "int main(void) { return 0; }\n";
    shop.compile("main.c", main + "int measure = 3;\n", "-fPIE");
    for (int i = 0; i < 2; i++) {
      shop.cc("gcc", "main.o", "-o", "program", "-Wl,--no-as-needed", "libm2.so");
      assertThat(shop.heard.messages())
          .containsExactly(
              "warning: symbol type mismatch: measure\n>>> defined in main.o as an object\n"
                  + ">>> defined in libm2.so as a function");
    }
    shop.compile("main.c", main + "int measure(void) { return 3; }\n", "-fPIE");
    shop.ccQuietly("gcc", "main.o", "-o", "program", "-Wl,--no-as-needed", "libm2.so");
    shop.compile("main.c", main + "int measure = 3;\n", "-fPIE");
    shop.ccQuietly("gcc", "main.o", "-o", "program", "-Wl,--as-needed", "libm2.so");
  }

  /** Two sources that disagree about a class: the group that counts lacks a destructor. */
  @Test
  void aDefinitionInAGroupThatDoesNotCountIsNamed() throws Exception {
    String group = ".section .text.%s, \"axG\", @progbits, both, comdat\n.globl %s\n%s: ret\n";
    String other = group.formatted("second", "second", "second");
    shop.compile("first.s", group.formatted("first", "first", "first"));
    shop.compile("second.s", other + ".text\n.globl _start\n_start: call second\n");

    shop.ld("first.o", "second.o", "-o", "program");
    assertThat(shop.heard.messages())
        .containsExactly(
            "error: relocation refers to a symbol in a discarded section: second\n"
                + ">>> defined in second.o\n"
                + ">>> section group signature: both\n"
                + ">>> prevailing definition is in first.o\n"
                + ">>> referenced by second.o:(.text+0x1)\n"
                + ">>> defined in discarded section `.text.second[both]' of second.o");

    shop.compile("first.s", group.formatted("first", "first", "first") + "second: ret\n");
    shop.ld("first.o", "second.o", "-o", "program");
    assertThat(shop.heard.messages()).hasSize(1);
    shop.compile("first.s", other);
    shop.ld("first.o", "second.o", "-o", "program");
    assertThat(String.join("", shop.heard.messages())).doesNotContain("error");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }
}
