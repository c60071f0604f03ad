package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first page holds the headers, and of the notes what it has room for. */
class FirstPageLinkTest {
  private static final String HEADERS = "LOAD +0x000000 0x0*400000 0x0*400000 0x001000 ";

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("main.c", "int main(void) { return 42; }\n");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  /** A note for the loader, with a text of so many bytes. */
  private void note(int bytes) throws Exception {
    shop.compile(
        "note.s",
        """
        .section .note.ABI-tag, "a", @note
        .p2align 2
        .long 4, BYTES, 99
        .asciz "own"
        .zero BYTES, 7
        .section .note.GNU-stack, "", @progbits
        """
            .replace("BYTES", Integer.toString(bytes)));
  }

  private void link(String... more) throws Exception {
    String[] command = {
      "gcc", "-no-pie", "main.o", "note.o", "-o", "program", "-Wl,--build-id=none"
    };
    if (more.length > 0) {
      command[6] = more[0];
    }
    shop.ccQuietly(command);
    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("readelf", "-lW", "program")).containsPattern(HEADERS);
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  private void assertNote(int bytes) throws Exception {
    assertThat(shop.tool("readelf", "-nW", "program"))
        .containsPattern("own +0x0*" + Integer.toHexString(bytes) + "\\s")
        .contains("NT_GNU_ABI_TAG");
  }

  @Test
  void largeNotesAreElsewhere() throws Exception {
    for (int bytes : new int[] {8, 64, 6000, 20000, 100, 8, 120}) {
      note(bytes);
      link();
      assertNote(bytes);
    }
  }

  @Test
  void aLongBuildIdIsElsewhere() throws Exception {
    note(8);
    link("-Wl,--build-id=0x" + "5a".repeat(3000));
    assertThat(shop.tool("readelf", "-nW", "program")).contains("5a".repeat(3000));
  }
}
