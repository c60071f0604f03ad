package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
