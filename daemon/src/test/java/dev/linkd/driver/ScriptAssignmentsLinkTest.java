package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Symbols that a linker script assigns more than once, or asks for before they are assigned. */
class ScriptAssignmentsLinkTest {
  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    compile(1);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void compile(int number) throws Exception {
    shop.compile(
        "main.c",
        "int value = "
            + number
            + "; extern char x[], y[], z[], q[];"
            + " char *used[] = {x, y, z, q};"
            + " void _start(void) { __asm__ volatile(\"syscall\" :: \"a\"(60), \"D\"(value)); }",
        "-fno-pic",
        "-ffreestanding",
        "-fno-asynchronous-unwind-tables");
  }

  private int link(String script) throws Exception {
    shop.write("own.ld", script);
    return shop.ld("-static", "-T", "own.ld", "main.o", "-o", "program").status();
  }

  /** What {@code nm} says of all symbols, from both linkers. */
  private void definesAsGnuLd(String script) throws Exception {
    assertThat(link(script)).as("%s", shop.heard.messages()).isZero();
    shop.tool("ld", "-static", "-T", "own.ld", "main.o", "-o", "other");
    assertThat(values("program")).isEqualTo(values("other"));
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  private String values(String file) throws Exception {
    StringBuilder values = new StringBuilder();
    shop.tool("nm", file)
        .lines()
        .map(line -> line.split(" "))
        .forEach(words -> values.append(words[2]).append(' ').append(words[0]).append('\n'));
    return values.toString();
  }

  @Test
  void whatAnExpressionNeedsIsNotCollected() throws Exception {
    String main =
        "extern int other, near; int unused = 9; int own(void) { return %d; }"
            + " void _start(void) {"
            + " __asm__ volatile(\"syscall\" :: \"a\"(60), \"D\"(other + near + own())); }";
    String value = "int value = %d; int pair[2] = {1, 30}; int unneeded = 8;";
    String[] link = {
      "-static", "--gc-sections", "-T", "own.ld", "main.o", "value.o", "-o", "program"
    };
    String options = "-fno-pic -ffreestanding -fno-asynchronous-unwind-tables";
    String assignments = "other = value; ";
    String sections =
        "SECTIONS { . = 0x401000; .text : { *(.text*) } near = ABSOLUTE(pair + 4);"
            + " .data : { *(.data*) } /DISCARD/ : { *(.comment) *(.note*) } }";
    for (String script : new String[] {assignments + sections, assignments + "near = pair + 4;"}) {
      shop.write("own.ld", script);
      for (int edit = 1; edit < 3; edit++) {
        shop.compile("main.c", main.formatted(10 * edit), options.split(" "));
        shop.compile("value.c", value.formatted(edit), options.split(" "));
        assertThat(shop.ld(link).status()).as("%s", shop.heard.messages()).isZero();
        assertThat(shop.run("program")).isEqualTo("exit " + (30 + 11 * edit));
        assertThat(shop.tool("nm", "program")).doesNotContain("unneeded", "unused");
        assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
      }
    }
  }

  @Test
  @Timeout(120)
  void theLastOfSeveralAssignmentsCounts() throws Exception {
    String script =
        """
        x = 1; x = x + 1; y = x; x += 4; z = x; q = 3; q *= 2; q |= 8;
        SECTIONS {
          . = 0x401000;
          .text : { *(.text*) a = .; a += 3; . += 5; b = .; }
          c = .; c -= 2; d = c;
          .data : { *(.data*) }
          /DISCARD/ : { *(.comment) *(.note*) }
        }
        """;
    definesAsGnuLd(script);
    compile(2);
    definesAsGnuLd(script);
    assertThat(shop.run("program")).isEqualTo("exit 2");
  }

  @Test
  @Timeout(120)
  void aNumberInsideOfASectionCountsFromItsStart() throws Exception {
    String script =
        """
        MEMORY { ram (rwx) : ORIGIN = 0x410000, LENGTH = 0x10000 }
        outside = 0x44;
        SECTIONS {
          .text 0x401004 : AT(0x501000) {
            start = .;
            x = 0x10; y = ABSOLUTE(0x10); z = outside + 4; q = later;
            *(.text*)
            end = .;
            size = end - start; plain_size = ABSOLUTE(end - start); far = ADDR(.data) - start;
            length = SIZEOF(.data); region = LENGTH(ram); origin = ORIGIN(ram);
            negative = -1; inverse = ~start; twice = end * 2; next = NEXT(0x1000);
            aligned = ALIGN(16); aligned_offset = ALIGN(., 16); aligned_plain = ALIGN(3, 16);
            most = MAX(., 0x100); most_apart = MAX(end, data_end); choice = start ? 1 : 2;
            less = . < 0x1000; load = LOADADDR(.text) + 4; load_less = LOADADDR(.text) - start;
            sum = . + ABSOLUTE(4); plain_sum = 3 + ABSOLUTE(4); both = data_end + 8;
            . = ALIGN(., 16); . = (. + 3) & ~3; . = 0x200; . += 8;
            last = .;
          }
          later = 0x77; after = size; sum_after = start + end;
          .data : { data = 0x20; *(.data*) data_end = .; LONG(x) LONG(end - start) LONG(0x33) }
          /DISCARD/ : { *(.comment) *(.note*) }
        }
        """;
    definesAsGnuLd(script);
    compile(2);
    definesAsGnuLd(script);
    assertThat(shop.run("program")).isEqualTo("exit 2");
    assertThat(shop.tool("readelf", "-sW", "program"))
        .containsPattern("0401014 .* [0-9]+ x\n")
        .containsPattern("0000010 .* ABS y\n");
  }

  @Test
  @Timeout(120)
  void anAssertionIsAnExpressionToo() throws Exception {
    String script =
        """
        SECTIONS {
          .text 0x401000 : { *(.text*) start = ASSERT(. > 1, "not empty") ? . : 0; }
          .data : { *(.data*) }
          /DISCARD/ : { *(.comment) *(.note*) }
          x = 1; y = ASSERT(SIZEOF(.text) %s 0x1000, "too large") + 1; z = 3; q = 4;
          . = ASSERT(x == 1, "x is another one");
        }
        """;
    definesAsGnuLd(script.formatted("<="));
    assertThat(link(script.formatted(">"))).isEqualTo(1);
    assertThat(shop.heard.messages()).singleElement().asString().contains("own.ld:5", "too large");
    shop.compile("part.c", "int f(void) { return 0; }");
    String joining = script.replace(" 0x401000", "");
    String[] join = {"-r", "-T", "own.ld", "part.o", "-o", "joined.o"};
    shop.write("own.ld", joining.formatted(">"));
    assertThat(shop.ld(join).status()).isEqualTo(1);
    assertThat(shop.heard.messages()).last().asString().contains("own.ld:5", "too large");
    shop.write("own.ld", joining.formatted("<="));
    assertThat(shop.ld(join).status()).isZero();
  }

  @Test
  void anAbsoluteAddressIsNoPlaceInASection() throws Exception {
    int status =
        link(
            "SECTIONS { .text 0x401000 : { *(.text*) . = ABSOLUTE(0x402000); }"
                + " x = .; y = .; z = .; q = .; }");
    assertThat(status).isEqualTo(1);
    assertThat(shop.heard.messages())
        .anySatisfy(m -> assertThat(m).contains("invalid assignment to location counter"));
  }

  @Test
  @Timeout(120)
  void aScriptCanAskWhetherItHasAssignedASymbol() throws Exception {
    definesAsGnuLd(
        """
        x = 1; PROVIDE(x = 2); PROVIDE(y = 3); PROVIDE(y = 4); z = x + y;
        d1 = DEFINED(e1) ? 1 : 2; e1 = 1; d2 = DEFINED(e1) ? 1 : 2;
        SECTIONS {
          . = 0x401000;
          .text : { *(.text*) start = DEFINED(start) ? start : .; }
          .data : { *(.data*) q = DEFINED(q) ? q : .; }
          /DISCARD/ : { *(.comment) *(.note*) }
        }
        """);
  }

  @Test
  @Timeout(120)
  void whatNeverSettlesIsReported() throws Exception {
    String usual =
        "z = 0; q = 0; SECTIONS { . = 0x401000; .text : { *(.text*) } .data : { *(.data*) } }";
    assertThat(link("x = y + 1; y = x; " + usual)).isEqualTo(1);
    assertThat(shop.heard.messages().toString())
        .contains("assignment to symbol x does not converge");
    assertThat(link("x = 1; y = 0; " + usual)).isZero();
    assertThat(shop.run("program")).isEqualTo("exit 1");
  }
}
