package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.os.VirtualMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PopulatorTest {
  private static final long MIB = 1 << 20;
  private static final long SLICE = PopulatedPart.SLICE_BYTES;

  private record Range(long from, long to) {}

  /** A populator whose thread ends as soon as there is nothing to do. */
  private static final class Populating {
    final List<Range> calls = new ArrayList<>();
    final List<Thread> threads = new ArrayList<>();
    final Populator populator;

    Populating(Populator.Call call) {
      populator =
          new Populator(
              (reservation, from, to) -> {
                calls.add(new Range(from, to));
                return call.populate(reservation, from, to);
              },
              this::thread,
              1);
    }

    Populating() {
      this((reservation, from, to) -> true);
    }

    private Thread thread(Runnable live) {
      Thread thread = new Thread(live, "populate-test");
      thread.setDaemon(true);
      thread.setUncaughtExceptionHandler((failed, e) -> {});
      threads.add(thread);
      return thread;
    }

    Region region(long bytes) {
      return new Region("r", bytes, populator);
    }

    /** Waits until all that was asked for is done; then the calls can be read. */
    void settle() throws InterruptedException {
      for (Thread each : List.copyOf(threads)) {
        each.join();
      }
    }
  }

  static LongStream seeds() {
    return Seeds.of(2);
  }

  @Test
  void windowsAreBoundedInFrontOfTheOwnerAndNeverPopulatedTwice() throws Exception {
    Populating test = new Populating();
    try (Region region = test.region(1L << 30)) {
      int seen = 0;
      long last = 0;
      long populated = 0;
      for (long bytes = 1; bytes < 600 * MIB; bytes += 100_000) {
        region.ensure(bytes);
        test.settle();
        for (Range each : test.calls.subList(seen, test.calls.size())) {
          assertThat(each.from).isGreaterThanOrEqualTo(Math.max(bytes, last));
          assertThat(each.to - each.from).isBetween(1L, SLICE);
          assertThat(each.to).isLessThanOrEqualTo(region.committed());
          long windows = 2 * PopulatedPart.window(region.committed());
          assertThat(each.to - bytes).isLessThanOrEqualTo(windows + SLICE);
          last = each.to;
          populated += each.to - each.from;
        }
        seen = test.calls.size();
      }
      assertThat(populated).isGreaterThan(580 * MIB);
    }
  }

  @Test
  void aRegionThatIsNotLargeIsLeftAlone() throws Exception {
    Populating test = new Populating();
    try (Region region = test.region(1L << 30)) {
      for (long bytes = 1; bytes < 6 * MIB; bytes += 1000) {
        region.ensure(bytes);
      }
      region.populate();
      test.settle();
      assertThat(test.calls).isEmpty();
      assertThat(test.threads).isEmpty();
    }
  }

  @Test
  void memoryThatWasGivenBackIsNotPopulatedAgain() throws Exception {
    Populating test = new Populating();
    try (Region region = test.region(1L << 30)) {
      grow(region, 0, 100 * MIB);
      test.settle();
      int calls = test.calls.size();
      for (int i = 0; i < 5; i++) {
        region.discard(0, region.committed());
        grow(region, 0, 100 * MIB);
        test.settle();
      }
      assertThat(test.calls).hasSize(calls);
      grow(region, 100 * MIB, 110 * MIB);
      test.settle();
      assertThat(test.calls).hasSizeGreaterThan(calls);
    }
  }

  @Test
  void aJumpIsPopulatedUnlessItLeavesAHole() throws Exception {
    Populating test = new Populating();
    try (Region region = test.region(1L << 30)) {
      grow(region, 0, 64 * MIB);
      test.settle();
      test.calls.clear();
      region.ensure(90 * MIB);
      test.settle();
      assertThat(test.calls.getFirst().from).isLessThan(64 * MIB + 3 * SLICE);
      assertThat(test.calls.size()).isGreaterThan(10);
      test.calls.clear();
      region.ensure(500 * MIB);
      test.settle();
      assertThat(test.calls).allMatch(each -> each.from >= 500 * MIB).hasSizeLessThan(5);
    }
  }

  @Test
  void whatIsFilledInTwoHalvesHasTheUpperOnePopulated() throws Exception {
    Populating test = new Populating();
    try (Region region = test.region(64 * MIB)) {
      region.ensure(64 * MIB);
      region.populate();
      test.settle();
      assertThat(test.calls.getFirst().from).isBetween(32 * MIB, 32 * MIB + SLICE);
      assertThat(test.calls.getLast().to).isEqualTo(64 * MIB);
    }
  }

  @Test
  void theLimitStaysExact() {
    Populating test = new Populating();
    long limit = 20 * MIB + 100;
    try (Region region = test.region(limit)) {
      grow(region, 0, limit);
      region.ensure(limit);
      assertThatThrownBy(() -> region.ensure(limit + 1)).isInstanceOf(TableFullException.class);
      region.memory().setByte(limit - 1, (byte) 1);
    }
  }

  /** Tells when the first slice is asked for, and goes on only when it may. */
  private static Populating held(CountDownLatch first, CountDownLatch go) {
    return new Populating(
        (reservation, from, to) -> {
          first.countDown();
          await(go);
          return true;
        });
  }

  @Test
  void aThreadThatIsBehindSkipsWhatTheOwnerHasPassed() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Populating test = held(first, go);
    try (Region region = test.region(1L << 30)) {
      grow(region, 0, 16 * MIB);
      await(first);
      grow(region, 16 * MIB, 50 * MIB);
      go.countDown();
      test.settle();
      assertThat(test.calls.size()).isBetween(2, 4);
      assertThat(test.calls.get(1).from).isGreaterThanOrEqualTo(48 * MIB);
    }
  }

  @Test
  void closingWaitsForTheSliceThatIsBeingPopulatedAndForNoMore() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Populating test = held(first, go);
    Region region = test.region(1L << 30);
    region.ensure(512 * MIB);
    region.populate();
    await(first);
    Thread closing = Thread.ofPlatform().start(region::close);
    closing.join(200);
    assertThat(closing.isAlive()).isTrue();
    go.countDown();
    closing.join();
    test.settle();
    assertThat(test.calls).hasSize(1);
  }

  /** The kernel gives the next region the addresses of the one before. */
  @Test
  void nothingIsPopulatedInWhatTakesThePlaceOfAClosedRegion() throws Exception {
    Random random = new Random(3);
    Populating test =
        new Populating(
            (reservation, from, to) -> {
              spin(5_000);
              return VirtualMemory.populate(reservation, from, to);
            });
    int same = 0;
    for (int i = 0; i < 2_000; i++) {
      Region region = test.region(128 * MIB);
      region.ensure(64 * MIB);
      region.populate();
      long address = region.segment().address();
      spin(random.nextInt(20_000));
      region.close();
      try (Region next = new Region("next", 128 * MIB, Populator.NONE)) {
        next.ensure(64 * MIB);
        same += next.segment().address() == address ? 1 : 0;
        spin(random.nextInt(20_000));
        assertThat(Resident.bytes(next.segment())).as("round %d", i).isZero();
      }
    }
    assertThat(same).isPositive();
    test.settle();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatTheOwnerWritesIsNeverDisturbed(long seed) {
    Random random = new Random(seed);
    Populating test = new Populating(VirtualMemory::populate);
    long step = MIB;
    try (Region region = test.region(1L << 30)) {
      long[] model = new long[Math.toIntExact(96 * MIB / step) * 2_000];
      for (int part = 0, count = 0; part < 96; part++) {
        region.ensure((part + 1) * step);
        for (int i = 0; i < 2_000; i++, count++) {
          long at = part * step + (i * 65_521L + 8 & step - 1) / 8 * 8;
          assertThat(region.memory().getLong(at)).isZero();
          model[count] = random.nextLong() | 1;
          region.memory().setLong(at, model[count]);
        }
      }
      for (int part = 0, count = 0; part < 96; part++) {
        for (int i = 0; i < 2_000; i++, count++) {
          long at = part * step + (i * 65_521L + 8 & step - 1) / 8 * 8;
          assertThat(region.memory().getLong(at)).isEqualTo(model[count]);
        }
      }
    }
  }

  @Test
  void aKernelWithoutMemoryEndsTheWindowOnly() throws Exception {
    Populating test = new Populating((reservation, from, to) -> false);
    try (Region region = test.region(1L << 30)) {
      region.ensure(512 * MIB);
      region.populate();
      test.settle();
      assertThat(test.calls).hasSize(1);
      grow(region, 512 * MIB, 600 * MIB);
      test.settle();
      assertThat(test.calls).hasSizeGreaterThan(1);
      region.memory().setLong(600 * MIB - 8, 1);
    }
  }

  @Test
  void anErrorOfTheThreadEndsPopulatingOnly() throws Exception {
    Populating test =
        new Populating(
            (reservation, from, to) -> {
              throw new IllegalStateException("injected");
            });
    try (Region region = test.region(1L << 30)) {
      grow(region, 0, 64 * MIB);
      test.settle();
      grow(region, 64 * MIB, 200 * MIB);
      region.memory().setLong(200 * MIB - 8, 1);
      assertThat(test.populator.enabled()).isFalse();
      assertThat(test.threads).hasSize(1);
    }
  }

  @Test
  void withoutAThreadTheOwnerHasItsMemoryAllTheSame() {
    AtomicInteger tried = new AtomicInteger();
    Populator populator =
        new Populator(
            VirtualMemory::populate,
            live -> {
              tried.incrementAndGet();
              throw new OutOfMemoryError("injected");
            },
            1);
    try (Region region = new Region("r", 1L << 30, populator)) {
      grow(region, 0, 200 * MIB);
      region.memory().setLong(200 * MIB - 8, 1);
      assertThat(tried).hasValue(1);
    }
  }

  @Test
  void memoryThatMayBecomePagesOfAFileIsNotPopulated() throws Exception {
    try (PageHeap heap = new PageHeap("heap", 1L << 30)) {
      List<NativeBytes> blobs = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        blobs.add(heap.allocate(MIB));
      }
      Thread.sleep(100);
      MemorySegment all = heap.bytes(0, 64 * MIB);
      assertThat(Resident.bytes(all)).isZero();
      blobs.forEach(NativeBytes::close);
    }
  }

  private static void grow(Region region, long from, long to) {
    for (long bytes = from + 1; bytes < to; bytes += 50_000) {
      region.ensure(bytes);
    }
    region.ensure(to);
  }

  private static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
