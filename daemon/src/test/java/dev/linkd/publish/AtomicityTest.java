package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.publish.PublishResult.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Readers that open the output at any moment see one whole generation, and never an older one. */
@Timeout(120)
class AtomicityTest {
  private static final int PUBLISHES = 3000;
  private static final int READERS = 2;

  @TempDir Path directory;

  @Test
  void readersOfThePathSeeWholeGenerations() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    List<Future<Long>> reads = new ArrayList<>();
    int patched = 0;
    try (ExecutorService readers = Executors.newFixedThreadPool(READERS);
        OutputFixture fixture = OutputFixture.steady(directory)) {
      for (int i = 0; i < READERS; i++) {
        reads.add(readers.submit(reader(fixture.output, stop)));
      }
      for (int i = 0; i < PUBLISHES; i++) {
        patched += publish(fixture, i) == Method.PATCHED_SPARE ? 1 : 0;
      }
      stop.set(true);
      long total = 0;
      for (Future<Long> count : reads) {
        total += count.get();
      }
      System.out.printf(
          "AtomicityTest: %d publishes, %d patched, %d whole reads%n", PUBLISHES, patched, total);
      assertThat(total).isGreaterThan(100);
    }
    assertThat(patched).as("publishes that reused a file").isGreaterThan(PUBLISHES / 100);
    assertThat(OutputFixture.names(directory)).containsExactly("prog");
  }

  /** Some changes are small and some large, so that a reader meets writes of different length. */
  private static Method publish(OutputFixture fixture, int i) throws PublishException {
    fixture.image.next();
    if (i % 3 == 0) {
      fixture.image.fill(50_000, 56_000);
    }
    return fixture.image.publish(fixture.publisher).method();
  }

  private static Callable<Long> reader(Path output, AtomicBoolean stop) {
    return () -> {
      long reads = 0;
      long newest = 0;
      while (!stop.get()) {
        long stamp = TestImage.wholeStamp(Files.readAllBytes(output));
        assertThat(stamp).isGreaterThanOrEqualTo(newest);
        newest = stamp;
        reads++;
      }
      return reads;
    };
  }
}
