package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where linker scripts put the build id. */
class ScriptNotesLinkTest {
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".notes : { first = .; *(.note.*) last = .; } .text : { *(.text) }",
        ".notes : { first = .; *(.note.gnu.build-id) last = .; } .text : { *(.text) }",
        ".text : { *(.text) . = ALIGN(4); first = .; *(.note.gnu.build-id) last = .; }",
        ".text : { *(.text) } . = ALIGN(4); first = .; .note.gnu.build-id : { *(.note.gnu.build-id)"
            + " } last = .;",
        ".text : { *(.text) } .own : { LONG(1) first = .; *(.note*) last = .; . = ALIGN(64); }",
      })
  void theBuildIdIsInTheSectionThatTakesIt(String body) throws Exception {
    shop.write(
        "own.ld",
        "SECTIONS { . = 0x400000; "
            + body
            + " .data : { *(.data) } /DISCARD/ : { *(.comment) *(.note.gnu.prop*) *(.note.GNU*) }"
            + " }");
    String before = "";
    for (int notes = 1; notes < 4; notes++) {
      shop.compile(
          "main.c",
          """
          extern char first[], last[];
          int value = %d;
          __asm__(".section .note.own,\\"a\\",@note\\n.balign 4\\n"
                  ".rept %d\\n.long 4, 4, 7\\n.asciz \\"own\\"\\n.long 9\\n.endr\\n.previous");
          void _start(void) {
            __asm__ volatile("syscall" :: "a"(60), "D"(last - first + value));
          }
          """
              .formatted(notes, notes),
          "-fno-pic",
          "-ffreestanding",
          "-fno-data-sections",
          "-fno-function-sections",
          "-fno-asynchronous-unwind-tables");
      ImageText.agreed(shop, "--build-id", "-T", "own.ld", "main.o");
      int others = body.contains("first = .; *(.note.*)") || body.contains("*(.note*)") ? 20 : 0;
      assertThat(shop.run("program")).isEqualTo("exit " + (36 + notes + others * notes));
      if (!body.contains(".own :") && !body.startsWith(".text : { *(.text) . =")) {
        String identity = shop.tool("readelf", "-nW", "program").replaceAll("(?s).*Build ID", "");
        assertThat(identity).isNotEqualTo(before);
        before = identity;
      }
    }
  }
}
