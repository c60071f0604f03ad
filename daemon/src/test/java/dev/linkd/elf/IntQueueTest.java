package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A list of ints that is one array while it is short, and chunks when it is long. */
class IntQueueTest {
  private static final int CHUNK = 1 << 14;

  private final IntQueue queue = new IntQueue();

  private void fill(int count) {
    for (int i = 0; i < count; i++) {
      queue.add(i * 3);
    }
  }

  @Test
  void entriesAreFoundOnBothSidesOfEachChunk() {
    fill(3 * CHUNK + 1);
    assertThat(queue.size()).isEqualTo(3 * CHUNK + 1);
    for (int i : new int[] {0, CHUNK - 1, CHUNK, 2 * CHUNK - 1, 2 * CHUNK, 3 * CHUNK}) {
      assertThat(queue.get(i)).isEqualTo(i * 3);
    }
    queue.set(CHUNK, -5);
    assertThat(queue.toArray()).hasSize(3 * CHUNK + 1).endsWith(9 * CHUNK).contains(-5);
  }

  @Test
  void aQueueThatBecameShorterGrowsAgain() {
    fill(2 * CHUNK);
    queue.truncate(10);
    assertThat(queue.removeLast()).isEqualTo(27);
    assertThat(queue.toArray()).containsExactly(0, 3, 6, 9, 12, 15, 18, 21, 24);
    queue.clear();
    fill(CHUNK + 1);
    assertThat(queue.get(CHUNK)).isEqualTo(3 * CHUNK);
    queue.clearAndShrink();
    assertThat(queue.isEmpty()).isTrue();
    fill(2 * CHUNK);
    assertThat(queue.removeLast()).isEqualTo((2 * CHUNK - 1) * 3);
  }

  @Test
  void aQueueThatWasLongGivesItsStorageBack() {
    for (int count : new int[] {2_000, CHUNK, 3 * CHUNK}) {
      fill(count);
      queue.clearAndShrink();
      assertThat(queue.bytes()).isLessThanOrEqualTo(4096);
    }
    fill(1_000);
    queue.clearAndShrink();
    assertThat(queue.bytes()).as("enough for most updates").isEqualTo(4096);
  }

  @Test
  void itIsWhatAListIs() {
    Random random = new Random(42);
    List<Integer> model = new ArrayList<>();
    for (int step = 0; step < 200_000; step++) {
      int choice = random.nextInt(100);
      if (model.isEmpty() || choice < 70) {
        model.add(step);
        queue.add(step);
      } else if (choice < 85) {
        assertThat(queue.removeLast()).isEqualTo(model.removeLast());
      } else {
        int index = random.nextInt(model.size());
        int last = model.removeLast();
        if (index < model.size()) {
          model.set(index, last);
        }
        queue.removeAt(index);
      }
    }
    assertThat(queue.size()).isEqualTo(model.size()).isGreaterThan(2 * CHUNK);
    assertThat(Arrays.stream(queue.toArray()).boxed().toList()).isEqualTo(model);
  }
}
