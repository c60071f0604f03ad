package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.FlushResult;
import dev.linkd.output.FlushResult.Statistics;
import dev.linkd.output.OutputKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** .debug_aranges of programs that are patched says what it says in the link of GNU ld. */
class RangeSetsProgramTest {
  private static final int OBJECTS = 12;
  private static final int STEPS = 40;

  @TempDir Path folder;

  static LongStream seeds() {
    return LongStream.of(1, 2, System.nanoTime());
  }

  @Test
  void aFunctionMovesNoSetOfAnotherObject() throws Exception {
    List<Statistics> few = edits(20);
    List<Statistics> many = edits(100);
    for (int i = 0; i < few.size(); i++) {
      FlushResult.Rows one = few.get(i).rows();
      FlushResult.Rows other = many.get(i).rows();
      assertThat(other.relocations()).as("edit " + i).isEqualTo(one.relocations());
      assertThat(other.atoms()).as("edit " + i).isEqualTo(one.atoms());
      // Gaps of other objects can be between, and are closed and opened one by one.
      assertThat(other.total()).as("edit " + i).isLessThan(one.total() + one.total() / 4);
      assertThat(many.get(i).atomsMoved()).isEqualTo(few.get(i).atomsMoved()).isLessThan(12);
    }
  }

  /** Adds functions to the second object, renames one and removes them again. */
  private List<Statistics> edits(int objects) throws Exception {
    Path place = Files.createDirectory(folder.resolve("with" + objects));
    try (Program program = program(place)) {
      start(program);
      for (int i = 0; i < objects; i++) {
        program.c("m" + i + ".c", functions(i, 4, 0));
      }
      assertThat(program.link().published()).isTrue();
      assertThat(RangeSets.of(program.path).gaps()).isZero();
      List<Statistics> edits = new ArrayList<>();
      for (int round = 0; round < 4; round++) {
        for (int[] version : new int[][] {{5, 0}, {6, 0}, {6, 1}, {2, 0}, {4, 0}}) {
          program.c("m1.c", functions(1, version[0], version[1]));
          FlushResult result = program.output.flush();
          assertThat(result.diagnostics()).isEmpty();
          if (round > 1) { // tables and holes have their usual sizes
            edits.add(result.statistics());
          }
        }
      }
      assertThat(program.output.verify()).isEmpty();
      assertThat(RangeSets.of(program.path).ranges()).isEqualTo(linked(program));
      RangeSets.use(program.path, "f1_0_0");
      return edits;
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void historiesEndLikeTheLinkOfGnuLd(long seed) throws Exception {
    Random random = new Random(seed);
    try (Program program = program(folder)) {
      start(program);
      Map<Integer, Integer> present = new TreeMap<>();
      for (int object = 0; object < OBJECTS; object++) {
        present.put(object, change(program, random, object));
      }
      int gaps = 0;
      for (int step = 0; step < STEPS; step++) {
        for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
          int object = random.nextInt(OBJECTS);
          if (present.containsKey(object) && random.nextInt(3) == 0) {
            program.remove("m" + object + ".o");
            Files.delete(folder.resolve("m" + object + ".o"));
            present.remove(object);
          } else {
            present.put(object, change(program, random, object));
          }
        }
        program.link();
        RangeSets found = RangeSets.of(program.path);
        assertThat(found.ranges()).as("step " + step).isEqualTo(linked(program));
        gaps += found.gaps();
        if (!present.isEmpty() && step % 8 == 0) {
          int object = present.keySet().iterator().next();
          RangeSets.use(program.path, "f" + object + "_0_" + present.get(object));
        }
      }
      assertThat(gaps).isPositive();
      assertThat(program.run()).isEqualTo("exit 42\n");
    }
  }

  /** What other compilers and assemblers write, and what nobody should. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n.long 2f-1f\n1: .short 2\n.long u\n.byte 4,0\n.long 0\n.long o,2,0,0\n2:",
        "\n.long 2f-1f\n1: .short 2\n.long u\n.byte 4,0\n.long 0\n.long o,2,p,1,0,0\n2:",
        "\n.long -1\n.quad 2f-1f\n1: .short 2\n.quad u\n.byte 8,0\n.quad 0\n.quad o,3,0,0\n2:",
        "\n.long 2f-1f\n1: .short 2\n.long u\n.byte 8,0\n.long 0\n.quad o,2,0,0\n2:"
            + ".long 2f-1f\n1: .short 2\n.long v\n.byte 4,0\n.long 0\n.long p,1,0,0\n2:",
        "\n.long 2f-1f\n1: .short 2\n.long u\n.byte 8,0\n.long 0\n.quad o,2\n2:",
        "\n.long 2f-1f\n1: .short 2\n.long u\n.byte 8,0\n.long 0\n.quad 0,0\n2:",
        "\n.p2align 4\n.long 2f-1f\n1: .short 2\n.long u\n.byte 8,0\n.long 0\n.quad o,2,0,0\n2:",
        "\n.byte 1",
        "",
      })
  void setsOfAnyShapeAreKept(String set) throws Exception {
    String unit = ".byte 9,0,0,0,5,0,1,8\n.long .La\n.byte 1\n";
    String text =
        ".section .note.GNU-stack,\"\",@progbits\n"
            + ".section .debug_abbrev\n.La: .byte 1,0x11,0,0,0,0\n"
            + (".section .debug_info\nu: " + unit + "v: " + unit)
            + ".text\no: .short 0x9090\np: .byte 0x90\n.section .debug_aranges\n";
    try (Program program = program(folder)) {
      start(program);
      for (int object = 0; object < 4; object++) {
        program.c("m" + object + ".c", functions(object, 3, 0));
      }
      program.link();
      for (String odd : List.of(set, "", set)) {
        program.put(program.compile("m9.s", text + odd + "\n"));
        for (int functions : new int[] {6, 2}) {
          program.c("m1.c", functions(1, functions, 0));
          program.link();
          RangeSets found = RangeSets.read(program.path);
          RangeSets expected = RangeSets.read(byGnuLd(program));
          assertThat(found.ranges()).isEqualTo(expected.ranges());
          assertThat(found.complaints()).hasSameSizeAs(expected.complaints());
        }
      }
      program.remove("m9.o");
      Files.delete(folder.resolve("m9.o"));
      program.c("m1.c", functions(1, 7, 0));
      program.link();
      assertThat(RangeSets.of(program.path).ranges()).isEqualTo(linked(program));
    }
  }

  private static Program program(Path folder) throws Exception {
    return new Program(folder, OutputKind.STATIC_EXECUTABLE).flags("-g", "-O0");
  }

  private static void start(Program program) throws Exception {
    program.c("start.c", "void _start(void) { __asm__(\"syscall\" : : \"a\"(60), \"D\"(42)); }\n");
  }

  /** Puts an object in another version, whose number is part of the names of its functions. */
  private static int change(Program program, Random random, int object) throws Exception {
    int version = random.nextInt(5);
    program.c("m" + object + ".c", functions(object, 1 + random.nextInt(9), version));
    return version;
  }

  private static String functions(int object, int count, int version) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      String name = "f%d_%d_%d".formatted(object, i, version);
      text.append("int ").append(name).append("(int x) { return x + ").append(i).append("; }\n");
    }
    return text.toString();
  }

  private static Map<String, Set<String>> linked(Program program) throws Exception {
    return RangeSets.of(byGnuLd(program)).ranges();
  }

  /** The same objects linked by GNU ld. */
  private static Path byGnuLd(Program program) throws Exception {
    Path file = program.directory.resolve("expected");
    String command = "ld.bfd -o expected start.o $(ls m*.o)";
    Program.command(program.directory, "sh", "-c", command);
    return file;
  }
}
