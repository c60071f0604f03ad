package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages about references to what is in sections that are not linked. */
class DiscardedSymbolsTest {
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

  @Test
  void allReferencesIntoAGroupThatDoesNotCountAreNamed() throws Exception {
    String group = ".section .text.f,\"axG\",@progbits,both,comdat\n.globl f\nf: nop\nin_f: ret\n";
    shop.compile("first.s", group + ".text\n.globl _start\n_start: call f\n");
    shop.compile("second.s", group + ".section .text.g,\"ax\"\n.globl g\ng: jmp in_f\n", "-g");
    assertThat(shop.ld("first.o", "-o", "program").status()).isZero();

    assertThat(shop.ld("first.o", "second.o", "-o", "program").status()).isEqualTo(1);

    String source = shop.path("second.s").toString();
    assertThat(shop.heard.messages())
        .containsExactly(
            "error: relocation refers to a symbol in a discarded section: in_f\n"
                + ">>> defined in second.o\n"
                + ">>> section group signature: both\n"
                + ">>> prevailing definition is in first.o\n"
                + ">>> referenced by second.s:7 ("
                + source
                + ":7)\n"
                + ">>>               second.o:(.text.g+0x1)\n"
                + ">>> defined in discarded section `.text.f[both]' of second.o");

    shop.compile("second.s", group + ".data\n.rept 5\n.quad in_f\n.endr\n");
    assertThat(shop.ld("first.o", "second.o", "-o", "program").status()).isEqualTo(1);
    assertThat(shop.heard.messages().getFirst())
        .contains(">>> referenced by second.o:(.data+0x10)\n>>> referenced 2 more times\n");
    shop.compile("second.s", group + ".data\n.quad f\n");
    assertThat(shop.ld("first.o", "second.o", "-o", "program").status()).isZero();
  }

  /** As in GNU ld and lld: what sources define in each object is weak, and may be missing. */
  @Test
  void aWeakDefinitionInAGroupThatDoesNotCountMayBeMissing() throws Exception {
    String group = ".section .text.%s, \"axG\", @progbits, both, comdat\n.weak %s\n%s: ret\n";
    String first = group.formatted("first", "first", "first");
    shop.compile("first.s", first);
    shop.compile(
        "second.s",
        group.formatted("second", "second", "second")
            + ".section .table,\"aw\"\n.globl table\ntable: .quad second\n");
    shop.compile(
        "main.c",
        "extern void (*table)(void);\nint main(void) { return table ? 3 : 4; }\n",
        "-fno-pie");
    shop.ccQuietly("gcc", "-no-pie", "main.o", "first.o", "second.o", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 4");

    shop.ccQuietly("gcc", "-shared", "first.o", "second.o", "-o", "libtwo.so");
    assertThat(shop.tool("readelf", "--dyn-syms", "-W", "libtwo.so"))
        .containsPattern("WEAK +DEFAULT +UND second");

    shop.compile("first.s", first + ".weak second\nsecond: ret\n");
    shop.ccQuietly("gcc", "-no-pie", "main.o", "first.o", "second.o", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 3");
    for (String source : List.of(first, ".globl other\n", first)) {
      shop.compile("first.s", source);
      shop.ccQuietly("gcc", "-no-pie", "main.o", "first.o", "second.o", "-o", "program");
      assertThat(shop.run("program")).isEqualTo(source.equals(first) ? "exit 4" : "exit 3");
    }
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"'', gone", "static, .gone"})
  void whatAScriptDiscardsIsNamedWithItsReferences(String scope, String name) throws Exception {
    shop.write(
        "own.ld",
        "SECTIONS { . = 0x401000; .text : { *(.text*) } .data : { *(.data*) }"
            + " /DISCARD/ : { *(.gone) } }");
    shop.compile(
        "main.c",
        "__attribute__((section(\".gone\"), noinline)) %s int gone(int x) { return x; }\n"
                .formatted(scope)
            + "int (*address)(int) = gone;\n"
            + "void _start(void) { gone(3); }\n",
        "-g",
        "-O0");

    assertThat(shop.ld("main.o", "-T", "own.ld", "-o", "program").status()).isEqualTo(1);

    assertThat(shop.heard.messages()).hasSize(1);
    assertThat(shop.heard.messages().getFirst())
        .startsWith("error: relocation refers to a symbol in a discarded section: " + name + "\n")
        .contains(
            ">>> defined in main.o\n",
            ">>> referenced by main.c:2",
            "main.o:(address)",
            ">>> referenced by main.c:3",
            "main.o:(_start)")
        .endsWith(">>> defined in discarded section `.gone' of main.o");
  }
}
