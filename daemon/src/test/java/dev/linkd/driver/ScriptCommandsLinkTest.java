package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.LinkDriver.LinkExit;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands of linker scripts beside those that name sections and addresses. */
class ScriptCommandsLinkTest {
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

  /** A program without a C library that ends with what the expression gives. */
  private void bare(String declarations, String value) throws Exception {
    shop.compile(
        "main.c",
        declarations
            + "\nvoid _start(void) { __asm__ volatile(\"syscall\" :: \"a\"(60), \"D\"((long)("
            + value
            + "))); }\n",
        "-fno-pic",
        "-ffreestanding",
        "-fno-toplevel-reorder",
        "-fno-asynchronous-unwind-tables");
  }

  private int link(String script) throws Exception {
    shop.write("own.ld", script);
    return shop.ld("-static", "-T", "own.ld", "main.o", "-o", "program").status();
  }

  private void linkQuietly(String script) throws Exception {
    assertThat(link(script)).as("%s", shop.heard.messages()).isZero();
    assertThat(shop.heard.messages()).isEmpty();
  }

  private String symbol(String name) throws Exception {
    return shop.tool("nm", "program")
        .lines()
        .filter(line -> line.endsWith(" " + name))
        .findFirst()
        .orElse("");
  }

  @Test
  void theBuildIdCanBeDiscarded() throws Exception {
    String script =
        "SECTIONS { . = 0x401000; .text : { *(.text*) } .data : { *(.data*) }"
            + " /DISCARD/ : { *(.comment) %s } }";
    for (String discarded : new String[] {"*(.note*)", "*(.note.GNU-stack)", "*(.note*)"}) {
      bare("int value = 42;", "value + " + discarded.length());
      shop.write("own.ld", script.formatted(discarded));
      LinkExit exit =
          shop.cc(
              "gcc", "-static", "-nostdlib", "-Wl,--build-id,-T,own.ld", "main.o", "-o", "program");
      assertThat(exit.status()).isZero();
      boolean kept = !discarded.equals("*(.note*)");
      List<String> warnings =
          kept
              ? List.of()
              : List.of(
                  "warning: own.ld:1:1: .note.gnu.build-id section discarded, --build-id ignored");
      assertThat(shop.heard.messages()).isEqualTo(warnings);
      checks("exit " + (42 + discarded.length()));
      assertThat(shop.tool("readelf", "-nW", "program").contains("Build ID")).isEqualTo(kept);
    }
  }

  @Test
  void sectionsAreInsertedIntoTheUsualLayout() throws Exception {
    shop.compile(
        "main.c",
        """
        __attribute__((section(".extra"))) int extra[%d];
        extern char first[], last[];
        int main(void) { return last - first; }
        """
            .formatted(10));
    shop.write(
        "insert.ld",
        "SECTIONS { .extra : { first = .; KEEP(*(.extra)) last = .; } } INSERT AFTER .data;");
    for (String kind : new String[] {"-no-pie", "-pie"}) {
      shop.ccQuietly("gcc", kind, "main.o", "-Wl,-T,insert.ld", "-o", "program");
      checks("exit 40");
    }
    shop.compile(
        "main.c",
        """
        __attribute__((section(".extra"))) int extra[11];
        extern char first[], last[];
        int main(void) { return last - first; }
        """);
    shop.ccQuietly("gcc", "-pie", "main.o", "-Wl,-T,insert.ld", "-o", "program");
    checks("exit 44");

    shop.write("insert.ld", "SECTIONS { .extra : { *(.extra) } } INSERT BEFORE .nowhere;");
    assertThat(shop.cc("gcc", "main.o", "-Wl,-T,insert.ld", "-o", "program").status()).isEqualTo(1);
    assertThat(shop.heard.messages().toString()).contains(".nowhere not found for INSERT");
  }

  @Test
  void aScriptAddsToAnother() throws Exception {
    bare("__attribute__((section(\".extra\"))) int extra = 42;", "extra");
    shop.write("base.ld", "SECTIONS { . = 0x10000; .text : { *(.text*) } .data : { *(.data*) } }");
    shop.write("more.ld", "SECTIONS { .extra : { *(.extra) } } INSERT BEFORE .data;");
    assertThat(
            shop.ld("-static", "-T", "base.ld", "-T", "more.ld", "main.o", "-o", "program")
                .status())
        .isZero();
    checks("exit 42");
  }

  private static final String OVERLAY =
      """
      ENTRY(_start)
      SECTIONS
      {
        . = 0x8000;
        .text : { *(.text*) }
        OVERLAY 0x40000 : %s AT(0x20000) { .one { *(.one) } .two { *(.two) } }
        behind = .;
        .data : { *(.data*) }
        /DISCARD/ : { *(.comment) *(.note*) }
      }
      """;

  private static final String OVERLAID =
      """
      extern char __load_start_one[], __load_stop_one[], __load_start_two[];
      __attribute__((section(".one"))) int one(void) { return 1; }
      __attribute__((section(".two"))) int two(void) { return %s; }
      """;

  @Test
  void sectionsOfAnOverlayShareTheirAddresses() throws Exception {
    bare(OVERLAID.formatted("2"), "__load_start_two - __load_stop_one + 42");
    linkQuietly(OVERLAY.formatted(""));
    checks("exit 42");
    assertThat(symbol("one")).startsWith("0000000000040000");
    assertThat(symbol("two")).startsWith("0000000000040000");
    assertThat(symbol("__load_start_two")).startsWith("000000000002000");
    assertThat(shop.tool("readelf", "-lW", "program"))
        .containsPattern("LOAD +\\S+ 0x0+40000 0x0+20000 ")
        .containsPattern("LOAD +\\S+ 0x0+40000 0x0+2000[0-9a-f] ");

    bare(OVERLAID.formatted("1000 * (int)(long)one"), "__load_start_two - __load_stop_one + 42");
    linkQuietly(OVERLAY.formatted(""));
    checks("exit 42");
    assertThat(link(OVERLAY.formatted("NOCROSSREFS"))).isEqualTo(1);
    assertThat(shop.heard.messages().toString())
        .contains("prohibited cross reference from .two to `one' in .one");
  }

  @Test
  void sectionsMustNotReferToEachOther() throws Exception {
    bare("int value = 42;", "value");
    String script = "%s\nSECTIONS { . = 0x10000; .text : { *(.text*) } .data : { *(.data*) } }";
    linkQuietly(script.formatted("NOCROSSREFS(.text .rodata) NOCROSSREFS_TO(.text .data)"));
    checks("exit 42");
    for (String rule : new String[] {"NOCROSSREFS(.text .data)", "NOCROSSREFS_TO(.data .text)"}) {
      assertThat(link(script.formatted(rule))).isEqualTo(1);
      assertThat(shop.heard.messages().toString())
          .contains("prohibited cross reference from .text._start to `value' in .data");
    }
  }

  @Test
  void scriptsIncludeOthers() throws Exception {
    bare("int value = 42;", "value");
    shop.write("text.ld", ". = 0x10000; /* INCLUDE nothing */\n.text : { INCLUDE deep/inner.ld }");
    shop.write("deep/inner.ld", "*(.text*)");
    String script = "SECTIONS { INCLUDE text.ld .data : { *(.data*) } ENTRY(_start) }";
    linkQuietly(script);
    checks("exit 42");
    shop.write("text.ld", ". = 0x20000;\n.text : { INCLUDE \"deep/inner.ld\" }");
    linkQuietly(script);
    checks("exit 42");
    assertThat(symbol("_start")).startsWith("0000000000020000");

    shop.write("text.ld", "INCLUDE text.ld");
    assertThat(link(script)).isEqualTo(1);
    assertThat(shop.heard.messages().toString()).contains("INCLUDE is nested");
    assertThat(link("INCLUDE nowhere.ld")).isEqualTo(1);
    assertThat(shop.heard.messages().toString())
        .contains("cannot open linker script file nowhere.ld");
  }

  @Test
  void regionsHaveOtherNames() throws Exception {
    bare("int value = 42; extern char start[];", "value + ((long)start != 0x400000)");
    linkQuietly(
        """
        MEMORY { ROM : ORIGIN = 0x8000, LENGTH = 64K  RAM : ORIGIN = 0x400000, LENGTH = 64K }
        REGION_ALIAS("CODE", ROM)
        REGION_ALIAS("VALUES", RAM)
        start = ORIGIN(VALUES);
        SECTIONS
        {
          .text : { *(.text*) } >CODE
          .data : { *(.data*) } >VALUES AT>CODE
        }
        """);
    checks("exit 42");
    assertThat(symbol("value")).startsWith("0000000000400000");
  }

  @Test
  void aScriptNamesVersions() throws Exception {
    shop.compile("lib.c", "int shown(void) { return 1; } int kept(void) { return 2; }", "-fPIC");
    shop.write("versions.ld", "VERSION { V1 { global: shown; /* } */ local: *; }; }");
    for (int round = 0; round < 2; round++) {
      shop.ccQuietly("gcc", "-shared", "lib.o", "versions.ld", "-o", "libx.so");
      assertThat(shop.tool("readelf", "--dyn-syms", "-W", "libx.so"))
          .contains(" shown@@V1\n")
          .doesNotContain("kept");
    }
  }

  @Test
  void wildcardsAreSortedOnRequest() throws Exception {
    bare(
        """
        __attribute__((section(".data.b"))) char b = 1;
        __attribute__((section(".data.c"))) long c = 2;
        __attribute__((section(".data.a"))) int a = 3;
        """,
        "42");
    shop.write("own.ld", "SECTIONS { . = 0x10000; .text : { *(.text*) } .data : { *(.data.*) } }");
    assertThat(order("--sort-section=name")).isEqualTo("a b c");
    assertThat(order("--sort-section=alignment")).isEqualTo("c a b");
    assertThat(order("--sort-section=none")).isEqualTo("b c a");
    shop.write(
        "own.ld",
        "SECTIONS { . = 0x10000; .text : { *(.text*) } .data : { *(SORT_NONE(.data.*)) } }");
    assertThat(order("--sort-section=name")).isEqualTo("b c a");
    assertThat(shop.ld("main.o", "--sort-section=size", "-o", "program").status()).isEqualTo(1);
  }

  private String order(String option) throws Exception {
    assertThat(shop.ld("-static", "-T", "own.ld", option, "main.o", "-o", "program").status())
        .isZero();
    checks("exit 42");
    return String.join(
        " ",
        shop.tool("nm", "-n", "program")
            .lines()
            .map(line -> line.substring(line.lastIndexOf(' ') + 1))
            .filter(name -> name.matches("[abc]"))
            .toList());
  }

  @Test
  void anotherNameOfAFunctionIsAFunctionOfItsSection() throws Exception {
    shop.compile(
        "lib.c", "int first(void) { return 40; }\nint second(void) { return 2; }\n", "-fPIC");
    shop.compile(
        "main.c", "int other(void), next(void);\nint main(void) { return other() + next(); }\n");
    shop.write("names.ld", "other = first;\nnext = second + 0;\n");
    String[] library = {"gcc", "-shared", "names.ld", "lib.o", "-o", "libnames.so"};
    shop.ccQuietly(library);
    shop.ccQuietly("gcc", "main.o", "libnames.so", "-Wl,-rpath,$ORIGIN", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("readelf", "-W", "--dyn-syms", "libnames.so"))
        .containsPattern("FUNC +GLOBAL DEFAULT +[0-9]+ other\n")
        .doesNotContain(" ABS ");

    shop.compile(
        "lib.c",
        "static int pad(int x) { return x * x + 7; }\nint (*used)(int) = pad;\n"
            + "int first(void) { return used(0) - 5; }\nint second(void) { return 3; }\n",
        "-fPIC");
    shop.ccQuietly(library);
    assertThat(shop.run("program")).isEqualTo("exit 5");
    assertThat(shop.pool.output(shop.path("libnames.so")).verify()).isEmpty();
  }

  /** Kernels are in the upper 2 GiB, where code of the kernel model reaches its data. */
  @Test
  void programsThatStandAloneCanBeWhereKernelsAre() throws Exception {
    String source =
        """
        int data = 5;
        int zero;
        int (*pointer)(int);
        int add(int x) { return x + data + zero; }
        void _start(void) { pointer = add; zero = pointer(VALUE); }
        """;
    String[] options = {"-mcmodel=kernel", "-fno-pic", "-ffreestanding"};
    for (String value : new String[] {"3", "4"}) {
      shop.compile("kernel.c", source.replace("VALUE", value), options);
      assertThat(shop.ld("kernel.o", "-Ttext=0xffffffff80100000", "-o", "kernel").status())
          .isZero();
      assertThat(shop.heard.messages()).isEmpty();
      assertThat(shop.tool("nm", "kernel")).containsPattern("ffffffff801[0-9a-f]{5} D data");
      assertThat(shop.tool("readelf", "-WS", "kernel"))
          .containsPattern(" .text +PROGBITS +ffffffff80100000 ");
      assertThat(shop.pool.output(shop.path("kernel")).verify()).isEmpty();
      assertThat(shop.ld("kernel.o", "--image-base=0xffffffff80000000", "-o", "based").status())
          .isZero();
      assertThat(shop.tool("nm", "based")).containsPattern("ffffffff800[0-9a-f]{5} T add");
    }
    assertThat(shop.ld("kernel.o", "-pie", "--image-base=0xffffffff80000000", "-o", "x").status())
        .isEqualTo(1);
    assertThat(shop.heard.messages()).singleElement().asString().contains("upper 4 GiB");
  }

  @Test
  void anAddressOfTheCommandLineComesBeforeThatOfTheScript() throws Exception {
    shop.compile("own.c", "int data = 1;\nvoid _start(void) { data++; }\n", "-fno-pic");
    shop.write("own.ld", "SECTIONS { .text 0x10000 : { *(.text*) } .data : { *(.data*) } }\n");
    assertThat(shop.ld("-T", "own.ld", "own.o", "-Ttext=0x30000", "-o", "own").status()).isZero();
    assertThat(shop.tool("nm", "own"))
        .containsPattern("0+30000 T _start")
        .containsPattern("0+30[0-9a-f]{3} D data");
  }

  @Test
  void regionsOfMemoryAreReported() throws Exception {
    String script =
        """
        MEMORY
        {
          FLASH (rx) : ORIGIN = 0x400000, LENGTH = 64K
          RAM (rw) : ORIGIN = 0x500000, LENGTH = 1000
          FREE : ORIGIN = 0x600000, LENGTH = 2M
        }
        SECTIONS
        {
          .text : { . = . + SIZEOF_HEADERS; *(.text .text.*) . = ALIGN(4096); } > FLASH
          .data : { *(.data .data.*) } > RAM AT > FLASH
          .bss : { *(.bss .bss.*) } > RAM
          /DISCARD/ : { *(.note*) *(.eh_frame) *(.comment) }
        }
        """;
    shop.write("own.ld", script);
    for (int words : new int[] {4, 50}) {
      bare("int data[4] = {1, 2, 3, 42}, zeros[%d];".formatted(words), "data[3] + zeros[0]");
      assertThat(
              shop.ld("-T", "own.ld", "main.o", "-o", "program", "--print-memory-usage").status())
          .isZero();
      int used = words == 4 ? 32 : 32 + 200; // a large array is aligned to 32
      assertThat(shop.heard.output.toString())
          .startsWith("Memory region         Used Size  Region Size  %age Used\n")
          .containsPattern("           FLASH: +[0-9]+ B        64 KB +[0-9.]+%\n")
          .contains(
              "             RAM:  %10d B       1000 B    %6.2f%%\n".formatted(used, used / 10.0))
          .endsWith("            FREE:           0 B         2 MB      0.00%\n");
    }
  }

  /** As in GNU ld and lld, whatever the inputs contain. */
  @Test
  void whatIsNotLoadedHasNoBytes() throws Exception {
    String script =
        "SECTIONS { . = 0x400000; .text : { *(.text*) } . = ALIGN(4096); .data : { *(.data*) }"
            + " . = 0x500000; .lazy (NOLOAD) : { *(.lazy) } }";
    String lazy = "__attribute__((section(\".lazy\"))) void *lazy[%d] = {lazy};";
    bare(lazy.formatted(8) + " int data = 42;", "lazy[0] ? 1 : data");
    linkQuietly(script);
    checks("exit 42");
    assertThat(shop.tool("readelf", "-SW", "program"))
        .containsPattern("\\.lazy +NOBITS +0*500000 \\S+ 000040 ");

    bare(lazy.formatted(800) + " int data = 43;", "lazy[799] ? 1 : data");
    linkQuietly(script);
    checks("exit 43");
  }
}
