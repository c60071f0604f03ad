package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the user is told. */
class MessagesTest {
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

  private void main() throws Exception {
    shop.compile("main.c", "int main(void) { return 0; }\n", "-fPIE");
  }

  @Test
  void aMissingLibraryIsNamedWithThePlaces() throws Exception {
    main();
    assertThat(shop.cc("gcc", "main.o", "-Lnear", "-lnowhere", "-o", "program").status())
        .isEqualTo(1);

    assertThat(shop.heard.diagnostics).hasSize(1);
    assertThat(shop.heard.diagnostics.getFirst().code()).isEqualTo(Code.LIBRARY_NOT_FOUND);
    assertThat(shop.heard.messages().getFirst())
        .startsWith("error: unable to find library -lnowhere")
        .contains("tried near/libnowhere.so", "tried near/libnowhere.a")
        .contains("tried /usr/lib/x86_64-linux-gnu/libnowhere.so");
    assertThat(shop.path("program")).doesNotExist();
  }

  @Test
  void everyMissingInputIsNamed() throws Exception {
    assertThat(shop.ld("-o", "program", "a.o", "b.o", "-lc1").status()).isEqualTo(1);

    assertThat(shop.heard.messages())
        .hasSize(3)
        .startsWith(
            "error: cannot open a.o: No such file or directory",
            "error: cannot open b.o: No such file or directory");
  }

  @Test
  void whatIsNoInputIsNamed() throws Exception {
    main();
    Files.createDirectory(shop.path("folder"));
    shop.write("text.o", "nothing that a linker reads\n");
    assertThat(shop.ld("main.o", "folder", "text.o", "-o", "program").status()).isEqualTo(1);
    assertThat(shop.heard.messages())
        .containsExactly(
            "error: folder: cannot be read: is a directory",
            "error: text.o:1:1: linker script command 'nothing' is not supported\n"
                + ">>> the file is no object, archive or library, so it was read as a linker"
                + " script");
    shop.ld("main.o", "-T", "text.o");
    assertThat(shop.heard.messages()).singleElement().asString().contains("'nothing'");
  }

  /** That there are no inputs follows from it. */
  @Test
  void anOptionWithoutItsValueIsTheOnlyFault() throws Exception {
    assertThat(shop.ld("--version-script").status()).isEqualTo(1);
    assertThat(shop.heard.messages())
        .containsExactly("error: option '--version-script' requires an argument");
  }

  @Test
  void everyWrongOptionIsNamed() throws Exception {
    assertThat(shop.ld("--bogus", "-EB", "--pop-state", "-o").status()).isEqualTo(1);

    assertThat(shop.heard.messages())
        .containsExactly(
            "error: unknown command line option: --bogus",
            "error: unsupported option '-EB': x86-64 has one byte order.",
            "error: --pop-state without --push-state",
            "error: option '-o' requires an argument");
  }

  @Test
  void traceNamesTheInputs() throws Exception {
    main();

    shop.ccQuietly("gcc", "main.o", "-Wl,-t", "-o", "program");

    assertThat(shop.heard.output.toString().lines())
        .anyMatch(line -> line.endsWith("/Scrt1.o"))
        .contains("main.o")
        .anyMatch(line -> line.endsWith("/libc.so.6"));
  }

  @Test
  void aWarningCanBeMadeFatal() throws Exception {
    main();
    String odd = "-Wl,-z,sparkling";
    String message = "unknown command line option: -z sparkling; it is ignored";
    assertThat(shop.cc("gcc", "main.o", odd, "-o", "program").status()).isZero();
    assertThat(shop.heard.messages()).containsExactly("warning: " + message);
    Files.delete(shop.path("program"));

    assertThat(shop.cc("gcc", "main.o", odd, "-Wl,--fatal-warnings", "-o", "program").status())
        .isEqualTo(1);
    assertThat(shop.heard.messages()).containsExactly("error: " + message);
    assertThat(shop.path("program")).doesNotExist();

    assertThat(shop.cc("gcc", "main.o", odd, "-Wl,--fatal-warnings,-w", "-o", "program").status())
        .isZero();
    assertThat(shop.heard.messages()).isEmpty();
    String undone = "-Wl,--fatal-warnings,--no-fatal-warnings";
    assertThat(shop.cc("gcc", "main.o", odd, undone, "-o", "program").status()).isZero();
  }

  @Test
  void warningsCanBeSilenced() throws Exception {
    main();

    shop.ccQuietly("gcc", "main.o", "-Wl,-z,sparkling", "-Wl,--no-warnings", "-o", "program");
  }

  @Test
  void errorsAreCounted() throws Exception {
    String[] words = new String[32];
    for (int i = 0; i < words.length; i++) {
      words[i] = "missing" + i + ".o";
    }
    shop.ld(words);
    assertThat(shop.heard.messages()).hasSize(Plan.ERROR_LIMIT_DEFAULT + 1);
    assertThat(shop.heard.messages().getLast()).contains("too many errors");

    words[0] = "--error-limit=3";
    shop.ld(words);
    assertThat(shop.heard.messages()).hasSize(4);

    words[0] = "--error-limit=0";
    shop.ld(words);
    assertThat(shop.heard.messages()).hasSize(31).noneMatch(text -> text.contains("too many"));
  }

  @Test
  void versionSaysWhatConfigureScriptsLookFor() throws Exception {
    assertThat(shop.ld("--version").status()).isZero();
    assertThat(shop.heard.output.toString()).matches("linkd v[0-9.]+ \\(.*GNU.*\\)\n");

    assertThat(shop.ld("-v").status()).isZero();
    // Libtool takes versions 0 and 1 for an old GNU ld, which cannot limit what it exports.
    assertThat(shop.heard.output.toString()).contains("GNU").doesNotContain(" 0.", " 1.");

    assertThat(shop.ld("-V").status()).isZero();
    assertThat(shop.heard.output.toString()).contains("GNU", "elf_x86_64");

    assertThat(shop.ld("-v", "missing.o").status()).isEqualTo(1);
    assertThat(shop.heard.messages()).hasSize(1);
  }

  @Test
  void coloursAreChosen() throws Exception {
    assertThat(coloursAfter("--version")).isEmpty();
    assertThat(coloursAfter("--color-diagnostics")).isEmpty();
    assertThat(coloursAfter("--color-diagnostics=always")).containsExactly(true);
    assertThat(coloursAfter("--color-diagnostics=never")).containsExactly(false);
    assertThat(coloursAfter("--no-color-diagnostics")).containsExactly(false);
    assertThat(coloursAfter("--color-diagnostics=never", "--color-diagnostics=auto")).isEmpty();

    assertThat(coloursAfter("--color-diagnostics=pink")).isEmpty();
    assertThat(shop.heard.messages().getFirst())
        .isEqualTo("error: unknown argument 'pink' of --color-diagnostics: always, auto or never");
  }

  private List<Boolean> coloursAfter(String... words) throws Exception {
    shop.ld(words);
    return shop.heard.colours;
  }

  @Test
  void helpListsTheOptions() throws Exception {
    assertThat(shop.ld("--help").status()).isZero();

    assertThat(shop.heard.output.toString())
        .contains("--as-needed", "-z now", ": supported targets: elf64-x86-64")
        .doesNotContain("  -EB");
  }

  @Test
  void anInputIsNotOverwritten() throws Exception {
    main();

    assertThat(shop.ld("-shared", "-o", "main.o", "main.o").status()).isEqualTo(1);

    assertThat(shop.heard.messages())
        .containsExactly("error: input file 'main.o' is the same as output file");
  }

  @Test
  void anOutputWithoutAFolderIsNamed() throws Exception {
    main();

    assertThat(shop.ld("-shared", "-o", "no/where", "main.o").status()).isEqualTo(1);

    assertThat(shop.heard.messages())
        .containsExactly("error: cannot open output file no/where: No such file or directory");
  }

  @Test
  void theSysrootIsPrinted() throws Exception {
    assertThat(shop.ld("--sysroot=/elsewhere", "--print-sysroot", "missing.o").status()).isZero();
    assertThat(shop.heard.output.toString()).isEqualTo("/elsewhere\n");
    assertThat(shop.ld("--print-sysroot").status()).isZero();
    assertThat(shop.heard.output.toString()).isEmpty();
    assertThat(shop.ld("--print-output-format").status()).isZero();
    assertThat(shop.heard.output.toString()).isEqualTo("elf64-x86-64\n");
  }
}
