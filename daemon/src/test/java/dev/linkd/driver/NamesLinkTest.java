package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options that redirect, demand or rank names. */
class NamesLinkTest {
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

  private void verified(String... command) throws Exception {
    shop.ccQuietly(command);
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void aWrapperStandsBeforeTheFunction() throws Exception {
    String[] link = {
      "gcc", "main.o", "twice.o", "wrapper.o", "-Wl,--wrap=twice", "-Wl,--wrap,puts", "-oprogram"
    };
    shop.compile(
        "main.c",
        """
        #include <stdio.h>
        int twice(int);
        int main(void) { puts("main"); return twice(20); }
        """);
    shop.compile("twice.c", "int twice(int x) { return 2 * x; }\n");
    shop.compile(
        "wrapper.c",
        """
        int __real_twice(int);
        int __real_puts(const char *);
        int __wrap_puts(const char *text) { return __real_puts("wrapped"); }
        int __wrap_twice(int x) { return __real_twice(x) + 2; }
        """);

    verified(link);
    assertThat(shop.run("program")).isEqualTo("wrapped\nexit 42");

    shop.compile("twice.c", "int pad(void) { return 1; }\nint twice(int x) { return 3 * x; }\n");
    verified(link);
    assertThat(shop.run("program")).isEqualTo("wrapped\nexit 62");
  }

  @Test
  void anObjectUsesItsOwnDefinitionOfAWrappedFunction() throws Exception {
    shop.compile(
        "main.c",
        """
        int own(void);
        __attribute__((noinline)) int own(void) { return 42; }
        int __wrap_own(void) { return 1; }
        int main(void) { return own(); }
        """,
        "-O0");

    verified("gcc", "main.o", "-Wl,--wrap=own", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void aWrapperIsTakenFromAnArchive() throws Exception {
    shop.compile("main.c", "int value(void);\nint main(void) { return value(); }\n");
    shop.compile(
        "wrapper.c",
        "int __real_value(void);\nint __wrap_value(void) { return __real_value() + 1; }\n");
    shop.compile("value.c", "int value(void) { return 41; }\n");
    shop.tool("ar", "rcs", "libparts.a", "wrapper.o", "value.o");

    verified("gcc", "main.o", "libparts.a", "-Wl,--wrap=value", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 42");
  }

  @Test
  void aDemandedSymbolHasToBeDefined() throws Exception {
    shop.compile("main.c", "int main(void) { return 0; }\n");
    shop.compile(
        "loud.c",
        """
        #include <stdio.h>
        int loud;
        __attribute__((constructor)) static void at_start(void) { puts("loud"); }
        """);
    shop.tool("ar", "rcs", "libparts.a", "loud.o");
    verified("gcc", "main.o", "libparts.a", "-Wl,--require-defined=loud", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("loud\nexit 0");

    assertThat(shop.cc("gcc", "main.o", "-Wl,--require-defined=loud", "-oprogram").status())
        .isEqualTo(1);

    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .contains("undefined symbol: loud", "required symbol 'loud' not defined");
    assertThat(shop.run("program")).isEqualTo("loud\nexit 0");
  }

  @Test
  void aPatternTakesTheMembersThatMatch() throws Exception {
    shop.compile("main.c", "int main(void) { return 0; }\n");
    for (String name : new String[] {"plugin_a", "plugin_b", "other"}) {
      shop.compile(
          name + ".c",
          "#include <stdio.h>\nint "
              + name
              + ";\n__attribute__((constructor)) static void start(void) { puts(\""
              + name
              + "\"); }\n");
    }
    shop.tool("ar", "rcs", "libparts.a", "plugin_a.o", "plugin_b.o", "other.o");

    verified("gcc", "main.o", "libparts.a", "-Wl,--undefined-glob=plugin_*", "-o", "program");

    assertThat(shop.run("program").lines())
        .containsExactlyInAnyOrder("plugin_a", "plugin_b", "exit 0");
  }

  @Test
  void ofSeveralDefinitionsTheFirstCountsOnRequest() throws Exception {
    shop.compile("main.c", "int value(void);\nint main(void) { return value(); }\n");
    shop.compile("one.c", "int value(void) { return 1; }\n");
    shop.compile("two.c", "int value(void) { return 2; }\n");

    for (String option : new String[] {"--allow-multiple-definition", "-z,muldefs"}) {
      verified("gcc", "main.o", "one.o", "two.o", "-Wl," + option, "-o", "program");
      assertThat(shop.run("program")).isEqualTo("exit 1");
    }
    verified("gcc", "main.o", "two.o", "one.o", "-Wl,-z,muldefs", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 2");
    verified("gcc", "main.o", "one.o", "-Wl,-z,muldefs", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 1");

    String undone = "-Wl,-z,muldefs,--no-allow-multiple-definition";
    assertThat(shop.cc("gcc", "main.o", "one.o", "two.o", undone, "-oprogram").status())
        .isEqualTo(1);
    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .contains("duplicate symbol: value");
  }

  @Test
  void commonSymbolsAreReportedOnRequest() throws Exception {
    String[] link = {"gcc", "main.o", "other.o", "-Wl,--warn-common", "-o", "program"};
    shop.compile("main.c", "int shared;\nint main(void) { return shared; }\n", "-fcommon");
    shop.compile("other.c", "int shared;\nint other;\n", "-fcommon");
    assertThat(shop.cc(link).status()).isZero();
    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .contains("warning: multiple common symbols: shared", "main.o", "other.o");

    shop.compile("other.c", "int shared = 42;\n", "-fcommon");
    assertThat(shop.cc(link).status()).isZero();
    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .contains("warning: common symbol is defined elsewhere: shared");
    assertThat(shop.run("program")).isEqualTo("exit 42");
    String undone = "-Wl,--warn-common,--no-warn-common";
    shop.ccQuietly("gcc", "main.o", "other.o", undone, "-o", "program");

    shop.compile("other.c", "int another;\n", "-fcommon");
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit 0");
  }

  /** Strings without names are merged, and cannot be told from others. */
  @Test
  void aStringWithANameIsInTheSymbolTable() throws Exception {
    String source =
        """
        .globl main
        main: mov TEXT+2(%rip), %al
              movzbl %al, %eax
              ret
        .section .rodata.str1.1, "aMS", @progbits, 1
        other: .string "pad"
        text: .string "ab*"
        .section .note.GNU-stack, "", @progbits
        """;
    String[] link = {"gcc", "main.o", "-o", "program"};
    shop.compile("main.s", source.replace("TEXT", "text"));
    verified(link);
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("nm", "program"))
        .containsPattern(" r text\n")
        .containsPattern(" r other\n");

    shop.compile("main.s", source.replace("TEXT", "text").replace("pad", "longer pad"));
    verified(link);
    assertThat(shop.run("program")).isEqualTo("exit 42");
    shop.compile(
        "main.s", source.replace("TEXT", ".L1").replace("text:", ".L1:").replace("other:", ""));
    verified(link);
    assertThat(shop.run("program")).isEqualTo("exit 42");
  }
}
