package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** References that the kind of output does not allow, or whose value does not fit. */
class NotAllowedLinkTest {
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

  private String message(String... link) throws Exception {
    assertThat(shop.cc(link).status()).isEqualTo(1);
    assertThat(shop.heard.messages()).hasSize(1);
    return shop.heard.messages().getFirst();
  }

  @Test
  void addressesOfFixedCodeAreRefusedWhereTheImageMoves() throws Exception {
    shop.compile(
        "main.c",
        "int x;\nlong get(void) { return (long)&x; }\nint main(void) { return 0; }\n",
        "-fno-pie");

    assertThat(message("gcc", "-pie", "main.o", "-o", "program"))
        .contains(
            "relocation R_X86_64_32 against symbol `x' can not be used when making a PIE object;"
                + " recompile with -fPIC");
    assertThat(message("gcc", "-shared", "main.o", "-o", "own.so"))
        .contains("R_X86_64_32 against symbol `x' can not be used when making a shared object")
        .contains("recompile with -fPIC");
    shop.ccQuietly("gcc", "-no-pie", "main.o", "-o", "program");
  }

  @Test
  void whatIsRefusedIsSaidOnceThoughTheCodeMovesMeanwhile() throws Exception {
    shop.compile(
        "main.c",
        """
        extern char fixed[], end[];
        char *volatile value;
        void *table[] = {end, end, end, end, end, end, end, end, end, end, end, end, end};
        int main(void) { value = fixed; return 0; }
        """,
        "-fPIE");
    shop.write(
        "own.ld",
        """
        SECTIONS {
          . = SIZEOF_HEADERS;
          .rela.dyn : { *(.rela*) }
          .text : { *(.text*) }
          . = ALIGN(0x1000);
          .data : { *(.data*) end = .; fixed = ABSOLUTE(0x55); }
        }
        """);
    for (int i = 0; i < 2; i++) {
      assertThat(shop.ld("-pie", "-e", "main", "-T", "own.ld", "main.o", "-o", "program").status())
          .isEqualTo(1);
      assertThat(shop.heard.messages()).hasSize(1);
      assertThat(shop.heard.messages().getFirst())
          .contains("R_X86_64_PC32 against symbol `fixed' can not be used when making a PIE");
    }
  }

  @Test
  void distancesToWhatCanBeReplacedAreRefused() throws Exception {
    String text = "int x = 42;\nint get(void) { return x; }\n";
    shop.compile("main.c", text, "-fPIE");
    assertThat(message("gcc", "-shared", "main.o", "-o", "own.so"))
        .contains(
            "relocation R_X86_64_PC32 against symbol `x' can not be used when making a shared")
        .contains("main.o:(.text.get+0x");

    shop.compile("main.c", text, "-fPIE", "-fvisibility=hidden");
    shop.ccQuietly("gcc", "-shared", "main.o", "-o", "own.so");
    shop.compile("main.c", text, "-fPIC");
    shop.ccQuietly("gcc", "-shared", "main.o", "-o", "own.so");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mov $later, %eax | R_X86_64_32",
        "mov later, %al | R_X86_64_32S",
        "lea later(%rip), %rax | R_X86_64_PC32",
        "mov %fs:later@tpoff, %eax | R_X86_64_TPOFF32",
        ".data; .long later | R_X86_64_32",
        ".data; .quad later - . | R_X86_64_PC64",
      })
  void whatALibraryLeavesOpenHasNoAddressYet(String code, String kind) throws Exception {
    String end = "\n.section .note.GNU-stack, \"\", @progbits\n";
    for (String weak : new String[] {"", ".weak later; "}) {
      shop.compile("open.s", weak + code + end);
      assertThat(message("gcc", "-shared", "open.o", "-o", "open.so"))
          .contains("relocation " + kind + " against symbol `later' can not be used when making a")
          .contains("shared object; recompile with -fPIC");
    }
    shop.compile("open.s", ".weak later; .hidden later; " + code + end);
    shop.ccQuietly("gcc", "-shared", "open.o", "-o", "open.so");
    String open = "call later@plt; mov later@gotpcrel(%rip), %rax; .data; .quad later";
    shop.compile("open.s", open + end);
    shop.ccQuietly("gcc", "-shared", "open.o", "-o", "open.so");
    assertThat(shop.pool.output(shop.path("open.so")).verify()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"-pie, PIE object", "-shared, shared object"})
  void anAbsoluteSymbolIsAtNoDistanceFromAnImageThatMoves(String kind, String what)
      throws Exception {
    shop.compile(
        "main.s",
        """
        .globl main
        main: lea fixed(%rip), %rax
              ret
        .section .note.GNU-stack, "", @progbits
        """);
    shop.compile("fixed.s", ".hidden fixed\n.globl fixed\n.set fixed, 0x1000\n");

    assertThat(message("gcc", kind, "main.o", "fixed.o", "-o", "program"))
        .contains("relocation R_X86_64_PC32 against symbol `fixed' can not be used when making a")
        .contains(what);
    shop.ccQuietly("gcc", "-no-pie", "main.o", "fixed.o", "-o", "program");
  }

  @Test
  void aValueThatDoesNotFitIsExplained() throws Exception {
    shop.compile(
        "main.s",
        """
        .globl main
        main: mov $far, %eax
              ret
        .data
        .byte near
        .globl far
        .section .note.GNU-stack, "", @progbits
        """);
    shop.compile("far.s", ".globl far, near\n.set far, 0x123456789\n.set near, 300\n");

    assertThat(shop.cc("gcc", "-no-pie", "main.o", "far.o", "-o", "program").status()).isEqualTo(1);

    assertThat(shop.heard.messages())
        .anySatisfy(
            text ->
                assertThat(text)
                    .contains("main.o:(.text+0x1)")
                    .contains(
                        "relocation R_X86_64_32 against far out of range: 0x123456789 is"
                            + " not in [0, 4294967295]"))
        .anySatisfy(
            text ->
                assertThat(text)
                    .contains("main.o:(.data+0x0)")
                    .contains(
                        "relocation R_X86_64_8 against near out of range: 0x12c is not in"
                            + " [-128, 255]"));

    shop.compile("far.s", ".globl far, near\n.set far, 42\n.set near, 30\n");
    shop.ccQuietly("gcc", "-no-pie", "main.o", "far.o", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }
}
