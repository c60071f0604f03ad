package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections of inputs that a linker script does not name. */
class OrphanLinkTest {
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

  private void checks(String exit) throws Exception {
    assertThat(shop.run("program")).isEqualTo(exit);
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  private void bare(String declarations) throws Exception {
    shop.compile(
        "main.c",
        declarations
            + "\n"
            + "void _start(void) { __asm__ volatile(\"syscall\" :: \"a\"(60), \"D\"((long)data));"
            + " }\n",
        "-fno-pic",
        "-ffreestanding",
        "-fno-asynchronous-unwind-tables");
  }

  private static final String ORPHANS =
      """
      SECTIONS
      {
        . = 0x400000 + SIZEOF_HEADERS;
        .text : { *(.text .text.*) }
        . = ALIGN(4096);
        .data : { *(.data .data.*) }
        /DISCARD/ : { *(.note*) *(.eh_frame) *(.comment) }
      }
      """;

  private int handling(String how) throws Exception {
    shop.write("own.ld", ORPHANS);
    return shop.ld("-static", "-T", "own.ld", "main.o", "-o", "program", "--orphan-handling=" + how)
        .status();
  }

  @Test
  void sectionsThatTheScriptDoesNotNameAreHandledAsAskedFor() throws Exception {
    String odd = "__attribute__((section(\".odd\"), used)) static int odd = 3;\n";
    bare(odd + "int data = 42;");
    assertThat(handling("place")).isZero();
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(shop.tool("readelf", "-SW", "program")).contains(" .odd ");
    for (int i = 0; i < 2; i++) {
      assertThat(handling("warn")).isZero();
      assertThat(shop.heard.messages())
          .containsExactly(
              "warning: orphan section `.odd' from `main.o' being placed in section `.odd'");
    }
    assertThat(handling("error")).isEqualTo(1);
    assertThat(shop.heard.messages())
        .containsExactly("error: unplaced orphan section `.odd' from `main.o'");
    assertThat(handling("discard")).isZero();
    assertThat(shop.tool("readelf", "-SW", "program")).doesNotContain(" .odd ");
    checks("exit 42");
    assertThat(handling("often")).isEqualTo(1);

    assertThat(handling("error")).isEqualTo(1);
    bare("int data = 42;");
    assertThat(handling("error")).isZero();
    checks("exit 42");
  }

  /** As with GNU ld: what is constant is in the memory of the code, and zeros take no file. */
  @Test
  void sectionsThatTheScriptDoesNotNameFollowTheirLike() throws Exception {
    shop.write(
        "own.ld",
        """
        MEMORY { ROM (rx) : ORIGIN = 0x400000, LENGTH = 64K  RAM (rw) : ORIGIN = 0x500000, LENGTH = 64K }
        SECTIONS
        {
          .text : { . = . + SIZEOF_HEADERS; *(.text .text.*) . = ALIGN(4096); } > ROM
          .bss : { *(.bss .bss.*) } > RAM
          /DISCARD/ : { *(.note*) *(.eh_frame) *(.comment) }
        }
        """);
    for (int value : new int[] {3, 4}) {
      shop.compile(
          "own.c",
          """
          __attribute__((section("fixed_part"))) const int fixed = VALUE;
          __attribute__((section("changing_part"))) int changing = 39;
          char zeros[20000];
          void _start(void) {
            long status = *(volatile const int *) &fixed + changing + zeros[9];
            __asm__ volatile("syscall" :: "a"(60), "D"(status));
          }
          """
              .replace("VALUE", "" + value),
          "-fno-pic");
      assertThat(shop.ld("-T", "own.ld", "own.o", "-o", "own").status()).isZero();
      assertThat(shop.run("own")).isEqualTo("exit " + (39 + value));
      assertThat(shop.tool("nm", "own"))
          .containsPattern("0+40[0-9a-f]{4} . fixed")
          .containsPattern("0+40[0-9a-f]{4} . changing")
          .containsPattern("0+50[0-9a-f]{4} . zeros");
      assertThat(Files.size(shop.path("own"))).isLessThan(20_000);
      assertThat(shop.pool.output(shop.path("own")).verify()).isEmpty();
    }
  }

  /** The regions are as full as GNU ld makes them. */
  @Test
  void theyTakeRoomInTheRegionThatTheyAreLoadedFrom() throws Exception {
    shop.write(
        "own.ld",
        """
        MEMORY
        {
          ROM (rx) : ORIGIN = 0x400000, LENGTH = 64K
          RAM (rw) : ORIGIN = 0x500000, LENGTH = 64K
          FAST (rw) : ORIGIN = 0x600000, LENGTH = 64K
        }
        SECTIONS
        {
          .text : { *(.text .text.*) } > ROM
          .data : { *(.data .data.*) } > RAM AT > ROM
          .fast : { *(.fast) } > FAST AT > ROM
          .bss : { *(.bss .bss.*) } > RAM
          /DISCARD/ : { *(.note*) *(.eh_frame) *(.comment) }
        }
        """);
    for (int count : new int[] {1, 7, 2}) {
      String declarations =
          """
          __attribute__((section("fixed_part"))) const int fixed[COUNT] = {1};
          __attribute__((section("changing_part"))) int changing[COUNT] = {2};
          __attribute__((section(".fast"))) int fast = 4;
          int data = 42;
          char zeros[100];
          """;
      bare(declarations.replace("COUNT", "" + count));
      String[] words = {"-T", "own.ld", "main.o", "-o", "program", "--print-memory-usage"};
      assertThat(shop.ld(words).status()).as("%s", shop.heard.messages()).isZero();
      String[] other = {"ld.bfd", "-T", "own.ld", "main.o", "-o", "other", "--print-memory-usage"};
      assertThat(shop.heard.output.toString()).isEqualTo(shop.tool(other));
      assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
    }
  }

  private void compileAll(int variables) throws Exception {
    shop.compile(
        "all.c",
        """
        int counter = 3; int zero[10]; const char text[] = "hello"; int common[5];
        __attribute__((section("code_part"))) int code(void) { return 1; }
        __attribute__((section("constant_part"))) const int constant = 1;
        __attribute__((section("variable_part"))) int variables[%d] = {1};
        __attribute__((section(".bss.more"))) int more[3];
        __asm__(".section .note.own,\\"a\\",@note\\n.balign 4\\n.long 4, 4, 7\\n"
                ".asciz \\"own\\"\\n.long 9\\n.previous");
        void _start(void) {
          zero[1] = counter + text[1] + code();
          __asm__ volatile("syscall" :: "a"(60), "D"(zero[1] - 63));
        }
        """
            .formatted(variables),
        "-fno-pic",
        "-ffreestanding",
        "-fno-stack-protector",
        "-fno-data-sections",
        "-fno-function-sections",
        "-fno-asynchronous-unwind-tables");
  }

  private static final String REST =
      " /DISCARD/ : { *(.comment) *(.eh_frame) *(.note.gnu.prop*) *(.note.GNU-stack) } }";

  @ParameterizedTest
  @ValueSource(
      strings = {
        ". = 0x400000; .text : { *(.text) } .data : { *(.data) } . = ALIGN(4096);"
            + " .stack : { . += 256; stack = .; } .heap : { . += 64; } end = .;",
        ". = 0x400000; .text : { *(.text) } .magic : { LONG(7) } .rooms : { first = .; LONG(1) }"
            + " .data : { *(.data) } .bss : { *(.bss) *(COMMON) }",
        ". = 0x400000; .text : { *(.text) } .notes : { *(.nothing) } .rodata : { *(.rodata) }"
            + " . = ALIGN(64); .data : { *(.data) } .own : { *(.bss.more) . += 80; }",
        ". = 0x400000; .text : { *(.text) *(.rodata) } .bss : { *(.bss*) *(COMMON) }"
            + " .data : { *(.data) *(variable_part) }",
      })
  void sectionsThatTheScriptDoesNotNameAreWhereGnuLdPutsThem(String body) throws Exception {
    shop.write("own.ld", "SECTIONS { " + body + REST);
    for (int variables : new int[] {1, 3, 50}) {
      compileAll(variables);
      ImageText.agreed(shop, "-T", "own.ld", "all.o");
      assertThat(shop.run("program")).isEqualTo("exit 42");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MEMORY { rom (rx) : ORIGIN = 0x400000, LENGTH = 64K"
            + " ram (rw) : ORIGIN = 0x500000, LENGTH = 64K }"
            + " SECTIONS { .text : { *(.text) } > rom .data : { *(.nothing) } > ram AT> rom"
            + " .bss : { *(.bss) *(COMMON) } > ram",
        "PHDRS { text PT_LOAD FLAGS(5); data PT_LOAD FLAGS(6); note PT_NOTE FLAGS(4); }"
            + " SECTIONS { . = 0x400000; .text : { *(.text) } :text"
            + " .notes : { first = .; *(.note.*) last = .; } :text :note"
            + " . = ALIGN(4096); .data : { *(.data) } :data .bss : { *(.bss) *(COMMON) }",
        "PHDRS { text PT_LOAD; data PT_LOAD; note PT_NOTE; }"
            + " SECTIONS { . = 0x400000; .text : { *(.text) } :text"
            + " . = ALIGN(4096); .data : { *(.data) } :data .bss : { *(.bss) *(COMMON) }"
            + " .notes : { first = .; *(.note.*) last = .; } :data :note",
      })
  void sectionsThatTheScriptDoesNotNameAreInTheSegmentsOfThoseBefore(String script)
      throws Exception {
    shop.write("own.ld", script + REST);
    for (int variables : new int[] {1, 3, 50}) {
      compileAll(variables);
      ImageText.agreed(shop, "--build-id", "-T", "own.ld", "all.o");
    }
  }

  @Test
  void theBlockOfThreadLocalsStaysTogether() throws Exception {
    shop.write(
        "own.ld",
        "SECTIONS { . = 0x400000 + SIZEOF_HEADERS; .text : { *(.text) } . = ALIGN(4096);"
            + " .data : { *(.data) } .bss : { *(.bss) *(COMMON) } }");
    for (int value : new int[] {5, 6}) {
      shop.compile(
          "all.c",
          "__thread int zeros[3]; __thread int local = %d; int data = 1;".formatted(value)
              + " int main(void) { return local + zeros[2] + data; }",
          "-fno-pic");
      shop.ccQuietly("gcc", "-static", "all.o", "-o", "program", "-Wl,-T,own.ld");
      checks("exit " + (value + 1));
    }
  }
}
