package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scripts that say which sections of an object of objects are joined, as kernel modules have. */
class RelocatableScriptLinkTest {
  private static final String SCRIPT =
      """
      SECTIONS {
        /DISCARD/ : { *(.discard) *(.discard.*) }
        table 0 : ALIGN(64) { *(SORT(entry+*)) *(last) }
      }
      """;

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.write("module.lds", SCRIPT);
    shop.compile(
        "one.c",
        """
        #define IN(name) __attribute__((section(name), used))
        IN("last") static const char z = 'z';
        IN("entry+c") static const char c = 'c';
        IN("entry+a") static const char a = 'a';
        IN(".discard.text") static void gone(void) {}
        const char *pointer = &a;
        """);
    second("b");
  }

  private void second(String letter) throws Exception {
    shop.compile(
        "two.c",
        """
        #include <stdio.h>
        extern const char *pointer;
        __attribute__((section("entry+%1$s"), used)) static const char letter = '%1$s';
        int main(void) { printf("%%.4s %%d\\n", pointer, pointer[0]); return 0; }
        """
            .formatted(letter));
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void join() throws Exception {
    assertThat(shop.ld("-r", "-T", "module.lds", "one.o", "two.o", "-o", "both.o").status())
        .isZero();
    assertThat(shop.heard.messages()).isEmpty();
    assertThat(shop.pool.output(shop.path("both.o")).verify()).isEmpty();
  }

  @Test
  void sectionsAreJoinedInItsOrder() throws Exception {
    join();
    String sections = shop.tool("readelf", "-WS", "both.o");
    assertThat(sections).doesNotContain("entry+", " last ").containsPattern(" table .* 64\\n");
    assertThat(shop.tool("readelf", "-p", "table", "both.o")).contains("abcz");
    shop.ccQuietly("gcc", "both.o", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("abcz 97\nexit 0");

    second("d");
    join();
    assertThat(shop.tool("readelf", "-p", "table", "both.o")).contains("acdz");
  }

  @Test
  void sectionsAreLeftOut() throws Exception {
    join();
    assertThat(shop.tool("readelf", "-Ws", "both.o")).doesNotContain("gone");
    assertThat(shop.tool("readelf", "-WS", "both.o")).doesNotContain(".discard");
  }

  @Test
  void whatRefersToThemIsReported() throws Exception {
    shop.write("module.lds", "SECTIONS { /DISCARD/ : { *(entry+a) } }\n");
    assertThat(shop.ld("-r", "-T", "module.lds", "one.o", "-o", "one-less.o").status())
        .isEqualTo(1);
    assertThat(String.join("\n", shop.heard.messages()))
        .contains("relocation refers to a symbol in a discarded section: ");
  }

  @Test
  void whatHasNoEffectIsRefused() throws Exception {
    shop.write("module.lds", "NOCROSSREFS(table other)\n");
    assertThat(shop.ld("-r", "-T", "module.lds", "one.o", "-o", "x.o").status()).isEqualTo(1);
    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .contains("module.lds:1:")
        .contains("in a relocatable output this command of a script has no effect");
  }

  /** Symbols, numbers, gaps and rooms: the object is that of GNU ld. */
  @Test
  void statementsMakeSymbolsAndBytes() throws Exception {
    shop.write(
        "module.lds",
        """
        SECTIONS {
          table 0 : {
            start = .; *(entry+b) middle = .; BYTE(7) . = ALIGN(8); LONG(stop - start) FILL(0xab)
            . = ALIGN(32); *(SORT(entry+*)) PROVIDE(stop = .); PROVIDE(unasked = .);
            HIDDEN(inner = .); QUAD(inner - start)
          } =0x90
          after = .;
          .plt 0 : { BYTE(0) }
          .init.plt 0 (NOLOAD) : { BYTE(0) }
          none 0 : { first = .; *(nothing) last = .; }
          length = SIZEOF(table);
        }
        ASSERT(SIZEOF(table) < 64, "too much")
        """);
    shop.compile(
        "user.c",
        """
        #include <stdio.h>
        extern const char start[], middle[], stop[], after[], first[], last[], length[];
        int user(void) {
          for (const char *at = start; at < after; at++) printf("%02x", *at & 0xff);
          return printf(" %d %d %d %d\\n", (int)(middle - start), (int)(stop - start),
              (int)(last - first), (int)(long)length);
        }
        """,
        "-fno-pie");
    for (String letter : new String[] {"b", "d", "b"}) {
      second(letter);
      String[] link = {"-r", "-T", "module.lds", "one.o", "two.o", "user.o", "-o", "both.o"};
      assertThat(shop.ld(link).status()).as("%s", shop.heard.messages()).isZero();
      assertThat(shop.pool.output(shop.path("both.o")).verify()).isEmpty();
      String ours = shows("both.o");
      shop.tool("ld.bfd", "-r", "-T", "module.lds", "one.o", "two.o", "user.o", "-o", "both.o");
      assertThat(ours).isEqualTo(shows("both.o")).contains("ab616");
    }
  }

  /** What a program prints that the object is a part of. */
  private String shows(String object) throws Exception {
    String sections = shop.tool("readelf", "-WS", object);
    assertThat(sections).containsPattern("\\.plt +PROGBITS").containsPattern("init.plt +NOBITS");
    assertThat(shop.tool("readelf", "-Ws", object)).doesNotContain("unasked");
    shop.write("call.c", "int user(void); int main(void) { return user() > 0 ? 0 : 1; }");
    shop.tool("objcopy", "--redefine-sym", "main=other", object, "renamed.o");
    shop.tool("gcc", "-no-pie", "call.c", "renamed.o", "-o", "program");
    return shop.run("program");
  }

  @ParameterizedTest
  @CsvSource({
    "'SECTIONS { table : { *(last) . = 0; } }', cannot move location counter backwards",
    "'SECTIONS { table : { LONG(nothing) } }', undefined symbol `nothing' referenced",
    "'SECTIONS { table : { *(last) } } ASSERT(SIZEOF(table) == 5, \"five\")', five",
    "'SECTIONS { table : { . = 1 << 40; } }', cannot move location counter that far",
    "'MEMORY { ram : ORIGIN = 4, LENGTH = 2 } SECTIONS { table : { *(entry*) *(last) } > ram }', "
        + "section `table' will not fit in region `ram': region `ram' overflowed by 1 bytes",
    "'MEMORY { ram : ORIGIN = 4, LENGTH = 2 } SECTIONS { table 9 : { *(last) } > ram }', "
        + "address 0x9 of section `table' is not within region `ram'",
    "'SECTIONS { table : SUBALIGN(1 << 40) { *(last) } }', an alignment of 1099511627776 is too large",
    "'SECTIONS { table : { *(last) } > none }', memory region `none' not declared",
    "'SECTIONS { table : { . = first; } first = . + 1; }', the addresses of the script do not",
  })
  void faultsOfStatementsAreReported(String script, String message) throws Exception {
    shop.write("module.lds", script + "\n");
    assertThat(shop.ld("-r", "-T", "module.lds", "one.o", "-o", "x.o").status()).isEqualTo(1);
    assertThat(String.join("\n", shop.heard.messages())).contains(message);
  }
}
