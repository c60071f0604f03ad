package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Linker scripts as firmware, boot loaders and kernels have them, beside GNU ld. */
class SystemScriptsLinkTest {
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

  private static String resource(String name) throws Exception {
    Path file = Path.of(SystemScriptsLinkTest.class.getResource("/scripts/" + name).toURI());
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  private void compile(String options, int counter, int table, int extra) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                "-ffreestanding",
                "-fno-data-sections",
                "-fno-function-sections",
                "-fno-stack-protector",
                "-fcf-protection=none",
                "-fno-asynchronous-unwind-tables",
                // GNU ld puts merged strings where the first of them are, linkd behind the others.
                "-fno-merge-constants",
                "-mno-red-zone",
                "-mno-sse",
                "-DCOUNTER=" + counter,
                "-DTABLE=" + table,
                "-DEXTRA=" + extra));
    words.addAll(List.of(options.split(" ")));
    shop.compile("system.c", resource("system.c"), words.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "flash, -fno-pic, --gc-sections",
    "loader, -fno-pic, --no-undefined",
    "kernel, -fno-pic -mcmodel=kernel, --build-id -z max-page-size=0x200000",
    "sector, -fno-pic, --no-undefined",
    "half, -fno-pic -mcmodel=large, -z max-page-size=0x1000",
  })
  void imagesAreThoseOfGnuLd(String script, String options, String words) throws Exception {
    shop.write("own.ld", resource(script + ".ld"));
    List<String> link = new ArrayList<>(List.of(words.split(" ")));
    link.addAll(List.of("-T", "own.ld", "system.o"));
    int[][] edits = {{1, 4, 0}, {2, 4, 0}, {2, 4, 7}, {3, 7, 70000}, {5, 30, 1}};
    for (int[] edit : edits) {
      compile(options, edit[0], edit[1], edit[2]);
      ImageText.agreed(shop, link.toArray(String[]::new));
    }
    if (!script.equals("kernel")) {
      // The same addresses and the same inputs: what is loaded is the same, but for gaps in code.
      shop.tool("objcopy", "-O", "binary", "-j", ".rodata", "program", "program.bin");
      shop.tool("objcopy", "-O", "binary", "-j", ".rodata", "reference", "reference.bin");
      assertThat(shop.path("program.bin")).hasSameBinaryContentAs(shop.path("reference.bin"));
    }
  }

  @Test
  void symbolsOfEmptySectionsAreWhereTheseWouldBe() throws Exception {
    shop.write(
        "own.ld",
        """
        MEMORY
        {
          rom (rx) : ORIGIN = 0x400000, LENGTH = 64K
          ram (rw) : ORIGIN = 0x500000, LENGTH = 64K
        }
        SECTIONS
        {
          start = .;
          .text : { *(.head.text) *(.text*) } > rom
          .rodata : { *(.rodata*) *(.isr_vector) } > rom
          .initcalls : { __initcall_start = .; KEEP(*(.init*)) __initcall_end = .; } > rom
          .empty : ALIGN(256) { begin = .; *(.nothing) end = .; } > ram AT> rom
          behind = .;
          .data : { *(.data*) *(.table*) *(.RamFunc) } > ram AT> rom
          .bss : { *(.bss*) *(COMMON) } > ram
          .other : { other = .; *(.nothing) } > rom
          address = ADDR(.empty); stop = ADDR(.other) + SIZEOF(.other);
          /DISCARD/ : { *(.comment) *(.note*) *(.exit.text) }
        }
        """);
    for (int table : new int[] {4, 40, 50}) {
      compile("-fno-pic", 1, table, 0);
      ImageText.agreed(shop, "-T", "own.ld", "system.o");
    }
  }

  @Test
  void aLoaderThatMovesItselfHasItsZerosOnTopOfOtherThings() throws Exception {
    shop.write("own.ld", resource("loader.ld"));
    for (int table : new int[] {4, 40, 8}) {
      compile("-fpic -fvisibility=hidden", 1, table, 0);
      int status =
          shop.ld("-pie", "--no-dynamic-linker", "-T", "own.ld", "system.o", "-o", "program")
              .status();
      assertThat(status).as("%s", shop.heard.messages()).isZero();
      assertThat(shop.heard.messages()).isEmpty();
      assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
      String sections = shop.tool("readelf", "-SW", "program");
      assertThat(sections)
          .containsPattern("\\.bss +PROGBITS .* W ")
          .containsPattern("\\.dynsym +DYNSYM +0{16} .* [^A ]* ");
    }
  }
}
