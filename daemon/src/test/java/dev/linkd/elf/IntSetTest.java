package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntSetTest {

  private final IntSet set = new IntSet();

  @Test
  void aNumberIsNewOnceInAPass() {
    assertThat(set.add(0)).isTrue();
    assertThat(set.add(0)).isFalse();
    set.clear();
    assertThat(set.add(0)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {131, 132})
  void behavesLikeAHashSetInLargeAndSmallPasses(long seed) {
    Random random = new Random(seed);
    for (int pass = 0; pass < 60; pass++) {
      Set<Integer> model = new HashSet<>();
      int count = pass % 10 == 0 ? 20_000 : random.nextInt(100);
      for (int i = 0; i < count; i++) {
        int value = random.nextInt(30_000) << random.nextInt(3);
        assertThat(set.add(value)).as("seed %d pass %d", seed, pass).isEqualTo(model.add(value));
      }
      set.clear();
    }
  }

  @Test
  void aSetThatWasLargeGivesItsStorageBack() {
    IntSet set = new IntSet();
    for (int i = 0; i < 5_000; i++) {
      set.add(i);
    }
    set.clearAndShrink();
    assertThat(set.bytes()).isLessThanOrEqualTo(1024);
    assertThat(set.contains(7)).isFalse();
    assertThat(set.add(7)).isTrue();
    set.clearAndShrink();
    assertThat(set.contains(7)).isFalse();
  }
}
