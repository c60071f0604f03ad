package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.R_X86_64_32;
import static dev.linkd.object.ElfConstants.R_X86_64_64;
import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHF_EXECINSTR;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Code;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Large sections that are not loaded, of which edits change little. */
class ChangedBlocksTest {
  private static final int BLOCK = 64;
  private static final int SIZE = 100_000;
  private static final int STRIDE = 16;
  private static final int RELOCATIONS = 5_000;
  private static final int FUNCTIONS = 20;
  private static final int GLOBAL_FUNCTION = 0x12;

  @TempDir Path folder;

  private final AtomUpdate update = new AtomUpdate();

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 63, 64, 65, 4095, 4096, 4097, 12_345})
  void blocksAreThoseInWhichSomethingDiffers(int size) {
    Random random = new Random(size);
    ChangedBlocks blocks = new ChangedBlocks();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment held = arena.allocate(size + 3);
      MemorySegment bytes = arena.allocate(size + 5);
      for (int round = 0; round < 200; round++) {
        MemorySegment.copy(held, 3, bytes, 5, size);
        BitSet expected = new BitSet();
        for (int i = random.nextInt(4); i > 0; i--) {
          int at = random.nextInt(size);
          bytes.set(ValueLayout.JAVA_BYTE, 5 + at, (byte) 1);
          expected.set(at / BLOCK * BLOCK, Math.min(size, at / BLOCK * BLOCK + BLOCK));
        }
        blocks.begin(size);
        blocks.compare(held, 3, bytes, 5);
        if (round % 3 == 0) {
          int field = random.nextInt(size);
          blocks.add(field);
          int last = Math.min(size - 1, field + Long.BYTES - 1);
          expected.set(field / BLOCK * BLOCK, Math.min(size, last / BLOCK * BLOCK + BLOCK));
        }
        check(blocks, expected, size);
      }
    }
  }

  private static void check(ChangedBlocks blocks, BitSet expected, int size) {
    BitSet found = new BitSet();
    int end;
    for (int at = (int) blocks.next(0); at < size; at = (int) blocks.next(end)) {
      end = (int) blocks.end(at);
      found.set(at, end);
    }
    assertThat(found).isEqualTo(expected);
    for (int at = 0; at < size; at += 5) {
      int behind = Math.min(size, at + Long.BYTES);
      boolean meets = expected.get(at) || expected.get(behind - 1);
      assertThat(blocks.touch(at)).as("field at %d", at).isEqualTo(meets);
    }
  }

  /** Debug information about some functions, as its producer has it. */
  private static final class Information {
    final Random random = new Random(5);
    final byte[] bytes = new byte[SIZE];
    final long[] offsets = new long[RELOCATIONS];
    final long[] addends = new long[RELOCATIONS];
    final int[] targets = new int[RELOCATIONS];
    int size = SIZE - 1_000;
    int relocations = RELOCATIONS - 10;

    Information() {
      random.nextBytes(bytes);
      for (int i = 0; i < RELOCATIONS; i++) {
        offsets[i] = i * (long) STRIDE;
        targets[i] = random.nextInt(FUNCTIONS);
      }
    }

    int any() {
      return random.nextInt(relocations);
    }

    /** Changes something of the kind; everything of kind 0 to 2 leaves the rest as it is. */
    void edit(int kind) {
      switch (kind) {
        case 0 -> bytes[random.nextInt(size)]++;
        case 1 -> addends[any()] = random.nextInt(1 << 20);
        case 2 -> offsets[any()] ^= 5;
        case 3 -> targets[any()] = random.nextInt(FUNCTIONS);
        case 4 -> size = SIZE - random.nextInt(1_000);
        default -> relocations = RELOCATIONS - random.nextInt(20);
      }
    }
  }

  private Information put(Output output, int stream, Information information) throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(information.size);
      MemorySegment.copy(information.bytes, 0, bytes, ValueLayout.JAVA_BYTE, 0, information.size);
      update.clear();
      update.key = output.name(".debug_own");
      update.section = update.key;
      update.sectionType = SHT_PROGBITS;
      update.size = information.size;
      update.bytes = bytes;
      for (int i = 0; i < information.relocations; i++) {
        update.addRelocation(
            information.offsets[i],
            i % 2 == 0 ? R_X86_64_64 : R_X86_64_32,
            AtomUpdate.TARGET_GLOBAL,
            output.name("f" + information.targets[i]),
            information.addends[i]);
      }
      output.putAtom(stream, update);
    }
    return information;
  }

  private void function(Output output, int stream, int index, int size) throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      update.clear();
      update.key = output.name("f" + index);
      update.section = output.name(".text");
      update.sectionType = SHT_PROGBITS;
      update.sectionFlags = SHF_ALLOC | SHF_EXECINSTR;
      update.alignment = 16;
      update.size = size;
      update.bytes = arena.allocate(size).fill((byte) 0x90);
      update.addDefinition(update.key, 0, size, GLOBAL_FUNCTION);
      if (index == 0) {
        update.addDefinition(output.name("_start"), 0, size, GLOBAL_FUNCTION);
      }
      output.putAtom(stream, update);
    }
  }

  private Output open() throws Exception {
    Path program = folder.resolve("program");
    Output output = new ElfOutputs().open(OutputSpec.of(program, OutputKind.STATIC_EXECUTABLE));
    int stream = output.stream("compiler");
    for (int i = 0; i < FUNCTIONS; i++) {
      function(output, stream, i, 100);
    }
    return output;
  }

  @Test
  void anyEditLeadsToWhatIsLinkedAnew() throws Exception {
    try (Output output = open()) {
      int stream = output.stream("compiler");
      Information information = put(output, stream, new Information());
      flush(output);
      for (int round = 0; round < 400; round++) {
        for (int i = information.random.nextInt(3); i >= 0; i--) {
          information.edit(information.random.nextInt(6));
          if (round % 4 == 0) {
            put(output, stream, information);
          }
        }
        if (round % 3 == 0) {
          // All that refers to the function has to follow, whether it was written now or before.
          int size = 50 + information.random.nextInt(400);
          function(output, stream, information.random.nextInt(FUNCTIONS), size);
        }
        if (round % 11 == 0) {
          assertThat(output.removeAtom(stream, output.name(".debug_own"))).isTrue();
        }
        put(output, stream, information);
        if (round % 5 != 0) {
          flush(output);
          assertThat(output.verify()).as("round %d", round).isEmpty();
        }
      }
    }
  }

  @Test
  void aFlushThatFailsLeavesNothingHalfWritten() throws Exception {
    try (Output output = open()) {
      int stream = output.stream("compiler");
      Information information = put(output, stream, new Information());
      flush(output);
      information.edit(0);
      information.addends[7] = 1L << 40;
      information.addends[8] = 1L << 40;
      put(output, stream, information);
      assertThat(output.flush().diagnostics())
          .singleElement()
          .matches(d -> d.code() == Code.RELOCATION_OVERFLOW);
      information.edit(0);
      put(output, stream, information);
      assertThat(output.flush().published()).isFalse();
      information.addends[7] = 0;
      put(output, stream, information);
      flush(output);
      assertThat(output.verify()).isEmpty();
    }
  }

  @Test
  void onlyWhatDiffersIsWrittenAndRelocated() throws Exception {
    try (Output output = open()) {
      int stream = output.stream("compiler");
      Information information = put(output, stream, new Information());
      flush(output);
      for (int file = 0; file < 2; file++) { // of the two, each is written whole once
        put(output, stream, information).edit(0);
        put(output, stream, information);
        flush(output);
      }
      for (int kind = 0; kind < 3; kind++) {
        information.edit(kind);
        put(output, stream, information);
        FlushResult.Statistics work = flush(output).statistics();
        assertThat(work.relocationsApplied())
            .as("edit of kind %d", kind)
            .isBetween(1L, 2L * BLOCK / STRIDE + 2);
        assertThat(work.bytesWritten()).isBetween(1L, 16L * BLOCK);
      }
    }
  }

  private static FlushResult flush(Output output) {
    FlushResult result = output.flush();
    assertThat(result.diagnostics()).isEmpty();
    assertThat(result.published()).isTrue();
    return result;
  }
}
