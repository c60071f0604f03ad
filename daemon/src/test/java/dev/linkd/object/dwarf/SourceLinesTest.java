package dev.linkd.object.dwarf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.linkd.object.ElfObject;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Line tables of compilers, compared with what addr2line reads from them, and damaged ones. */
@Timeout(120)
class SourceLinesTest {
  private static final String SOURCE =
      """
      #include "part.h"
      static int twice(int x) {
        return x * 2;
      }

      int one(int x) {
        int sum = 0;
        for (int i = 0; i < x; i++) {
          sum += twice(i);
        }
        return sum + inner(x);
      }
      #line 5000 "far.y"
      int two(int x) {
        return one(x) + 1;
      }
      """;

  @TempDir Path directory;

  private String tool(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", List.of(command), text).isZero();
    return text;
  }

  private byte[] compile(String options) throws Exception {
    Files.createDirectories(directory.resolve("include"));
    Files.writeString(
        directory.resolve("include/part.h"),
        "static inline int inner(int x) {\n  return x - 1;\n}\n");
    Files.writeString(directory.resolve("main.c"), SOURCE);
    tool((options + " -c -Iinclude main.c -o main.o").split(" "));
    return Files.readAllBytes(directory.resolve("main.o"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gcc -O0 -gdwarf-2 -gstrict-dwarf",
        "gcc -O0 -gdwarf-3",
        "gcc -O2 -gdwarf-4 -ffunction-sections",
        "gcc -O2 -gdwarf-5 -ffunction-sections",
        "gcc -O1 -g -gz=zlib",
        "clang -O0 -gdwarf-4 -ffunction-sections",
        "clang -O2 -gdwarf-5 -ffunction-sections"
      })
  void everyPlaceHasTheLineThatAddr2lineNames(String compiler) throws Exception {
    ElfObject object = ElfObject.parse("main.o", MemorySegment.ofArray(compile(compiler)));
    SourceLines lines = new SourceLines(object);
    int compared = 0;
    for (int s = 1; s < object.sections(); s++) {
      if (object.sectionNameStartsWith(s, ".text") && object.sectionSize(s) > 0) {
        for (long at = 0; at < object.sectionSize(s); at += 3) {
          String expected = addr2line(object.sectionName(s), at);
          assertThat(shortForm(lines.at(s, at)))
              .as("%s+%d", object.sectionName(s), at)
              .isEqualTo(expected);
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(10);
  }

  private String addr2line(String section, long at) throws Exception {
    String text =
        tool("addr2line", "-e", "main.o", "-j", section, "0x" + Long.toHexString(at)).strip();
    String line = text.split(" ", -1)[0];
    // Code that belongs to no line has the line 0, which is no place for a message.
    return line.endsWith(":?") ? "??:0" : line.substring(line.lastIndexOf('/') + 1);
  }

  private static String shortForm(Optional<SourceLine> line) {
    return line.map(l -> l.path().substring(l.path().lastIndexOf('/') + 1) + ":" + l.line())
        .orElse("??:0");
  }

  @Test
  void directoriesOfHeadersAreNamed() throws Exception {
    ElfObject object =
        ElfObject.parse("main.o", MemorySegment.ofArray(compile("gcc -O0 -gdwarf-4")));
    String header = new SourceLines(object).at(1, 6).orElseThrow().toString();

    assertThat(header).isEqualTo("part.h:1 (include/part.h:1)");
    assertThat(new SourceLines(object).at(1, 1 << 20)).isEmpty();
    assertThat(new SourceLines(object).at(2, 6)).isEmpty();
  }

  @Test
  void offsetsOf64BitsAreRead() throws Exception {
    ElfObject object =
        ElfObject.parse("main.o", MemorySegment.ofArray(compile("gcc -O0 -gdwarf-5 -gdwarf64")));

    assertThat(new SourceLines(object).at(1, 6).map(SourceLine::line)).contains(1L);
    assertThat(new SourceLines(object).at(1, 6).orElseThrow().path()).endsWith("include/part.h");
  }

  @Test
  void anObjectWithoutDebugInformationHasNoLines() throws Exception {
    ElfObject object = ElfObject.parse("main.o", MemorySegment.ofArray(compile("gcc -O0 -g0")));

    assertThat(new SourceLines(object).at(1, 0)).isEmpty();
  }

  @Test
  void damagedTablesCostOnlyTheLine() throws Exception {
    for (String compiler : List.of("gcc -O1 -gdwarf-4", "gcc -O1 -gdwarf-5")) {
      byte[] good = compile(compiler);
      ElfObject object = ElfObject.parse("main.o", MemorySegment.ofArray(good));
      int table = 1;
      while (!object.sectionNameIs(table, ".debug_line")) {
        table++;
      }
      int start = (int) object.sectionOffset(table);
      int size = (int) object.sectionSize(table);
      long seed = System.nanoTime();
      Random random = new Random(seed);
      for (int round = 0; round < 3_000; round++) {
        byte[] bad = good.clone();
        for (int i = 0; i <= random.nextInt(4); i++) {
          bad[start + random.nextInt(size)] = (byte) random.nextInt();
        }
        assertThatCode(
                () -> {
                  ElfObject damaged = ElfObject.parse("bad.o", MemorySegment.ofArray(bad));
                  assertThat(new SourceLines(damaged).at(1, 12)).isNotNull();
                })
            .as("seed %d, round %d", seed, round)
            .doesNotThrowAnyException();
      }
    }
  }
}
