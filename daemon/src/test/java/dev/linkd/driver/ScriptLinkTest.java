package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Linker scripts: images that they lay out, run and compared with what GNU ld makes of them. */
class ScriptLinkTest {

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

  private void verified(String output) throws Exception {
    assertThat(shop.pool.output(shop.path(output)).verify()).isEmpty();
  }

  private String said() {
    return String.join("\n", shop.heard.messages());
  }

  private void ldQuietly(String... words) throws Exception {
    shop.ld(List.of(words));
    assertThat(shop.heard.messages()).isEmpty();
  }

  private Map<String, Long> symbols(String file) throws Exception {
    Map<String, Long> symbols = new TreeMap<>();
    for (String line : shop.tool("nm", file).lines().toList()) {
      String[] words = line.trim().split(" ");
      if (words.length == 3) {
        symbols.put(words[2], Long.parseUnsignedLong(words[0], 16));
      }
    }
    return symbols;
  }

  /** A program with constructors, thread-locals and boundary symbols. */
  private void program(String values, String more) throws Exception {
    shop.compile(
        "main.c",
        """
        #include <stdio.h>
        #include <stdlib.h>
        __thread int local = 4;
        __thread long zero[4];
        int data[] = {%s};
        int bss[1000];
        const char *text = "const";
        extern char _end[], etext[], edata[], __bss_start[];
        %s
        __attribute__((constructor)) static void first(void) { bss[5] = 7; }
        int main(void) {
          zero[1] = 2;
          printf("%%d %%d %%s %%ld %%d%%d\\n", data[1], bss[5], text, local + zero[1],
                 (char *)main < etext, (char *)&bss[999] < _end && edata <= __bss_start);
          return 0;
        }
        """
            .formatted(values, more),
        "-fno-pie");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-static", "-no-pie"})
  void theUsualScriptOfGnuLdMakesProgramsThatRun(String kind) throws Exception {
    String verbose = shop.tool("ld.bfd", "--verbose");
    String[] parts = verbose.split("={20,}\n");
    shop.write("usual.ld", parts[1]);
    String[] link = {"gcc", kind, "main.o", "-o", "program", "-Wl,-T,usual.ld"};
    program("1, 2", "");
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("2 7 const 6 11\nexit 0");
    verified("program");

    program("1, 3, 5, 7", "int added(int x) { return x * 5; } int more[700] = {1}; int z[300];");
    assertThat(shop.ccQuietly(link).startOverReason()).isEmpty();
    assertThat(shop.run("program")).isEqualTo("3 7 const 6 11\nexit 0");
    verified("program");

    program("1, 4", "");
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("4 7 const 6 11\nexit 0");
    verified("program");
    assertThat(shop.tool("eu-readelf", "-lS", "program")).contains(".init_array");
    shop.tool("strip", "-o", "stripped", "program");
    assertThat(shop.run("stripped")).isEqualTo("4 7 const 6 11\nexit 0");
  }

  private static final String FIRMWARE =
      """
      ENTRY(reset)
      _estack = ORIGIN(RAM) + LENGTH(RAM);
      _stack_size = 0x400;
      MEMORY {
        FLASH (rx)  : ORIGIN = 0x08000000, LENGTH = %s
        RAM (xrw)   : ORIGIN = 0x20000000, LENGTH = 20K
      }
      SECTIONS {
        .vectors : { . = ALIGN(8); KEEP(*(.vectors)) . = ALIGN(8); } >FLASH
        .text : { . = ALIGN(4); *(.text) *(.text*) . = ALIGN(4); _etext = .; } >FLASH
        .rodata : { . = ALIGN(4); *(.rodata) *(.rodata*) . = ALIGN(4); } >FLASH
        _sidata = LOADADDR(.data);
        .data : {
          . = ALIGN(8); _sdata = .; *(.data) *(.data*) LONG(0x12345678) . = ALIGN(8);
          _edata = .;
        } >RAM AT> FLASH
        .bss : { _sbss = .; *(.bss) *(.bss*) *(COMMON) . = ALIGN(4); _ebss = .; } >RAM
        ._user_stack : { . = ALIGN(8); PROVIDE(end = .); . = . + _stack_size; } >RAM
        ASSERT(_estack > _ebss + %s, "no room for the stack")
        /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame) *(.unwanted) }
      }
      """;

  private void firmware(int size) throws Exception {
    shop.compile(
        "fw.c",
        """
        extern unsigned _sidata[], _sdata[], _edata[], _sbss[], _ebss[], _estack[], end[];
        volatile int initialized = 5;
        const char text[] = "firmware";
        static volatile int zeroes[%d];
        int drop __attribute__((section(".unwanted"))) = 1;
        void *use[] = {end, _sidata};
        void reset(void) {
          for (unsigned *s = _sidata, *d = _sdata; d < _edata;) *d++ = *s++;
          for (unsigned *d = _sbss; d < _ebss;) *d++ = 0;
          for (;;) zeroes[1] += initialized + text[2];
        }
        __attribute__((section(".vectors"), used)) static void *const vectors[] = {
            _estack, reset};
        """
            .formatted(size),
        "-ffreestanding",
        "-fno-pie");
  }

  @Test
  void firmwareHasTheAddressesThatGnuLdGivesIt() throws Exception {
    shop.write("fw.ld", FIRMWARE.formatted("64K", "0x400"));
    for (int size : new int[] {10, 300, 20}) {
      firmware(size);
      shop.tool("ld.bfd", "-T", "fw.ld", "fw.o", "-o", "gnu");
      ldQuietly("-T", "fw.ld", "fw.o", "-o", "fw");
      assertThat(symbols("fw")).isEqualTo(symbols("gnu"));
      verified("fw");
      shop.tool("objcopy", "-O", "binary", "-j", ".vectors", "-j", ".data", "fw", "ours.bin");
      shop.tool("objcopy", "-O", "binary", "-j", ".vectors", "-j", ".data", "gnu", "gnu.bin");
      assertThat(shop.path("ours.bin")).hasSameBinaryContentAs(shop.path("gnu.bin"));
    }
    assertThat(shop.tool("nm", "fw")).doesNotContain("drop");
  }

  @Test
  void collectedSectionsStayWhereTheScriptSaysKeep() throws Exception {
    shop.write(
        "keep.ld",
        """
        ENTRY(_start)
        SECTIONS {
          . = 0x10000000 + SIZEOF_HEADERS;
          .first : { KEEP(*(.vectors)) *(.text.main) *(.text.late*) *(.text*) }
          .rodata : { *(.rodata*) }
          .data : { *(.data*) }
          .bss : { *(.bss*) *(COMMON) }
          /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame) }
        }
        """);
    String[] link = {"--gc-sections", "-T", "keep.ld", "gc.o", "-o", "gc"};
    collectable("status = 3;");
    ldQuietly(link);
    assertThat(shop.run("gc")).isEqualTo("exit 3");
    assertThat(symbols("gc")).containsKey("vectors").doesNotContainKeys("late", "unused");
    verified("gc");

    collectable("status = late();");
    ldQuietly(link);
    assertThat(shop.run("gc")).isEqualTo("exit 42");
    Map<String, Long> symbols = symbols("gc");
    assertThat(symbols).containsKeys("vectors", "late").doesNotContainKey("unused");
    assertThat(symbols.get("vectors")).isLessThan(symbols.get("late"));
    assertThat(symbols.get("late")).isLessThan(symbols.get("_start"));
    verified("gc");

    collectable("status = 4;");
    ldQuietly(link);
    assertThat(shop.run("gc")).isEqualTo("exit 4");
    assertThat(symbols("gc")).containsKey("vectors").doesNotContainKeys("late", "unused");
    verified("gc");
  }

  private void collectable(String statement) throws Exception {
    shop.compile(
        "gc.c",
        """
        __attribute__((section(".vectors"), used)) const long vectors[] = {1, 2, 3};
        __attribute__((noinline)) int late(void) { return 42; }
        int unused(void) { return 1; }
        void _start(void) {
          int status;
          %s
          __asm__ volatile("syscall" : : "a"(60), "D"(status));
        }
        """
            .formatted(statement),
        "-ffreestanding",
        "-fno-pie",
        "-O1",
        "-ffunction-sections");
  }

  @Test
  void assertionsAndFullRegionsAreReportedAndCanBeRepaired() throws Exception {
    shop.write("fw.ld", FIRMWARE.formatted("64K", "0x400"));
    firmware(4900);
    shop.ld(List.of("-T", "fw.ld", "fw.o", "-o", "fw"));
    assertThat(said()).contains("no room for the stack").contains("fw.ld:19:3");
    assertThat(said()).contains("region `RAM' overflowed by");
    assertThat(Files.exists(shop.path("fw"))).isFalse();

    shop.write("fw.ld", FIRMWARE.formatted("32", "0x400"));
    firmware(10);
    shop.ld(List.of("-T", "fw.ld", "fw.o", "-o", "fw"));
    assertThat(said()).contains("section `.text' will not fit in region `FLASH'");

    shop.write("fw.ld", FIRMWARE.formatted("64K", "0x400"));
    ldQuietly("-T", "fw.ld", "fw.o", "-o", "fw");
    verified("fw");
  }

  private static final String KERNEL =
      """
      OUTPUT_FORMAT("elf64-x86-64")
      ENTRY(_start)
      PHDRS {
        text PT_LOAD FILEHDR PHDRS FLAGS(5);
        data PT_LOAD FLAGS(6);
        stack PT_GNU_STACK FLAGS(6);
      }
      SECTIONS {
        . = 0x10000000 + SIZEOF_HEADERS;
        .text : { *(.text.boot) *(.text .text.*) } :text =0xcc
        .rodata : {
          *(.rodata*)
          table = .; *(SORT_BY_NAME(.table.*)) table_end = .;
          BYTE(0x11) QUAD(ADDR(.data))
        }
        . = ALIGN(0x1000);
        .data : { *(.data*) } :data
        .bss : { *(.bss*) *(COMMON) }
        kernel_end = .;
        size_of_data = SIZEOF(.data);
        largest = MAX(SIZEOF(.data), DEFINED(nothing) ? 1 : 3);
        /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame) }
      }
      """;

  private void kernel(String table) throws Exception {
    shop.write(
        "k.s",
        """
        .globl _start
        .section .text.boot,"ax"
        _start: mov $60, %%eax
         movzbl table, %%edi
         add $table_end, %%edi
         sub $table, %%edi
         cmpl $0, zero
         jne 1f
         cmpb $0x11, table_end
         jne 1f
         cmpq $value, table_end + 1
         jne 1f
         syscall
        1: hlt
        %s
        .data
        value: .long 40
        .bss
        zero: .zero 100
        """
            .formatted(table));
    shop.tool("as", "k.s", "-o", "k.o");
  }

  @Test
  void aKernelHasTheProgramHeadersThatItDeclares() throws Exception {
    shop.write("k.ld", KERNEL);
    kernel(".section .table.2,\"a\"; .byte 2\n.section .table.1,\"a\"; .byte 40");
    ldQuietly("-T", "k.ld", "k.o", "-o", "kernel");
    assertThat(shop.run("kernel")).isEqualTo("exit 42");
    verified("kernel");
    List<String> headers =
        shop.tool("readelf", "-Wl", "kernel")
            .lines()
            .map(String::trim)
            .filter(line -> line.startsWith("LOAD") || line.startsWith("GNU_"))
            .toList();
    assertThat(headers).hasSize(3);
    assertThat(headers.getFirst()).matches("LOAD +0x000000 0x0000000010000000 .* R E 0x1000");
    assertThat(headers.get(1)).matches("LOAD +0x001000 0x0000000010001000 .* 0x000068 RW .*");
    assertThat(symbols("kernel"))
        .containsEntry("size_of_data", 4L)
        .containsEntry("largest", 4L)
        .containsEntry("kernel_end", 0x10001068L);

    kernel(".section .table.0,\"a\"; .byte 7, 7\n.section .table.1,\"a\"; .byte 40, 1, 2");
    ldQuietly("-T", "k.ld", "k.o", "-o", "kernel");
    assertThat(shop.run("kernel")).isEqualTo("exit 12");
    verified("kernel");
  }

  @Test
  void aScriptMayOnlyDefineSymbols() throws Exception {
    shop.compile(
        "main.c",
        "extern int alias; extern char number[]; int value = 3, other = 30;\n"
            + "extern int given;\n"
            + "int main(void) { return alias + (int)(long)number + (given == 30); }\n",
        "-fno-pie");
    shop.write("names.ld", "alias = value; number = 0x10 + 2 * 4; PROVIDE(given = other);");
    String[] link = {"gcc", "-no-pie", "main.o", "names.ld", "-o", "program"};
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit 28");
    verified("program");

    shop.write("names.ld", "alias = other; number = 0x10 + 2 * 4; PROVIDE(given = value);");
    assertThat(shop.ccQuietly(link).startOverReason()).isEqualTo("FILE_CHANGED");
    assertThat(shop.run("program")).isEqualTo("exit 54");
    verified("program");
  }

  @Test
  void symbolsFollowWhatTheyAreCountedFrom() throws Exception {
    shop.write("names.ld", "behind = value + 4;");
    String main = "extern int behind; int main(void) { return behind; }\n";
    shop.compile("main.c", main, "-fPIE");
    String[] link = {"gcc", "-pie", "main.o", "v.o", "names.ld", "-o", "program"};
    shop.compile("v.c", "int value[] = {1, 2};\n", "-fPIE");
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit 2");
    shop.compile("v.c", "int before[100] = {9}; int value[] = {1, 5, 3};\n", "-fPIE");
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit 5");
    verified("program");
  }

  @Test
  void faultsOfScriptsNameTheirPlace() throws Exception {
    shop.compile("main.c", "int main(void) { return 0; }\n");
    shop.write("bad.ld", "SECTIONS {\n  .text : { *(.text }\n}\n");
    shop.ld(List.of("-T", "bad.ld", "main.o", "-o", "program"));
    assertThat(said()).contains("bad.ld:2:");
    shop.write("bad.ld", "x = 1;\ny = nothing + 1;\n");
    shop.ld(List.of("-T", "bad.ld", "main.o", "-e", "main", "-o", "program"));
    assertThat(said())
        .contains("bad.ld:2:5")
        .contains("undefined symbol `nothing' referenced in expression");
    shop.write("bad.ld", "SECTIONS { .text : { *(.text*) . = 0; } }");
    shop.ld(List.of("-T", "bad.ld", "main.o", "-e", "main", "-o", "program"));
    assertThat(said()).contains("cannot move location counter backwards");
    shop.write("bad.ld", "SECTIONS { .text 0x1000 : { *(.text*) } .data 0x1001 : { LONG(1) } }");
    shop.ld(List.of("-T", "bad.ld", "main.o", "-e", "main", "-o", "program"));
    assertThat(said()).contains("section .data LMA").contains("overlaps section .text LMA");
  }
}
