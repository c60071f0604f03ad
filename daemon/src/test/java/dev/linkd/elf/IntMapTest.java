package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntMapTest {

  @Test
  void aMissingKeyIsNone() {
    IntMap map = new IntMap();
    assertThat(map.get(0)).isEqualTo(IntMap.NONE);
    assertThat(map.remove(7)).isEqualTo(IntMap.NONE);
    assertThat(map.size()).isZero();
  }

  @Test
  void aSecondPutReplacesTheValue() {
    IntMap map = new IntMap();
    map.put(5, 1);
    map.put(5, 2);
    assertThat(map.get(5)).isEqualTo(2);
    assertThat(map.size()).isEqualTo(1);
  }

  @Test
  void negativeNumbersAreRefused() {
    IntMap map = new IntMap();
    assertThatThrownBy(() -> map.put(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> map.put(0, -1)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void behavesLikeAHashMapWhileItGrowsAndShrinks(long seed) {
    Random random = new Random(seed);
    IntMap map = new IntMap();
    Map<Integer, Integer> model = new HashMap<>();
    for (int step = 0; step < 60_000; step++) {
      int key = random.nextInt(4_000) * (random.nextBoolean() ? 1 : 65_536) & Integer.MAX_VALUE;
      boolean growing = step / 10_000 % 2 == 0;
      if (random.nextInt(10) < (growing ? 7 : 2)) {
        map.put(key, step);
        model.put(key, step);
      } else {
        Integer expected = model.remove(key);
        assertThat(map.remove(key))
            .as("seed %d step %d", seed, step)
            .isEqualTo(expected == null ? IntMap.NONE : expected);
      }
      assertThat(map.size()).as("seed %d step %d", seed, step).isEqualTo(model.size());
    }
    model.forEach((key, value) -> assertThat(map.get(key)).as("seed %d", seed).isEqualTo(value));
    for (int key : model.keySet().toArray(Integer[]::new)) {
      map.remove(key);
    }
    assertThat(map.size()).isZero();
  }
}
