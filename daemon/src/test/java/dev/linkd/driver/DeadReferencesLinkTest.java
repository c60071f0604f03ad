package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What sections that are not loaded say of code that was not linked. */
class DeadReferencesLinkTest {
  private static final String OPTION = "dead-reloc-in-nonalloc=";

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

  private void link(String linker, String output, String... more) throws Exception {
    List<String> words = new ArrayList<>(List.of("--gc-sections", "main.o", "-o", output));
    words.addAll(List.of(more));
    if (linker.isEmpty()) {
      assertThat(shop.ld(words).status()).as("%s", shop.heard.messages()).isZero();
      assertThat(shop.heard.messages()).isEmpty();
      assertThat(shop.pool.output(shop.path(output)).verify()).isEmpty();
    } else {
      words.addFirst(linker);
      assertThat(shop.tool(words.toArray(String[]::new))).isEmpty();
    }
  }

  private String contents(String file, String section) throws Exception {
    return shop.tool("objdump", "-s", "-j", section, file).replaceFirst("(?s).*:\n", "");
  }

  @Test
  void theyHaveTheValueThatIsAskedFor() throws Exception {
    String code =
        """
        __asm__(".section .debug_own,\\"\\",@progbits\\n.quad dead+8, %1$s\\n.long dead\\n"
                ".section .debug_ranges,\\"\\",@progbits\\n.quad dead, %1$s\\n"
                ".section .own,\\"\\",@progbits\\n.quad %1$s, dead\\n.text");
        int live(void) { return 1; }
        int dead(void) { return 2; }
        void _start(void) { live(); }
        """;
    String[][] choices = {
      {"-z", OPTION + ".debug_*=0xfffffffe"},
      {"-z", OPTION + ".debug_*=0x7ffffffe", "-z", OPTION + ".own=17"},
      {"-z", OPTION + ".debug_own=1", "-z", OPTION + ".debug_*=0"},
      {},
    };
    for (String[] choice : choices) {
      for (String named : List.of("dead", "live", "dead")) {
        shop.compile("main.c", code.formatted(named), "-fno-asynchronous-unwind-tables");
        link("", "program", choice);
        link("ld.lld", "reference", choice);
        // The addresses of what is there are different.
        String section = named.equals("dead") ? ".debug_own" : ".debug_ranges";
        int words = named.equals("dead") ? 40 : 17;
        assertThat(contents("program", section).substring(0, words))
            .isEqualTo(contents("reference", section).substring(0, words));
        if (named.equals("dead") && choice.length > 0) {
          assertThat(contents("program", ".own")).isEqualTo(contents("reference", ".own"));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".debug_info", "=1", ".debug_info=", ".debug_info=x", "a=-1"})
  void anythingElseIsRefused(String value) throws Exception {
    shop.compile("main.c", "void _start(void) {}");
    assertThat(shop.ld("main.o", "-o", "x", "-z", OPTION + value).status()).isEqualTo(1);
    assertThat(String.join("\n", shop.heard.messages()))
        .contains("-z dead-reloc-in-nonalloc: expected SECTIONS=VALUE instead of '" + value + "'");
  }
}
