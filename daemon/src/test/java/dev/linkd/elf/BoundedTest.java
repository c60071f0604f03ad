package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.output.OutputStatus;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is resident stays proportional to the live program, however often it is edited. */
class BoundedTest {

  private static final int FUNCTIONS = 400;
  private static final int SIZE_MAX = 600;
  private static final int GLOBAL_FUNCTION = STB_GLOBAL << 4 | STT_FUNC;
  private static final int UPDATES = 200_000;
  private static final int UPDATES_PER_FLUSH = 400;

  @TempDir Path directory;

  private final AtomUpdate update = new AtomUpdate();
  private final MemorySegment code = MemorySegment.ofArray(new byte[SIZE_MAX]);

  private Output open() throws Exception {
    Output output =
        new ElfOutputs()
            .open(OutputSpec.of(directory.resolve("program"), OutputKind.STATIC_EXECUTABLE));
    code.fill((byte) 0x90);
    int stream = output.stream("test");
    put(output, stream, output.name("_start"), output.name(".text"), 64);
    return output;
  }

  /** A function of random length that calls others. */
  private void put(Output output, int stream, int key, int section, int size, int... targets)
      throws Exception {
    update.clear();
    update.key = key;
    update.section = section;
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = SHF_ALLOC | SHF_EXECINSTR;
    update.alignment = 16;
    update.size = size;
    update.bytes = code.asSlice(0, size);
    update.addDefinition(key, 0, size, GLOBAL_FUNCTION);
    for (int i = 0; i < targets.length; i++) {
      update.addRelocation(i * 5L + 1, R_X86_64_PLT32, AtomUpdate.TARGET_WEAK, targets[i], -4);
    }
    output.putAtom(stream, update);
  }

  static LongStream seeds() {
    return LongStream.of(System.nanoTime());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void tablesMemoryAndFileLevelOffOverManyUpdates(long seed) throws Exception {
    Random random = new Random(seed);
    try (Output output = open()) {
      int stream = output.stream("test");
      OutputStatus early = output.status();
      for (int i = 1; i <= UPDATES; i++) {
        edit(output, stream, random, i);
        if (i % UPDATES_PER_FLUSH == 0) {
          assertThat(output.flush().diagnostics()).isEmpty();
        }
        if (i == UPDATES / 4) {
          early = output.status();
        }
      }
      assertThat(output.verify()).isEmpty();
      assertLevel(early, output.status());
      removeAll(output, stream);
      assertThat(output.flush().diagnostics()).isEmpty();
      assertThat(output.status().atoms()).isEqualTo(1);
      assertThat(output.status().relocations()).isZero();
    }
  }

  /** Names change all the time: a tenth of the functions has a name that is never used again. */
  private void edit(Output output, int stream, Random random, int number) throws Exception {
    int function = random.nextInt(FUNCTIONS);
    int key = output.name("f" + function);
    if (random.nextInt(4) == 0) {
      output.removeAtom(stream, key);
      return;
    }
    int[] targets = new int[random.nextInt(6)];
    for (int t = 0; t < targets.length; t++) {
      boolean once = random.nextInt(10) == 0;
      targets[t] = output.name(once ? "once" + number + "_" + t : "f" + random.nextInt(FUNCTIONS));
    }
    put(output, stream, key, output.name(".text"), 40 + random.nextInt(SIZE_MAX - 40), targets);
  }

  private static void assertLevel(OutputStatus early, OutputStatus late) {
    assertThat(late.residentBytes()).isLessThan(early.residentBytes() * 3 / 2);
    assertThat(late.fileBytes()).isLessThan(early.fileBytes() * 3 / 2);
    assertThat(late.symbols()).isLessThan(early.symbols() * 3 / 2);
    assertThat(late.relocations()).isLessThan(early.relocations() * 3 / 2);
    assertThat(late.nodes()).isLessThan(early.nodes() * 3 / 2);
  }

  private static void removeAll(Output output, int stream) {
    for (int f = 0; f < FUNCTIONS; f++) {
      output.removeAtom(stream, output.name("f" + f));
    }
  }

  @Test
  void replacingAnAtomAllocatesNothingOnTheHeap() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Output output = open()) {
      int stream = output.stream("test");
      int a = output.name("a");
      int b = output.name("b");
      int text = output.name(".text");
      put(output, stream, a, text, 100, b, b);
      put(output, stream, b, text, 100, a);
      assertThat(output.flush().diagnostics()).isEmpty();
      long least = Long.MAX_VALUE;
      long flushLeast = Long.MAX_VALUE;
      for (int round = 0; round < 200; round++) {
        code.set(java.lang.foreign.ValueLayout.JAVA_BYTE, 50, (byte) round);
        fill(a, text, b);
        long before = threads.getCurrentThreadAllocatedBytes();
        output.putAtom(stream, update);
        long put = threads.getCurrentThreadAllocatedBytes();
        FlushResult result = output.flush();
        long flushed = threads.getCurrentThreadAllocatedBytes();
        assertThat(result.published()).isTrue();
        least = Math.min(least, put - before);
        flushLeast = Math.min(flushLeast, flushed - put);
      }
      assertThat(least).isZero();
      assertThat(flushLeast).isLessThan(20_000);
    }
  }

  private void fill(int key, int section, int target) {
    update.clear();
    update.key = key;
    update.section = section;
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = SHF_ALLOC | SHF_EXECINSTR;
    update.alignment = 16;
    update.size = 100;
    update.bytes = code.asSlice(0, 100);
    update.addDefinition(key, 0, 100, GLOBAL_FUNCTION);
    update.addRelocation(1, R_X86_64_PLT32, AtomUpdate.TARGET_GLOBAL, target, -4);
    update.addRelocation(6, R_X86_64_PLT32, AtomUpdate.TARGET_GLOBAL, target, -4);
  }
}
