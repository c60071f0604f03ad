package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where messages say that a linker script is wrong. */
class ScriptPlacesLinkTest {
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

  private int link(String script) throws Exception {
    shop.write("own.ld", script);
    return shop.ld("-static", "-T", "own.ld", "main.o", "-o", "program").status();
  }

  @Test
  void faultsNameTheFileThatTheyAreIn() throws Exception {
    shop.compile("main.c", "void _start(void) {}", "-ffreestanding");
    shop.write("inner.ld", "a = 1;\n  UNKNOWN_ONE\n");
    assertThat(link("INCLUDE inner.ld")).isEqualTo(1);
    assertThat(shop.heard.messages().toString()).contains("inner.ld:2:3: ");

    shop.write("inner.ld", "a = 1;\nb = 2;\n");
    String script = "c = 3;\nINCLUDE inner.ld UNKNOWN_TWO";
    assertThat(link(script)).isEqualTo(1);
    assertThat(shop.heard.messages().toString()).contains("own.ld:2:18: ");

    shop.write("deep.ld", "ASSERT(1, \"fine\")\n\n ASSERT(0, \"not so\")");
    shop.write("inner.ld", "a = 1;\nINCLUDE deep.ld\n");
    assertThat(link("INCLUDE inner.ld")).isEqualTo(1);
    assertThat(shop.heard.messages().toString()).contains("deep.ld:3:").contains("not so");

    shop.write("second.ld", "/* more */\nASSERT(0, \"nor this\")");
    shop.write("first.ld", "a = 1;");
    int status = shop.ld("-T", "first.ld", "-T", "second.ld", "main.o", "-o", "program").status();
    assertThat(status).isEqualTo(1);
    assertThat(shop.heard.messages().toString()).contains("second.ld:2:").contains("nor this");
  }
}
