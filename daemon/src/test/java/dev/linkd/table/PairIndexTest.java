package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PairIndexTest {

  static LongStream seeds() {
    return Seeds.of(3);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomPairsAgreeWithAMap(long seed) {
    Random random = new Random(seed);
    Map<Long, Integer> model = new HashMap<>();
    try (PairIndex index = new PairIndex("pairs")) {
      for (int step = 0; step < 200_000; step++) {
        // phases of growth and shrinking, so that the table is rebuilt in both directions
        boolean growing = step / 25_000 % 2 == 0;
        int a = random.nextInt(50) - 1;
        int b = random.nextInt(1000) - 1;
        long key = (long) a << 32 | b & 0xffffffffL;
        if (random.nextInt(10) < (growing ? 7 : 2)) {
          int value = random.nextInt(Integer.MAX_VALUE);
          index.put(a, b, value);
          model.put(key, value);
        } else {
          Integer removed = model.remove(key);
          assertThat(index.remove(a, b)).isEqualTo(removed == null ? PairIndex.NONE : removed);
        }
        assertThat(index.size()).isEqualTo(model.size());
      }
      model.forEach(
          (key, value) ->
              assertThat(index.get((int) (key >> 32), key.intValue())).isEqualTo(value));
      for (int a = -1; a < 49; a++) {
        for (int b = -1; b < 999; b++) {
          int expected = model.getOrDefault((long) a << 32 | b & 0xffffffffL, PairIndex.NONE);
          assertThat(index.get(a, b)).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void touchingChangesNothing() {
    try (PairIndex index = new PairIndex("touched")) {
      assertThat(index.touch(1, 2)).isEqualTo(PairIndex.NONE);
      index.put(1, 2, 3);
      assertThat(index.touch(1, 2)).as("the only pair is where its search begins").isEqualTo(3);
      assertThat(index.get(1, 2)).isEqualTo(3);
      assertThat(index.size()).isEqualTo(1);
    }
  }

  @Test
  void theOrderOfThePairMattersAndTheLargestValueIsKept() {
    try (PairIndex index = new PairIndex("pairs")) {
      index.put(1, 2, Integer.MAX_VALUE);
      index.put(2, 1, 0);
      assertThat(index.get(1, 2)).isEqualTo(Integer.MAX_VALUE);
      assertThat(index.get(2, 1)).isZero();
      assertThat(index.get(1, 1)).isEqualTo(PairIndex.NONE);
      index.put(1, 2, 5);
      assertThat(index.get(1, 2)).isEqualTo(5);
      assertThat(index.size()).isEqualTo(2);
      assertThatThrownBy(() -> index.put(1, 2, -1)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void theTableGrowsWithItsEntriesAndShrinksAgain() {
    try (PairIndex index = new PairIndex("pairs")) {
      long empty = index.bytes();
      for (int i = 0; i < 300_000; i++) {
        index.put(i % 7, i, i);
      }
      assertThat(index.bytes()).isLessThan(300_000L * 12 * 4);
      for (int i = 0; i < 300_000; i++) {
        assertThat(index.remove(i % 7, i)).isEqualTo(i);
      }
      assertThat(index.size()).isZero();
      assertThat(index.bytes()).isEqualTo(empty);
    }
  }

  @Test
  void aMillionReplacementsNeedNoMoreMemory() {
    try (PairIndex index = new PairIndex("pairs")) {
      for (int i = 0; i < 10_000; i++) {
        index.put(0, i, i);
      }
      long bytes = index.bytes();
      for (int i = 0; i < 1_000_000; i++) {
        index.remove(i / 10_000, i % 10_000);
        index.put(i / 10_000 + 1, i % 10_000, i);
      }
      assertThat(index.size()).isEqualTo(10_000);
      assertThat(index.bytes()).isEqualTo(bytes);
    }
  }
}
