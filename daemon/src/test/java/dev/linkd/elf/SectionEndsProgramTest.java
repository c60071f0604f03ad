package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.OutputKind;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends of the usual sections, which move in steps while functions and data grow. */
class SectionEndsProgramTest {
  private static final int EDITS = 40;
  private static final int GROWTH = 64;

  @TempDir Path directory;

  private static String growing(int edit) {
    int bytes = GROWTH * (edit + 1);
    return """
    char data[%1$d] = {1}, zeros[%1$d];
    const char constants[%1$d] = {2};
    int grown(void) { __asm__ volatile(".skip %1$d, 0x90"); return %2$d; }
    """
        .formatted(bytes, edit);
  }

  @Test
  void aProgramThatGrowsIsAlwaysInsideOfTheEnds() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.DYNAMIC_EXECUTABLE)) {
      program.c(
          "main.c",
          """
          #include <stdio.h>
          extern char etext[], edata[], end[], data[], zeros[];
          extern int grown(void);
          int main(void) {
            printf("%d %d %d %d %p %p %p", grown(), (char *)grown + SIZE < etext,
                   data + SIZE <= edata, zeros + SIZE <= end, etext, edata, end);
            return 0;
          }
          """
              .replace("SIZE", String.valueOf(GROWTH)));
      Set<String> ends = new HashSet<>();
      for (int edit = 0; edit < EDITS; edit++) {
        program.c("growing.c", growing(edit));
        String printed = program.linkAndRun();
        assertThat(printed).startsWith(edit + " 1 1 1 ");
        ends.add(printed.substring(printed.indexOf("0x")));
      }
      // The container itself grows by half, several times at first.
      assertThat(ends).hasSizeLessThan(EDITS / 2);
      program.c("growing.c", growing(0));
      assertThat(program.linkAndRun()).startsWith("0 1 1 1 ");
    }
  }

  @Test
  void theFirstLinkIsExact() throws Exception {
    try (Program program = Program.withLibc(directory, OutputKind.DYNAMIC_EXECUTABLE)) {
      program.c("growing.c", growing(0));
      program.c("main.c", "int grown(void); int main(void) { return grown(); }");
      assertThat(program.linkAndRun()).isEmpty();
      // A constant of crt1.o, and behind it, at a multiple of 32, ours.
      String sizes = Program.command(directory, "readelf", "-SW", "program");
      assertThat(sizes).containsPattern("\\.rodata +PROGBITS +\\p{XDigit}+ \\p{XDigit}+ 000060 ");
    }
  }
}
