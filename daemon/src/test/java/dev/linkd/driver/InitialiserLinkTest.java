package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order in which functions run before and after main. */
class InitialiserLinkTest {
  private static final String START =
      """
      #include <stdio.h>
      #define RUN(name, section_name) \\
        static void name(void) { printf(#name " "); } \\
        __attribute__((section(section_name), used)) static void (*name##_entry)(void) = name;
      """;

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
  @ValueSource(strings = {"-pie", "-static"})
  void oldAndNewArraysAreOneOrder(String kind) throws Exception {
    shop.compile(
        "first.c",
        START
            + """
            RUN(first, ".preinit_array")
            RUN(late, ".init_array")
            RUN(early, ".init_array.00100")
            RUN(third, ".ctors.65235")
            RUN(last_old, ".dtors")
            RUN(last_new, ".fini_array.00100")
            int main(void) { printf("main "); return 0; }
            """);
    shop.compile(
        "second.c",
        START
            + """
            RUN(second, ".init_array.200")
            RUN(latest, ".ctors")
            RUN(ending, ".dtors.65335")
            """);
    String[] link = {"gcc", kind, "first.o", "second.o", "-o", "program"};
    shop.ccQuietly(link);
    assertThat(shop.run("program"))
        .isEqualTo("first early second third late latest main last_old ending last_new exit 0");
    assertThat(shop.tool("readelf", "-SW", "program")).doesNotContainPattern(" \\.[cd]tors ");

    shop.compile("second.c", START + "RUN(again, \".ctors.65485\")\n");
    assertThat(shop.ccQuietly(link).startOverReason()).isEmpty();
    assertThat(shop.run("program"))
        .isEqualTo("first again early third late main last_old last_new exit 0");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  /** The table of a file was run from its end. */
  @Test
  void anOldTableRunsBackwards() throws Exception {
    String text =
        START
            + """
            static void one(void) { printf("one "); }
            static void two(void) { printf("two "); }
            static void three(void) { printf("three "); }
            __attribute__((section(".ctors"), used)) void (*table[])(void) = {%s};
            int main(void) { return table[0] == one; }
            """;
    String[] link = {"gcc", "main.o", "-o", "program"};
    shop.compile("main.c", text.formatted("one, two, three"));
    shop.ccQuietly(link);
    assertThat(shop.run("program")).startsWith("three two one exit");

    shop.compile("main.c", text.formatted("three, one"));
    shop.ccQuietly(link);
    assertThat(shop.run("program")).startsWith("one three exit");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void oldNamesWithoutANumberAreOrdinarySections() throws Exception {
    shop.compile(
        "main.c",
        START + "RUN(never, \".ctors.late\")\nint main(void) { return never_entry == never; }\n");
    shop.ccQuietly("gcc", "main.o", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 1");
  }
}
