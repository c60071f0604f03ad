package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.R_X86_64_PC32;
import static dev.linkd.object.ElfConstants.R_X86_64_PLT32;
import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHF_EXECINSTR;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.linkd.diag.LinkException;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.Output.ImportedSymbol;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.store.InputStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a flush costs besides the work on what changed: objects, and looks at what did not. */
class FlushCostTest {
  /**
   * A FlushResult with its Statistics, the PublishResult that they are made from, and the record of
   * the change.
   */
  private static final long RESULT_BYTES_MAX = 400;

  private static final int BATCHES_MAX = 40;
  private static final int FLUSHES = 2_000;
  private static final int FUNCTIONS = 50;

  /** More than are sorted anew when all of them were written. */
  private static final int RECORDS = 2_000;

  private static final int SIZE = 64;
  private static final int GLOBAL_FUNCTION = 0x12;
  private static final byte NOP = (byte) 0x90;

  @TempDir Path folder;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment bytes = arena.allocate(1 << 16).fill(NOP);
  private final AtomUpdate update = new AtomUpdate();

  @AfterEach
  void freeBytes() {
    arena.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"STATIC_EXECUTABLE", "PIE", "SHARED_LIBRARY"})
  void aFlushAllocatesOnlyWhatItReturns(OutputKind kind) throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Output output = open(kind)) {
      int stream = program(output, kind.dynamic());
      // Code that is not compiled yet allocates more; the steady path is the best of the batches.
      long bytes = Long.MAX_VALUE;
      int version = 0;
      boolean published = true;
      for (int batch = 0; batch < BATCHES_MAX && bytes > RESULT_BYTES_MAX; batch++) {
        long sum = 0;
        for (int i = 0; i < FLUSHES; i++) {
          fill(output, i % FUNCTIONS, SIZE, ++version, kind.dynamic());
          long before = threads.getCurrentThreadAllocatedBytes();
          output.putAtom(stream, update);
          published &= output.flush().published();
          sum += threads.getCurrentThreadAllocatedBytes() - before;
        }
        bytes = Math.min(bytes, sum / FLUSHES);
      }
      System.out.println("FlushCostTest " + kind + ": " + bytes + " bytes allocated per update");
      assertThat(published).isTrue();
      assertThat(bytes).isLessThanOrEqualTo(RESULT_BYTES_MAX);
      assertThat(output.verify()).isEmpty();
    }
  }

  /** In place, and with other sizes, so that it moves into holes and out of them. */
  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"STATIC_EXECUTABLE", "PIE", "SHARED_LIBRARY"})
  void anUpdateAllocatesNothing(OutputKind kind) throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Output output = open(kind)) {
      int stream = program(output, kind.dynamic());
      long bytes = Long.MAX_VALUE;
      int version = 0;
      for (int batch = 0; batch < BATCHES_MAX && bytes > 0; batch++) {
        long sum = 0;
        for (int i = 0; i < FLUSHES; i++) {
          int size = SIZE * (1 + i % 3);
          fill(output, i % FUNCTIONS, size, ++version, kind.dynamic());
          long before = threads.getCurrentThreadAllocatedBytes();
          output.putAtom(stream, update);
          sum += threads.getCurrentThreadAllocatedBytes() - before;
          output.flush();
        }
        bytes = Math.min(bytes, sum);
      }
      assertThat(bytes).isZero();
      assertThat(output.verify()).isEmpty();
    }
  }

  /** In place, and with other sizes. */
  @Test
  void anUnwindRecordAllocatesNothing() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Output output = open(OutputKind.PIE)) {
      int stream = program(output, false);
      long bytes = Long.MAX_VALUE;
      int version = 0;
      for (int batch = 0; batch < BATCHES_MAX && bytes > 0; batch++) {
        long sum = 0;
        for (int i = 0; i < FLUSHES; i++) {
          unwind(output, i % FUNCTIONS, ++version);
          long before = threads.getCurrentThreadAllocatedBytes();
          output.putAtom(stream, update);
          sum += threads.getCurrentThreadAllocatedBytes() - before;
          flush(output);
        }
        bytes = Math.min(bytes, sum);
      }
      assertThat(bytes).isZero();
      assertThat(output.verify()).isEmpty();
    }
  }

  /** The record of a function: a CIE of "zR" with pcrel sdata4, and an FDE of changing size. */
  private void unwind(Output output, int index, int version) {
    int[] cie = {20, 0, 0, 0, 0, 0, 0, 0, 1, 'z', 'R', 0, 1, 0x78, 16, 1, 0x1b, 12, 7, 8, 0x90, 1};
    int cieBytes = 24;
    int fdeBytes = 24 + Long.BYTES * (version % 3);
    update.clear();
    update.key = output.name("unwind" + index);
    update.section = output.name(".eh_frame");
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = SHF_ALLOC;
    update.alignment = 8;
    update.size = (long) cieBytes + fdeBytes;
    update.bytes = bytes.asSlice(0, update.size).fill((byte) 0);
    for (int i = 0; i < cie.length; i++) {
      bytes.set(ValueLayout.JAVA_BYTE, i, (byte) cie[i]);
    }
    bytes.set(ValueLayout.JAVA_INT_UNALIGNED, cieBytes, fdeBytes - Integer.BYTES);
    bytes.set(ValueLayout.JAVA_INT_UNALIGNED, cieBytes + 4, cieBytes + 4);
    bytes.set(ValueLayout.JAVA_INT_UNALIGNED, cieBytes + 12, SIZE);
    bytes.set(ValueLayout.JAVA_BYTE, cieBytes + 18, (byte) (version & 0x3f));
    int function = output.name("f" + index);
    update.addRelocation(cieBytes + 8, R_X86_64_PC32, AtomUpdate.TARGET_ATOM, function, 0);
  }

  /** A verification writes every relocation again, those of all unwind records, too. */
  @Test
  void anUpdateAfterAVerificationVisitsNoMoreRows() throws Exception {
    try (Output output = open(OutputKind.PIE)) {
      int stream = program(output, false);
      for (int i = 0; i < RECORDS; i++) {
        unwind(output, i % FUNCTIONS, 1);
        update.key = output.name("record" + i);
        output.putAtom(stream, update);
      }
      flush(output);
      rowsOfAnUpdate(output, stream, 1);
      FlushResult.Rows before = rowsOfAnUpdate(output, stream, 2);
      assertThat(output.verify()).isEmpty();
      assertThat(rowsOfAnUpdate(output, stream, 3)).isEqualTo(before);
      assertThat(output.verify()).isEmpty();
    }
  }

  private FlushResult.Rows rowsOfAnUpdate(Output output, int stream, int version) throws Exception {
    fill(output, 7, SIZE, version, false);
    output.putAtom(stream, update);
    return flush(output).statistics().rows();
  }

  @Test
  void anUpdateInPlaceDoesNotWriteHeaders() throws Exception {
    try (Output output = open(OutputKind.PIE)) {
      int stream = program(output, true);
      fill(output, 7, SIZE, 1, true);
      output.putAtom(stream, update);
      FlushResult.Statistics small = flush(output).statistics();
      assertThat(small.bytesWritten()).isLessThan(2 * SIZE);
      fill(output, 7, 3 * SIZE, 2, true);
      output.putAtom(stream, update);
      assertThat(flush(output).statistics().bytesWritten()).isGreaterThan(3 * SIZE);
      assertThat(output.verify()).isEmpty();
    }
  }

  /** Each changes what the headers say in another way; the verification looks at all of them. */
  @Test
  void headersFollowWhateverChangesThem() throws Exception {
    try (Output output = open(OutputKind.PIE)) {
      int stream = program(output, true);
      for (int size : new int[] {5_000, 40_000, 10}) {
        fill(output, 3, size, size, true);
        output.putAtom(stream, update);
        flush(output);
        assertThat(output.verify()).as("last function of %d bytes", size).isEmpty();
      }
      fill(output, 4, SIZE, 1, true);
      update.section = output.name(".note.own");
      update.sectionFlags = SHF_ALLOC;
      update.sectionType = 7;
      update.alignment = 64;
      output.putAtom(stream, update);
      flush(output);
      assertThat(output.verify()).as("a note, more aligned").isEmpty();
      assertThat(output.removeAtom(stream, output.name("f4"))).isTrue();
      fill(output, 1, SIZE, 9, false);
      update.definitionNames[0] = output.name("_init");
      output.putAtom(stream, update);
      assertThat(output.flush().ok()).as("f1 and f4 are called").isFalse();
      fill(output, 4, SIZE, 2, true);
      output.putAtom(stream, update);
      fill(output, 1, SIZE, 9, false);
      update.addDefinition(output.name("_init"), 0, SIZE, GLOBAL_FUNCTION);
      output.putAtom(stream, update);
      flush(output);
      assertThat(output.verify()).as("a function for DT_INIT").isEmpty();
      fill(output, 0, SIZE * 40, 2, true);
      output.putAtom(stream, update);
      flush(output);
      assertThat(output.verify()).as("the entry moved").isEmpty();
    }
  }

  @Test
  void theVerificationFindsStaleHeaders() throws Exception {
    int[] offsets = {0x18, Layout.PAGE / 2};
    for (int offset : offsets) {
      try (Link link = new Link(spec(OutputKind.PIE), new InputStore(1 << 20))) {
        link.settle();
        Findings sound = new Findings();
        new ImageCheck(link, sound).check();
        assertThat(sound.lines()).isEmpty();
        link.state.file.image().set(ValueLayout.JAVA_BYTE, offset, (byte) 1);
        Findings findings = new Findings();
        new ImageCheck(link, findings).check();
        assertThat(findings.lines()).containsExactly("stale headers in the image");
      }
    }
  }

  @Test
  void theVerificationFindsAStaleDynamicSection() throws Exception {
    try (Link link = new Link(spec(OutputKind.PIE), new InputStore(1 << 20))) {
      link.settle();
      DynamicSection dynamic = Objects.requireNonNull(link.parts.dynamicSection);
      long at = link.state.file.position(dynamic.section.node) + Long.BYTES;
      link.state.file.image().set(ValueLayout.JAVA_BYTE, at, (byte) 0x7f);
      Findings findings = new Findings();
      new ImageCheck(link, findings).check();
      assertThat(findings.lines()).containsExactly("stale dynamic section in the image");
    }
  }

  private OutputSpec spec(OutputKind kind) {
    return OutputSpec.of(folder.resolve("program"), kind);
  }

  private Output open(OutputKind kind) throws LinkException {
    return new ElfOutputs().open(spec(kind));
  }

  /** A ring of functions, published twice, so that both files exist. */
  private int program(Output output, boolean imports) throws LinkException {
    int stream = output.stream("compiler");
    if (imports) {
      output.importLibrary("libc.so.6", List.of(new ImportedSymbol("puts", GLOBAL_FUNCTION, SIZE)));
    }
    for (int i = 0; i < FUNCTIONS; i++) {
      fill(output, i, SIZE, 0, imports);
      output.putAtom(stream, update);
    }
    flush(output);
    for (int i = 1; i < 3; i++) {
      fill(output, 7, SIZE, 1_000 + i, imports);
      output.putAtom(stream, update);
      flush(output);
    }
    return stream;
  }

  private void fill(Output output, int index, int size, int version, boolean imports) {
    update.clear();
    update.key = output.name("f" + index);
    update.section = output.name(".text");
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = SHF_ALLOC | SHF_EXECINSTR;
    update.alignment = 16;
    update.size = size;
    update.bytes = bytes.asSlice(0, size);
    bytes.set(ValueLayout.JAVA_INT_UNALIGNED, size - Integer.BYTES, version);
    String name = index == 0 ? "_start" : "f" + index;
    update.addDefinition(output.name(name), 0, size, GLOBAL_FUNCTION);
    if (size >= SIZE) {
      int next = output.name("f" + (index % (FUNCTIONS - 1) + 1));
      update.addRelocation(1, R_X86_64_PLT32, AtomUpdate.TARGET_GLOBAL, next, -4);
      update.addRelocation(9, R_X86_64_PLT32, AtomUpdate.TARGET_GLOBAL, output.name("f1"), -4);
      if (imports) {
        int puts = output.name("puts");
        update.addRelocation(17, R_X86_64_PLT32, AtomUpdate.TARGET_GLOBAL, puts, -4);
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
