package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.os.NamelessFile;
import dev.linkd.os.NativeFileSystemCalls;
import dev.linkd.os.VirtualMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PageHeapTest {
  private static final int PAGE = (int) VirtualMemory.pageBytes();

  private record Blob(NativeBytes bytes, byte value) {
    MemorySegment segment() {
      return bytes.segment();
    }
  }

  private static Blob blob(PageHeap heap, int size, int value) {
    NativeBytes bytes = heap.allocate(size);
    assertThat(bytes.segment().byteSize()).isEqualTo(size);
    bytes.segment().fill((byte) value);
    return new Blob(bytes, (byte) value);
  }

  private static void check(Blob blob) {
    MemorySegment expected = MemorySegment.ofArray(new byte[(int) blob.segment().byteSize()]);
    expected.fill(blob.value);
    assertThat(blob.segment().mismatch(expected)).isEqualTo(-1);
  }

  private static NamelessFile file() throws IOException {
    return new NamelessFile(Path.of("target").toAbsolutePath(), new NativeFileSystemCalls());
  }

  private static void move(PageHeap heap, NamelessFile file, Blob blob) throws IOException {
    long from = heap.offset(blob.segment());
    long to = PageHeap.pagesEnd(from, blob.segment().byteSize());
    file.write(heap.bytes(from, to), from);
    assertThat(heap.exchange(from, to, file.descriptor())).isTrue();
  }

  static LongStream seeds() {
    return Seeds.of(3);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void bytesStayTheSameWhereverTheyAre(long seed) throws Exception {
    Random random = new Random(seed);
    try (PageHeap heap = new PageHeap("heap", 1L << 30);
        NamelessFile file = file()) {
      List<Blob> live = new ArrayList<>();
      for (int step = 0; step < 3_000; step++) {
        switch (random.nextInt(8)) {
          case 0 ->
              live.stream()
                  .filter(b -> !heap.filed(heap.offset(b.segment())))
                  .findAny()
                  .ifPresent(b -> moved(heap, file, b));
          case 1 -> heap.dropFiled();
          case 2 -> heap.reclaim(file::punch, () -> false);
          default -> {
            if (live.size() < 5 || live.size() < 60 && random.nextBoolean()) {
              live.add(blob(heap, 1 + random.nextInt(5 * PAGE), random.nextInt()));
            } else {
              Blob old = live.remove(random.nextInt(live.size()));
              check(old);
              old.bytes.close();
            }
          }
        }
      }
      live.forEach(PageHeapTest::check);
      live.forEach(b -> b.bytes.close());
      heap.reclaim(file::punch, () -> false);
      assertThat(heap.used()).isZero();
      assertThat(heap.filedBytes()).isZero();
    }
  }

  private static void moved(PageHeap heap, NamelessFile file, Blob blob) {
    try {
      move(heap, file, blob);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatIsInAFileTakesNoMemory() throws Exception {
    try (PageHeap heap = new PageHeap("heap", 1L << 30);
        NamelessFile file = file()) {
      Blob blob = blob(heap, 64 << 20, 7);
      assertThat(resident(blob)).isGreaterThanOrEqualTo(64 << 20);
      move(heap, file, blob);
      assertThat(resident(blob)).isLessThan(1 << 20);
      check(blob);
      assertThat(resident(blob)).isGreaterThanOrEqualTo(64 << 20);
      heap.dropFiled();
      assertThat(resident(blob)).isLessThan(1 << 20);
      check(blob);
      blob.bytes.close();
    }
  }

  /** Bytes of memory behind the mapping that holds the whole blob. */
  private static long resident(Blob blob) throws IOException {
    boolean inside = false;
    long sum = 0;
    long from = blob.segment().address();
    long to = from + blob.segment().byteSize();
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      String[] words = line.split("[ -]+", 4);
      if (words[0].matches("[0-9a-f]{6,}")) {
        long start = Long.parseUnsignedLong(words[0], 16);
        inside = start < to && Long.parseUnsignedLong(words[1], 16) > from;
      } else if (inside && words[0].equals("Rss:")) {
        sum += Long.parseLong(words[1]) << 10;
      }
    }
    return sum;
  }

  @Test
  void theFileGivesBackWhatWasFreed() throws Exception {
    try (PageHeap heap = new PageHeap("heap", 1L << 30);
        NamelessFile file = file()) {
      Blob blob = blob(heap, 3 * PAGE, 7);
      Blob other = blob(heap, PAGE, 8);
      long at = heap.offset(blob.segment());
      move(heap, file, blob);
      move(heap, file, other);
      blob.bytes.close();
      assertThat(heap.used()).isEqualTo(4 * PAGE);
      List<Long> punched = new ArrayList<>();
      heap.reclaim(
          (from, to) -> {
            punched.add(from);
            punched.add(to);
            assertThat(file.punch(from, to)).isTrue();
          },
          () -> false);
      assertThat(punched).containsExactly(at, at + 3 * PAGE);
      assertThat(heap.used()).isEqualTo(PAGE);
      check(other);
      check(blob(heap, 3 * PAGE, 9));
    }
  }

  @Test
  void whoAllocatesDoesNotWaitForWhatIsReclaimed() throws Exception {
    try (PageHeap heap = new PageHeap("heap", 1L << 30);
        NamelessFile file = file()) {
      List<Blob> blobs = List.of(blob(heap, PAGE, 1), blob(heap, PAGE, 2), blob(heap, PAGE, 3));
      for (Blob blob : blobs) {
        move(heap, file, blob);
      }
      blobs.forEach(blob -> blob.bytes.close());
      Blob[] meanwhile = new Blob[1];
      PageHeap.Filler slow =
          (from, to) -> {
            Thread other = Thread.ofPlatform().start(() -> meanwhile[0] = blob(heap, PAGE, 4));
            assertThat(joined(other)).as("the allocation is done").isTrue();
            file.punch(from, to);
          };
      assertThat(heap.reclaim(slow, () -> true)).as("one at least, then it waits").isFalse();
      assertThat(heap.filedBytes()).isEqualTo(2 * PAGE);
      assertThat(heap.reclaim(file::punch, () -> false)).isTrue();
      assertThat(heap.filedBytes()).isZero();
      check(meanwhile[0]);
      assertThat(heap.used()).isEqualTo(PAGE);
    }
  }

  private static boolean joined(Thread thread) {
    try {
      return thread.join(Duration.ofSeconds(20));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    try (PageHeap heap = new PageHeap("heap", 16L * PAGE)) {
      assertThat(heap.allocate(0).segment().byteSize()).isZero();
      assertThatIllegalArgumentException().isThrownBy(() -> heap.allocate(-1));
      assertThatThrownBy(() -> heap.allocate(17L * PAGE)).isInstanceOf(TableFullException.class);
      assertThatThrownBy(() -> heap.allocate(Long.MAX_VALUE))
          .isInstanceOfAny(TableFullException.class, ArithmeticException.class);
      check(blob(heap, 16 * PAGE, 1));
    }
  }
}
