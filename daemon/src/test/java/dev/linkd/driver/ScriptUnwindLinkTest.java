package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where linker scripts put the records of {@code .eh_frame}, and what the symbols beside them say.
 */
class ScriptUnwindLinkTest {
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

  /** A program with more functions, of which one is a signal handler's, whose CIE is another. */
  private void compile(int functions) throws Exception {
    StringBuilder text = new StringBuilder("#include <stdexcept>\n");
    for (int i = 0; i < functions; i++) {
      text.append(
          "int f%1$d(int x) { if (x > 9) throw std::runtime_error(\"\"); return x; }\n"
              .formatted(i));
    }
    if (functions > 2) {
      text.append(
          "__asm__(\".text\\n.type s, @function\\ns: .cfi_startproc\\n.cfi_signal_frame\\nret\\n"
              + ".cfi_endproc\\n.size s, .-s\");\n");
    }
    text.append(
        """
        extern char first[], last[], past[];
        static unsigned length(const char *at) { return *(const unsigned *)at; }
        /* The records fill the range, a CIE comes first, and the data of the script follows. */
        static int records() {
          const char *at = first;
          int count = 0;
          if (length(at + 4) != 0) return 1;
          for (; at < last && length(at) != 0; at += 4 + length(at)) {
            count += length(at + 4) != 0;
          }
          if (at + 4 > last || past - last != 4 || length(last) != 7) return 2;
          return count < %1$d + 2 ? 3 : 0;
        }
        int main() {
          try {
            f0(10);
          } catch (const std::runtime_error &) {
            return 42 + records();
          }
          return 1;
        }
        """
            .formatted(functions));
    shop.write("main.cc", text.toString());
    shop.tool("g++", "-c", "-O1", "-fno-inline", "main.cc");
  }

  private static final String TAKEN =
      "first = .; KEEP(*(.eh_frame)) last = .; LONG(7) past = .; . = ALIGN(16);";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "  .records : { %s }",
        "  .eh_frame : { %s }",
        "  .eh_frame : { *(.before) %s *(.behind) }",
        "  .rodata : { %s *(.rodata .rodata.*) }",
        "  .text : { *(.text.unlikely .text.unlikely.*) %s *(.text .text.*) }",
      })
  void theyAreFoundAndUnwind(String place) throws Exception {
    for (String kind : List.of("-pie", "-static")) {
      String text = shop.tool("ld.bfd", "--verbose", kind).split("={20,}\n")[1];
      text = text.replaceAll("(?m)^  \\.eh_frame  .*", "");
      String section = place.replaceAll(" *(\\.\\w+) .*", "$1");
      if (text.contains("\n  " + section + "  ")) {
        text = text.replaceFirst("\n  \\" + section + "  [^}]*}", "\n" + place.formatted(TAKEN));
      } else {
        text = text.replace("\n  .eh_frame_hdr ", place.formatted(TAKEN) + "\n  .eh_frame_hdr ");
      }
      shop.write("own.ld", text);
      for (int functions : new int[] {1, 40, 3}) {
        compile(functions);
        shop.ccQuietly("g++", kind, "main.o", "-o", "program", "-Wl,-T,own.ld");
        assertThat(shop.run("program")).as(kind).isEqualTo("exit 42");
        assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
      }
    }
  }
}
