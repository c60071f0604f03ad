package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which inputs the statements of a linker script take, in which order, and what is refused. */
class ScriptInputsLinkTest {
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

  private static final String[] OPTIONS = {
    "-fno-pic", "-ffreestanding", "-mcmodel=large", "-fno-asynchronous-unwind-tables"
  };

  private void compile(int value) throws Exception {
    shop.compile(
        "main.c",
        """
        int counter = %d; int zero[10]; const char text[] = "hello";
        __attribute__((section(".mixed"))) int code(void) { return 1; }
        __attribute__((section(".part.w"))) int variable = 1;
        __attribute__((section(".part.r"))) const int constant = 2;
        void _start(void) {
          long status = counter + zero[1] + text[0] - 'h' + code() + variable + constant;
          __asm__ volatile("syscall" :: "a"(60), "D"(status));
        }
        """
            .formatted(value),
        OPTIONS);
  }

  private static final String REST = " /DISCARD/ : { *(.comment) *(.eh_frame) *(.note*) } }";

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".text : { INPUT_SECTION_FLAGS(SHF_EXECINSTR) *(.[mpdtbr][!e]*) } .data : {"
            + " INPUT_SECTION_FLAGS(SHF_WRITE & SHF_ALLOC & !SHF_EXECINSTR) *(.[mpdtbr][!e]*) }"
            + " .constant : { KEEP(INPUT_SECTION_FLAGS(!SHF_WRITE & SHF_ALLOC) *(.[mpr][!e]*)) }",
        ".text : { *(.text*) *(.mixed) *(.rodata*) } .data : { *(.data*) *(.part*) }"
            + " OVERLAY 0x500000 : AT(0x600000) { .one { LONG(1) } .two { LONG(2) LONG(3) } }"
            + " .more : { QUAD(9) . = ALIGN(16); } .bss : { *(.bss*) }",
        ".text : { *(.text*) *(.mixed) } .rodata : { *(.rodata*) } .data : { *(.data*) }"
            + " .part : ONLY_IF_RO { constants = .; *(.part.r) } . = ALIGN(4096);"
            + " .bss : { *(.bss*) } .part : ONLY_IF_RW { variables = .; *(.part.w) }",
        ".text : { *(.text*) } .rodata : { *(.rodata*) } .data : { *(.data*) }"
            + " .part 0x500000 : { *(.part.w) } .part 0x510000 : { *(.part.r) } .bss : { *(.bss*) }"
            + " .text 0x520000 : { *(.mixed) }",
      })
  void inputsArePlacedAsByGnuLd(String body) throws Exception {
    shop.write("own.ld", "SECTIONS { . = 0x400000; " + body + REST);
    for (int value : new int[] {38, 39}) {
      compile(value);
      ImageText.agreed(shop, "-T", "own.ld", "main.o");
      assertThat(shop.run("program")).isEqualTo("exit " + (value + 4));
    }
  }

  @Test
  void filesAreSortedByName() throws Exception {
    compile(38);
    String script =
        "SECTIONS { . = 0x400000; .z : { SORT_BY_NAME(*)(.z.*) } .text : { *(.text*) *(.mixed) }"
            + " .data : { *(.data*) *(.part*) *(.rodata*) *(.bss*) }";
    shop.write("own.ld", script + REST);
    for (String name : new String[] {"b", "c", "a"}) {
      String source = "__attribute__((section(\".z.%d\"))) int of_%s = 1;";
      shop.compile(
          name + ".c", source.formatted(name.length() + name.charAt(0) % 3, name), OPTIONS);
    }
    ImageText.agreed(shop, "-T", "own.ld", "main.o", "c.o", "a.o", "b.o");
    shop.compile("c.c", "__attribute__((section(\".z.0\"))) int of_c[9] = {1};", OPTIONS);
    ImageText.agreed(shop, "-T", "own.ld", "main.o", "c.o", "a.o", "b.o");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SECTIONS { .text : { INPUT_SECTION_FLAGS(SHF_ODD) *(.text) } }"
            + " | unknown flag of input sections 'SHF_ODD'",
        "SECTIONS { .text : { *(.text) ASCIZ \"text\" } }"
            + " | statement ASCIZ of an output section is not supported",
        "SECTIONS { .text : { *(.text) LINKER_VERSION } }"
            + " | statement LINKER_VERSION of an output section is not supported",
        "SECTIONS { .text : { *(.text*) } > ram } | memory region `ram' not declared",
        "MEMORY { rom : ORIGIN = 0x10000, LENGTH = 64K }"
            + " SECTIONS { .text : { *(.text*) } > rom .data : { *(.data*) } }"
            + " | no memory region specified for loadable section `.data'",
        "REGION_ALIAS(\"code\", rom) MEMORY { rom : ORIGIN = 0x10000, LENGTH = 64K }"
            + " | memory region `rom' for alias `code' does not exist",
        "MEMORY { rom : ORIGIN = 0x10000, LENGTH = 64K }"
            + " REGION_ALIAS(\"code\", rom) REGION_ALIAS(\"code\", rom)"
            + " | redefinition of memory region alias `code'",
        "SECTIONS { .text : { *(.text*) } :none | section `.text' assigned to non-existent phdr",
        "SECTIONS { . = 0xfffffffffffffff0; .text : { *(.text*) } }"
            + " | section .text VMA wraps around address space",
      })
  void whatCannotBeDoneIsNamed(String script, String message) throws Exception {
    compile(1);
    shop.write("own.ld", script.contains("} :none") ? script + " }" : script);
    assertThat(shop.ld("-T", "own.ld", "main.o", "-o", "program").status()).isEqualTo(1);
    assertThat(shop.heard.messages()).filteredOn(each -> each.contains(message)).hasSize(1);
  }

  @Test
  void anAddressThatIsNotAlignedIsRoundedWithAWarning() throws Exception {
    compile(38);
    String data = " .data 0x500004 : ALIGN(16) { *(.data*) *(.part*) *(.rodata*) *(.bss*) }";
    shop.write("own.ld", "SECTIONS { . = 0x400000; .text : { *(.text*) *(.mixed) }" + data + REST);
    for (int value : new int[] {38, 39}) {
      compile(value);
      assertThat(shop.ld("-T", "own.ld", "main.o", "-o", "program").status()).isZero();
      assertThat(shop.heard.messages().toString())
          .contains("address 0000000000500004 of section `.data' is no multiple of its alignment");
      assertThat(shop.run("program")).isEqualTo("exit " + (value + 4));
    }
  }
}
