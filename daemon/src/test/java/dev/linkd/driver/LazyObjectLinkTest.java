package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects between {@code --start-lib} and {@code --end-lib}. */
class LazyObjectLinkTest {
  private static final String[] LINK = {
    "gcc", "main.o", "-Wl,--start-lib", "used.o", "loud.o", "-Wl,--end-lib", "always.o", "-oprogram"
  };

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("main.c", "int used(void);\nint main(void) { return used(); }\n");
    shop.compile("used.c", "int used(void) { return 42; }\n");
    loud("loud");
    loud("always");
  }

  private void loud(String name) throws Exception {
    shop.compile(
        name + ".c",
        "#include <stdio.h>\nint "
            + name
            + "_value;\n__attribute__((constructor)) static void start(void) { puts(\""
            + name
            + "\"); }\n");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private String linkAndRun(String... command) throws Exception {
    shop.ccQuietly(command);
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
    return shop.run("program");
  }

  @Test
  void anObjectIsTakenWhenItIsNeeded() throws Exception {
    assertThat(linkAndRun(LINK)).isEqualTo("always\nexit 42");

    shop.compile("used.c", "extern int loud_value;\nint used(void) { return loud_value + 7; }\n");
    assertThat(linkAndRun(LINK).lines()).containsExactlyInAnyOrder("loud", "always", "exit 7");

    shop.compile("used.c", "int used(void) { return 5; }\n");
    assertThat(linkAndRun(LINK)).isEqualTo("always\nexit 5");

    shop.compile("main.c", "int main(void) { return 1; }\n");
    assertThat(linkAndRun(LINK)).isEqualTo("always\nexit 1");
    assertThat(shop.tool("nm", "program")).doesNotContain(" used");
  }

  @Test
  void anObjectBecomesAnOrdinaryOne() throws Exception {
    assertThat(
            linkAndRun("gcc", "main.o", "used.o", "-Wl,--start-lib,loud.o,--end-lib", "-oprogram"))
        .isEqualTo("exit 42");

    assertThat(linkAndRun("gcc", "main.o", "used.o", "loud.o", "-oprogram"))
        .isEqualTo("loud\nexit 42");

    assertThat(
            linkAndRun("gcc", "main.o", "used.o", "-Wl,--start-lib,loud.o,--end-lib", "-oprogram"))
        .isEqualTo("exit 42");
  }

  @Test
  void theFirstThatDefinesTheNameIsTaken() throws Exception {
    shop.compile("other.c", "int used(void) { return 1; }\n");

    assertThat(
            linkAndRun(
                "gcc", "main.o", "-Wl,--start-lib,other.o,used.o,--end-lib", "-o", "program"))
        .isEqualTo("exit 1");
    assertThat(
            linkAndRun(
                "gcc", "main.o", "-Wl,--start-lib,used.o,other.o,--end-lib", "-o", "program"))
        .isEqualTo("exit 42");
  }

  @Test
  void aRelocatableOutputTakesThemWhenNeeded() throws Exception {
    assertThat(
            shop.ld("-r", "main.o", "--start-lib", "loud.o", "used.o", "--end-lib", "-o", "all.o")
                .status())
        .isZero();

    assertThat(shop.heard.messages()).isEmpty();
    assertThat(shop.tool("nm", "all.o")).contains("T used").doesNotContain("loud_value");
  }
}
