package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Types of output sections in linker scripts, beside GNU ld. */
class ScriptSectionTypesLinkTest {
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

  private void compile(int info, int value) throws Exception {
    shop.compile(
        "main.c",
        """
        int counter = %d; int zero[10];
        __attribute__((section(".info"))) int info[%d] = {1, 2, 3, 4};
        __attribute__((section(".more"))) int more[4] = {5, 6, 7, 8};
        extern char end_of_info[];
        void _start(void) {
          long status = counter + (end_of_info - (char *) info) / 4;
          __asm__ volatile("syscall" :: "a"(60), "D"(status));
        }
        """
            .formatted(value, info),
        "-fno-pic",
        "-ffreestanding",
        "-fno-asynchronous-unwind-tables");
  }

  private String link() throws Exception {
    return ImageText.agreed(shop, "-T", "own.ld", "main.o");
  }

  private void checks(String exit) throws Exception {
    assertThat(shop.run("program")).isEqualTo(exit);
  }

  private static final String SCRIPT =
      """
      SECTIONS
      {
        . = 0x400000;
        .text : { *(.text*) }
        .data : { *(.data*) }
        .info TYPE : { *(.info) BYTE(1) . += 15; }
        end_of_info = .;
        .more TYPE : { *(.more) . = ALIGN(64); }
        .bss . TYPE : { *(.bss*) *(COMMON) }
        behind = .;
        .own : { LONG(7) }
        /DISCARD/ : { *(.comment) *(.note*) }
      }
      """;

  @ParameterizedTest
  @ValueSource(strings = {"NOLOAD", "COPY", "INFO", "OVERLAY", "DSECT", "READONLY"})
  void sectionsHaveAddressesAndAreLoadedAsTheirTypeSays(String type) throws Exception {
    shop.write("own.ld", SCRIPT.replace("TYPE", "(" + type + ")"));
    compile(4, 10);
    String image = link();
    boolean loaded = type.equals("NOLOAD") || type.equals("READONLY");
    assertThat(image).containsPattern("\\.info .* " + (loaded ? "W?A " : "W "));
    // What is not loaded is not there when a program refers to it; this one only compares.
    checks("exit 18");

    compile(40, 11);
    link();
    checks("exit 55");
  }

  @Test
  void sectionsThatAreNotLoadedMayBeAnywhere() throws Exception {
    shop.write(
        "own.ld",
        """
        SECTIONS
        {
          . = 0x400000;
          .text : { *(.text*) }
          .data : { *(.data*) . = ALIGN(32); start_of_zeros = .; }
          .own : { QUAD(1) QUAD(2) end_of_info = . + 8; }
          .bss start_of_zeros (OVERLAY) : { *(.bss*) *(COMMON) }
          .info 0 (INFO) : { *(.info) }
          /DISCARD/ : { *(.comment) *(.note*) *(.more) }
        }
        """);
    for (int bytes : new int[] {4, 40, 8}) {
      compile(bytes, 10);
      link();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHT_PROGBITS", "SHT_STRTAB", "SHT_INIT_ARRAY", "0x60000001"})
  void whatOnlyTheScriptContainsHasTheTypeThatItSays(String type) throws Exception {
    String script =
        """
        SECTIONS
        {
          . = 0x400000;
          .text : { *(.text*) }
          .own (TYPE = NAME) : { QUAD(1) }
          .constant (READONLY (TYPE = NAME)) : { QUAD(2) }
          .data (READONLY (TYPE = NAME)) : { *(.data*) }
          .info (TYPE = NAME) : { LONG(1) *(.info) }
          end_of_info = .;
          /DISCARD/ : { *(.comment) *(.note*) }
        }
        """;
    shop.write("own.ld", script.replace("NAME", type));
    compile(4, 10);
    link();
    checks("exit 14");
    compile(6, 10);
    link();
    checks("exit 16");
  }
}
