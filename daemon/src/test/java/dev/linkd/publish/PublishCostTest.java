package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.linkd.publish.PublishResult.Method;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cost of a steady publish follows the change and not the size of the file. */
class PublishCostTest {
  /** Open, status, lease, times and exchange; everything but the writes. */
  private static final int FIXED_CALLS = 14;

  private static final int MIB = 1 << 20;

  @TempDir Path directory;

  @Test
  void systemCallsAndBytesDoNotDependOnTheSize() throws Exception {
    for (int size : new int[] {MIB, 10 * MIB, 100 * MIB}) {
      Path place = Files.createDirectory(directory.resolve("size" + size));
      TestImage image = new TestImage(size);
      try (OutputFixture fixture = new OutputFixture(place, OutputFixture.OPTIONS, image)) {
        fixture.makeSteady();
        PublishResult result = image.next().publish(fixture.publisher);
        assertThat(result.systemCalls()).isEqualTo(FIXED_CALLS + TestImage.STAMPS);
        assertThat(result.bytesWritten()).isEqualTo(TestImage.STAMPS * Long.BYTES);
        System.out.printf(
            "PublishCostTest: %d MiB, %d ranges, %d system calls: median %.1f us, whole copy %.1f"
                + " ms%n",
            size / MIB,
            result.ranges(),
            result.systemCalls(),
            median(fixture),
            copyMillis(fixture));
      }
      Files.delete(place.resolve("prog"));
    }
  }

  private static double median(OutputFixture fixture) throws PublishException {
    long[] nanos = new long[2000];
    for (int i = 0; i < nanos.length; i++) {
      fixture.image.next();
      long start = System.nanoTime();
      fixture.image.publish(fixture.publisher);
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    fixture.assertOutputIsCurrent();
    return nanos[nanos.length / 2] / 1e3;
  }

  private static double copyMillis(OutputFixture fixture) throws PublishException {
    fixture.publisher.invalidateSpare();
    long start = System.nanoTime();
    assertThat(fixture.image.next().publish(fixture.publisher).method())
        .isEqualTo(Method.FULL_COPY);
    return (System.nanoTime() - start) / 1e6;
  }

  @Test
  void longWritesAreCutIntoPiecesThatStayCheapToPatch() throws Exception {
    int[] calls = new int[2];
    for (int i = 0; i < calls.length; i++) {
      Path place = Files.createDirectory(directory.resolve("copy" + i));
      TestImage image = new TestImage((i + 1) * MIB);
      try (OutputFixture fixture = new OutputFixture(place, OutputFixture.OPTIONS, image)) {
        fixture.makeSteady();
        fixture.publisher.invalidateSpare();
        PublishResult result = image.next().publish(fixture.publisher);
        assertThat(result.method()).isEqualTo(Method.FULL_COPY);
        assertThat(result.bytesWritten()).isEqualTo((i + 1L) * MIB);
        fixture.assertOutputIsCurrent();
        calls[i] = result.systemCalls();
      }
    }
    assertThat(calls[1] - calls[0]).isEqualTo(MIB / RangeWriter.PIECE_BYTES);
  }

  @Test
  void aShortRangeAcrossTheEndOfAPieceIsOneCall() throws Exception {
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      ByteRanges across = new ByteRanges();
      across.add(RangeWriter.PIECE_BYTES - 8L, RangeWriter.PIECE_BYTES + 8L);
      fixture.publisher.publish(fixture.image.bytes, OutputFixture.SIZE, across);
      PublishResult second =
          fixture.publisher.publish(fixture.image.bytes, OutputFixture.SIZE, across);
      assertThat(second.systemCalls()).isEqualTo(FIXED_CALLS + 1);
    }
  }

  @Test
  void rangesThatAreCloseTogetherShareACall() throws Exception {
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      ByteRanges many = new ByteRanges();
      for (int i = 0; i < 100; i++) {
        many.add(100_000 + i * 50L, 100_010 + i * 50L);
      }
      fixture.publisher.publish(fixture.image.bytes, OutputFixture.SIZE, many);
      PublishResult second =
          fixture.publisher.publish(fixture.image.bytes, OutputFixture.SIZE, many);
      assertThat(second.ranges()).isEqualTo(1);
      assertThat(second.systemCalls()).isEqualTo(FIXED_CALLS + 1);
    }
  }

  /** A PublishResult and the record of the change with its eight ranges. */
  private static final long RESULT_BYTES_MAX = 288;

  private static final int BATCHES_MAX = 40;

  @Test
  void theSteadyPathAllocatesOnlyItsResult() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      // Code that is not compiled yet allocates more; the steady path is the best of the batches.
      int publishes = 5000;
      long bytes = Long.MAX_VALUE;
      for (int batch = 0; batch < BATCHES_MAX && bytes > RESULT_BYTES_MAX; batch++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        publish(fixture, publishes);
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / publishes;
        bytes = Math.min(bytes, each);
      }
      System.out.println("PublishCostTest: " + bytes + " bytes allocated per publish");
      assertThat(bytes).isLessThanOrEqualTo(RESULT_BYTES_MAX);
    }
  }

  @Test
  void tenThousandPublishesLeakNoDescriptorAndNoFile() throws Exception {
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      long before = openDescriptors();
      for (int i = 0; i < 10_000; i++) {
        fixture.image.next().publish(fixture.publisher);
        if (i % 100 == 0) {
          fixture.publisher.invalidateSpare();
        }
      }
      assertThat(openDescriptors()).isEqualTo(before);
      assertThat(fixture.names()).containsExactly(".prog.linkd-spare", "prog");
      fixture.assertOutputIsCurrent();
    }
  }

  @Test
  void betweenPublishesNobodyHasTheFilesOpen() throws Exception {
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      fixture.publishNext();
      try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
        assertThat(descriptors.filter(Files::exists).map(PublishCostTest::target))
            .noneMatch(target -> target.startsWith(directory.toString()));
      }
      assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain(directory.toString());
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "closed meanwhile: " + e.getMessage();
    }
  }

  private static long openDescriptors() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.count();
    }
  }

  private static void publish(OutputFixture fixture, int times) throws PublishException {
    for (int i = 0; i < times; i++) {
      fixture.image.next().publish(fixture.publisher);
    }
  }
}
