package dev.linkd.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Handles find what they were given out for, and nothing else. */
class HandleTableTest {
  private static final int LIMIT = 40;

  @Test
  void behavesLikeAMapWhoseKeysNeverComeBack() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    HandleTable<String> table = new HandleTable<>(LIMIT);
    Map<Long, String> model = new HashMap<>();
    Set<Long> everGiven = new HashSet<>();
    for (int step = 0; step < 10_000; step++) {
      if (!table.full() && random.nextInt(100) < 55) {
        String value = "value " + step;
        long[] handle = new long[1];
        table.add(
            given -> {
              handle[0] = given;
              return value;
            });
        assertThat(everGiven.add(handle[0])).as("seed %d: a handle is new", seed).isTrue();
        model.put(handle[0], value);
      } else if (!everGiven.isEmpty()) {
        long victim = everGiven.stream().skip(random.nextInt(everGiven.size())).findFirst().get();
        table.remove(victim);
        model.remove(victim);
      }
      long probe = everGiven.isEmpty() ? 1 : everGiven.iterator().next();
      assertThat(table.find(probe)).as("seed %d", seed).isEqualTo(model.get(probe));
      assertThat(table.size()).as("seed %d", seed).isEqualTo(model.size());
    }
    everGiven.forEach(h -> assertThat(table.find(h)).as("seed %d", seed).isEqualTo(model.get(h)));
    assertThat(table.all()).containsExactlyInAnyOrderElementsOf(model.values());
    assertThat(model.size()).isLessThanOrEqualTo(LIMIT);
  }

  @Test
  void inventedHandlesFindNothing() {
    HandleTable<String> table = new HandleTable<>(LIMIT);
    table.add(handle -> "present");
    for (long handle :
        new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0xffffffffL, 1L << 32}) {
      assertThat(table.find(handle)).isNull();
    }
  }
}
