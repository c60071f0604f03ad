package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The symbol that an output starts at. */
class EntryLinkTest {
  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  /** GNU ld misses the entry of a library only when {@code -e} names it. */
  @Test
  void aLibraryNeedsNotHaveTheEntryOfItsScript() throws Exception {
    String warning = "warning: cannot find entry symbol absent; not setting start address";
    shop.compile("f.c", "int f(void) { return 3; }\n", "-fPIC");
    shop.write("entry.ld", "ENTRY(absent)\n");
    shop.write("layout.ld", "ENTRY(absent) SECTIONS { .text : { *(.text*) } }\n");
    for (String script : List.of("entry.ld", "-Tlayout.ld")) {
      assertThat(shop.ld("-shared", "f.o", script, "-o", "libf.so").status()).isZero();
      assertThat(shop.heard.messages()).isEmpty();
      assertThat(shop.ld("-shared", "f.o", script, "-e", "absent", "-o", "libf.so").status())
          .isZero();
      assertThat(shop.heard.messages()).containsExactly(warning);
      assertThat(shop.ld("f.o", script, "-o", "program").status()).isZero();
      assertThat(shop.heard.messages()).contains(warning);
    }
    shop.write("entry.ld", "ENTRY(f)\n");
    shop.ld("-shared", "f.o", "entry.ld", "-o", "libf.so");
    assertThat(shop.tool("readelf", "-h", "libf.so"))
        .doesNotContainPattern("Entry point address: +0x0\n");
  }
}
