package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHF_EXECINSTR;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets of all sizes come, go and change theirs: readers get from each to the next. */
class RangeSetGapsTest {
  private static final int SETS = 60;
  private static final int STEPS = 3_000;
  private static final int PAIRS_MAX = 12;
  private static final int HEADER = 16;
  private static final int PAIR = 16;
  private static final int GLOBAL_FUNCTION = 0x12;

  /** Names units that nothing else in the test has. */
  private static final int UNITS_FROM = 1 << 20;

  @TempDir Path folder;
  private final AtomUpdate update = new AtomUpdate();

  @Test
  void unitsOfGapsThatAreClosedServeOthers() throws Exception {
    long seed = System.nanoTime();
    System.out.println("RangeSetGapsTest seed " + seed);
    Random random = new Random(seed);
    Path program = folder.resolve("program");
    OutputSpec spec = OutputSpec.of(program, OutputKind.STATIC_EXECUTABLE);
    try (Output output = new ElfOutputs().open(spec)) {
      int stream = output.stream("compiler");
      fill(output, "_start", ".text", SHF_ALLOC | SHF_EXECINSTR, new byte[16]);
      update.addDefinition(output.name("_start"), 0, 16, GLOBAL_FUNCTION);
      output.putAtom(stream, update);
      Map<Integer, Integer> sets = new TreeMap<>();
      for (int step = 0; step < STEPS; step++) {
        int set = random.nextInt(SETS);
        if (sets.containsKey(set) && random.nextBoolean()) {
          output.removeAtom(stream, output.name("set" + set));
          sets.remove(set);
        } else {
          int pairs = 1 + random.nextInt(PAIRS_MAX);
          fill(output, "set" + set, RangeSetGaps.SECTION, 0, set(set, pairs));
          output.putAtom(stream, update);
          sets.put(set, pairs);
        }
        if (random.nextInt(4) == 0) {
          assertThat(output.flush().diagnostics()).isEmpty();
          assertThat(walk(program)).isEqualTo(sets);
        }
      }
      assertThat(output.flush().diagnostics()).isEmpty();
      assertThat(output.verify()).isEmpty();
      // There are as many gaps as sets at most; a few of their units wait to be found again.
      assertThat(section(program, ".debug_info").remaining() / DebugFillers.EMPTY_UNIT.length)
          .isBetween(1, 3 * SETS);
    }
  }

  private void fill(Output output, String name, String section, long flags, byte[] bytes) {
    update.clear();
    update.key = output.name(name);
    update.section = output.name(section);
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = flags;
    update.alignment = 1;
    update.size = bytes.length;
    update.bytes = MemorySegment.ofArray(bytes);
  }

  /** A set with ranges that have its number as their addresses. */
  private static byte[] set(int number, int pairs) {
    ByteBuffer set = ByteBuffer.allocate(HEADER + (pairs + 1) * PAIR);
    set.order(ByteOrder.LITTLE_ENDIAN).putInt(set.capacity() - Integer.BYTES);
    set.putShort((short) 2).putInt(UNITS_FROM + number).put((byte) 8).put((byte) 0).putInt(0);
    for (int i = 0; i < pairs; i++) {
      set.putLong(number + 1).putLong(7);
    }
    return set.array();
  }

  /** The sets of the file, with the numbers of their pairs. */
  private static Map<Integer, Integer> walk(Path program) throws Exception {
    ByteBuffer bytes = section(program, RangeSetGaps.SECTION);
    Set<Integer> units = new HashSet<>();
    Map<Integer, Integer> sets = new TreeMap<>();
    while (bytes.hasRemaining()) {
      int length = bytes.getInt();
      int pairs = (length - HEADER + Integer.BYTES) / PAIR - 1;
      assertThat(bytes.getShort()).isEqualTo((short) 2);
      int unit = bytes.getInt();
      assertThat(units.add(unit)).as("unit " + unit).isTrue();
      assertThat(bytes.getShort()).isEqualTo((short) 8);
      assertThat(bytes.getInt()).isZero();
      boolean gap = unit < UNITS_FROM;
      for (int i = 0; i < pairs; i++) {
        assertThat(bytes.getLong()).isEqualTo(gap ? 0 : unit - UNITS_FROM + 1);
        assertThat(bytes.getLong()).isEqualTo(gap ? 1 : 7);
      }
      assertThat(bytes.getLong()).isZero();
      assertThat(bytes.getLong()).isZero();
      if (!gap) {
        sets.put(unit - UNITS_FROM, pairs);
      }
    }
    return sets;
  }

  private static ByteBuffer section(Path program, String name) throws Exception {
    MemorySegment file = MemorySegment.ofArray(Files.readAllBytes(program));
    long headers = file.get(ValueLayout.JAVA_LONG_UNALIGNED, 0x28);
    int count = file.get(ValueLayout.JAVA_SHORT_UNALIGNED, 0x3c);
    int names = file.get(ValueLayout.JAVA_SHORT_UNALIGNED, 0x3e);
    long texts = file.get(ValueLayout.JAVA_LONG_UNALIGNED, headers + names * 64L + 0x18);
    for (int i = 1; i < count; i++) {
      long header = headers + i * 64L;
      long text = texts + file.get(ValueLayout.JAVA_INT_UNALIGNED, header);
      if (file.getString(text).equals(name)) {
        long at = file.get(ValueLayout.JAVA_LONG_UNALIGNED, header + 0x18);
        long size = file.get(ValueLayout.JAVA_LONG_UNALIGNED, header + 0x20);
        return file.asSlice(at, size).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      }
    }
    return ByteBuffer.allocate(0);
  }
}
