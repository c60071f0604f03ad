package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ByteHeapTest {

  private record Blob(long offset, int size, byte value) {}

  static LongStream seeds() {
    return Seeds.of(3);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomBlobsKeepTheirBytes(long seed) {
    try (ByteHeap heap = new ByteHeap("heap", 1L << 30)) {
      List<Blob> live = churn(heap, new Random(seed), 30_000);
      long used = live.stream().mapToLong(b -> (b.size + 15) / 16 * 16L).sum();
      assertThat(heap.used()).isEqualTo(used);
      live.forEach(blob -> release(heap, blob));
      assertThat(heap.used()).isZero();
    }
  }

  @Test
  void threadsShareAHeapWithoutDisturbingEachOther() throws Exception {
    try (ByteHeap heap = new ByteHeap("heap", 1L << 30);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<List<Blob>>> tasks = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        long seed = i;
        tasks.add(() -> churn(heap, new Random(seed), 10_000));
      }
      for (Future<List<Blob>> blobs : threads.invokeAll(tasks)) {
        blobs.get().forEach(blob -> release(heap, blob));
      }
      assertThat(heap.used()).isZero();
    }
  }

  private static List<Blob> churn(ByteHeap heap, Random random, int steps) {
    List<Blob> live = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      if (live.size() < 10 || live.size() < 400 && random.nextBoolean()) {
        int size = random.nextInt(50) == 0 ? random.nextInt(300_000) : random.nextInt(500);
        long offset = heap.allocate(size);
        byte value = (byte) random.nextInt();
        heap.segment().asSlice(offset, size).fill(value);
        live.add(new Blob(offset, size, value));
      } else {
        int at = random.nextInt(live.size());
        release(heap, live.get(at));
        live.set(at, live.getLast());
        live.removeLast();
      }
    }
    return live;
  }

  private static void release(ByteHeap heap, Blob blob) {
    for (int i = 0; i < blob.size; i++) {
      if (heap.segment().get(Layouts.BYTE, blob.offset + i) != blob.value) {
        throw new AssertionError("byte " + i + " of " + blob);
      }
    }
    heap.free(blob.offset, blob.size);
  }

  @Test
  void offsetsOfLiveBlobsAreStableAndFreedSpaceIsReused() {
    try (ByteHeap heap = new ByteHeap("heap", 1 << 20)) {
      long a = heap.allocate(100);
      long b = heap.allocate(100);
      long c = heap.allocate(100);
      heap.free(b, 100);
      assertThat(heap.allocate(50)).isEqualTo(b);
      assertThat(heap.allocate(40)).isEqualTo(b + 64);
      assertThat(List.of(a, b, c)).allMatch(offset -> offset % ByteHeap.GRANULE_BYTES == 0);
    }
  }

  @Test
  void largeFreePartsGiveTheirMemoryBack() throws Exception {
    long mib = 1 << 20;
    try (ByteHeap heap = new ByteHeap("heap", 1L << 30)) {
      long before = residentBytes();
      long big = heap.allocate(200 * mib);
      heap.segment().asSlice(big, 200 * mib).fill((byte) 1);
      long top = heap.allocate(16);
      assertThat(residentBytes() - before).isGreaterThan(150 * mib);
      heap.free(big, 200 * mib);
      assertThat(residentBytes() - before).isLessThan(100 * mib);
      heap.free(top, 16);
      assertThat(heap.used()).isZero();
    }
  }

  @Test
  void sizeZeroNeedsNoSpace() {
    try (ByteHeap heap = new ByteHeap("heap", 1 << 20)) {
      heap.free(heap.allocate(0), 0);
      assertThat(heap.used()).isZero();
    }
  }

  @Test
  void limitsAndWrongArgumentsAreRefused() {
    try (ByteHeap heap = new ByteHeap("blobs", 1 << 20)) {
      assertThatThrownBy(() -> heap.allocate((1 << 20) + 1))
          .isInstanceOf(TableFullException.class)
          .hasMessageContaining("blobs");
      assertThatThrownBy(() -> heap.allocate(Long.MAX_VALUE))
          .isInstanceOf(TableFullException.class);
      assertThatThrownBy(() -> heap.allocate(-1)).isInstanceOf(IllegalArgumentException.class);
      long offset = heap.allocate(1 << 20);
      assertThatThrownBy(() -> heap.free(offset + 1, 16))
          .isInstanceOf(IllegalArgumentException.class);
      heap.free(offset, 1 << 20);
      assertThatThrownBy(() -> heap.free(offset, 1 << 20))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThatThrownBy(() -> new ByteHeap("heap", 1L << 36))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static long residentBytes() throws Exception {
    String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1);
    return Long.parseLong(pages[1]) * 4096;
  }
}
