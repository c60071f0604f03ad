package dev.linkd.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NicenessTest {
  /** Position of the niceness in /proc/PID/task/TID/stat after the name. */
  private static final int NICE = 16;

  private static List<Path> threads(String name) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/task"))) {
      return all.filter(thread -> named(thread, name)).toList();
    }
  }

  private static boolean named(Path thread, String name) {
    try {
      return Files.readString(thread.resolve("comm")).startsWith(name);
    } catch (IOException ended) {
      return false;
    }
  }

  private static int niceness(Path thread) {
    try {
      String stat = Files.readString(thread.resolve("stat"));
      String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Integer.parseInt(words[NICE]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aThreadIsMadeNicerAndNoOther() throws Exception {
    CountDownLatch looked = new CountDownLatch(1);
    Thread other = Thread.ofPlatform().name("other").start(() -> await(looked));
    FutureTask<Integer> task =
        new FutureTask<>(
            () -> {
              assertThat(Niceness.set(15)).isZero();
              return niceness(threads("nicer").getFirst());
            });
    Thread.ofPlatform().name("nicer").start(task);
    assertThat(task.get()).isEqualTo(15);
    assertThat(niceness(threads("other").getFirst())).isLessThan(15);
    looked.countDown();
    other.join();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As long as the JVM names them so: nobody would notice that they are not found any more. */
  @Test
  void theCompilersOfTheJvmAreFound() throws Exception {
    assertThat(Niceness.setForCompilers(1)).isPositive();
    List<Path> compilers = threads("C1 Compiler");
    assertThat(compilers).isNotEmpty().allMatch(thread -> niceness(thread) >= 1);
  }
}
