package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Symbols that a linker script provides when something refers to them. */
class ScriptProvidedLinkTest {
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

  private static final String SCRIPT =
      """
      SECTIONS
      {
        . = 0x400000;
        .text : { *(.text*) PROVIDE(etext_of_own = .); }
        PROVIDE(one = first);
        PROVIDE_HIDDEN(two = second + 4);
        PROVIDE(further = two + 4);
        PROVIDE(absent = never_defined);
        PROVIDE(circle = circular); PROVIDE(circular = circle);
        PROVIDE(own = first);
        .data : { *(.data*) }
        /DISCARD/ : { *(.comment) *(.note*) }
      }
      """;

  /** What a link collects that refers to a symbol; {@code verify} compares with a new link. */
  private void link(String symbol, String exit, String... present) throws Exception {
    shop.compile(
        "main.c",
        """
        int first[4] = {1, 2, 3, 4}; int second[4] = {5, 6, 7, 8};
        int own = 9; extern int %s[];
        void _start(void) { __asm__ volatile("syscall" :: "a"(60), "D"(%s[0])); }
        """
            .formatted(
                symbol.equals("own") ? "unused" : symbol, symbol.equals("own") ? "(&own)" : symbol),
        "-fno-pic",
        "-ffreestanding",
        "-fno-asynchronous-unwind-tables");
    int status = shop.ld("--gc-sections", "-T", "own.ld", "main.o", "-o", "program").status();
    assertThat(status).as("%s", shop.heard.messages()).isZero();
    assertThat(shop.run("program")).isEqualTo(exit);
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
    assertThat(shop.tool("nm", "--format=just-symbols", "program").lines())
        .containsExactlyInAnyOrder(present);
  }

  @Test
  void theyKeepWhatTheyAreMadeOfOnlyWhenTheyAreNeeded() throws Exception {
    shop.write("own.ld", SCRIPT);
    link("own", "exit 9", "_start", "own");
    link("one", "exit 1", "_start", "one", "first");
    link("two", "exit 6", "_start", "two", "second");
    link("own", "exit 9", "_start", "own");
    link("further", "exit 7", "_start", "further", "two", "second");
    link("second", "exit 5", "_start", "second");
    link("one", "exit 1", "_start", "one", "first");
  }
}
