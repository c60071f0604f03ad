package dev.linkd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random changes of files against a model that remembers what each file contains, while contents
 * are moved out of memory.
 */
class RandomFilesTest {
  private static final int STEPS = 4000;
  private static final int FILES = 6;

  @TempDir Path directory;
  private final InputStore store = InputStore.paged(1 << 24);
  private final ColdContents cold = store.cold(Path.of("target").toAbsolutePath());
  private final Map<Path, String> model = new HashMap<>();
  private final List<Content> held = new ArrayList<>();
  private final List<String> heldTexts = new ArrayList<>();

  private static String text(Content content) {
    return new String(content.bytes().toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  @Test
  void openAlwaysSeesTheFileAsItIs() throws Exception {
    long seed = Long.getLong("linkd.seed", System.nanoTime());
    System.out.println("RandomFilesTest seed " + seed);
    Random random = new Random(seed);
    int opened = 0;
    for (int step = 0; step < STEPS; step++) {
      Path file = directory.resolve("f" + random.nextInt(FILES));
      if (random.nextInt(3) == 0) {
        change(random, file);
      } else {
        opened += open(file, "seed " + seed + " step " + step) ? 1 : 0;
      }
      if (random.nextInt(50) == 0) {
        boolean hurried = random.nextBoolean();
        cold.move(() -> hurried);
      }
      while (held.size() > 10) {
        release(random.nextInt(held.size()));
      }
      checkStatistics();
    }
    assertThat(opened).isGreaterThan(STEPS / 4);
    while (!held.isEmpty()) {
      release(held.size() - 1);
    }
    checkStatistics();
    assertThat(store.statistics().bytes()).isZero();
    assertThat(cold.move(() -> false)).isTrue();
    assertThat(cold.movedBytes()).isZero();
  }

  private void change(Random random, Path file) throws Exception {
    String text = "text " + random.nextInt(4);
    switch (random.nextInt(5)) {
      case 0 -> {
        Files.deleteIfExists(file);
        model.remove(file);
      }
      case 1 -> {
        Path next = Files.writeString(directory.resolve("next"), text);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
        model.put(file, text);
      }
      case 2 -> {
        if (Files.exists(file)) {
          Files.setLastModifiedTime(file, FileTime.fromMillis(random.nextInt(1_000_000)));
        }
      }
      default -> {
        Files.writeString(file, text);
        model.put(file, text);
      }
    }
  }

  private boolean open(Path file, String step) throws Exception {
    String expected = model.get(file);
    if (expected == null) {
      assertThatThrownBy(() -> store.open(file)).as(step).hasMessageContaining("no such file");
      return false;
    }
    Content content = store.open(file);
    assertThat(text(content)).as(step).isEqualTo(expected);
    held.add(content);
    heldTexts.add(expected);
    return true;
  }

  /** What is held keeps its bytes, whatever happened to the file. */
  private void release(int index) {
    Content content = held.remove(index);
    assertThat(text(content)).isEqualTo(heldTexts.remove(index));
    content.release();
  }

  private void checkStatistics() {
    Set<String> different = new HashSet<>(heldTexts);
    InputStore.Statistics statistics = store.statistics();
    assertThat(statistics.contents()).isEqualTo(different.size());
    assertThat(statistics.references()).isEqualTo(held.size());
    assertThat(statistics.bytes()).isEqualTo(different.stream().mapToInt(String::length).sum());
  }

  @Test
  void aReaderNeverSeesHalfOfAReplacedFile() throws Exception {
    Path file = directory.resolve("replaced");
    Files.writeString(file, "0".repeat(50_000));
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 0; !stop.get(); i++) {
                    replace(file, String.valueOf((char) ('a' + i % 26)).repeat(50_000 + i % 7));
                  }
                });
    try {
      for (int i = 0; i < 300; i++) {
        Content content = store.open(file);
        String text = text(content);
        assertThat(text.chars().distinct().count()).isEqualTo(1);
        content.release();
      }
    } finally {
      stop.set(true);
      writer.join();
    }
  }

  private void replace(Path file, String text) {
    try {
      Path next = Files.writeString(directory.resolve("next"), text);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
      Thread.sleep(1);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
