package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FreeRangesTest {

  private final FreeRanges ranges = new FreeRanges();

  @Test
  void nothingCanBeTakenFromNothing() {
    assertThat(ranges.take(1)).isEqualTo(FreeRanges.NONE);
    assertThat(ranges.total()).isZero();
  }

  @Test
  void aRangeOfTheExactSizeIsPreferredToALargerOne() {
    ranges.give(0, 100);
    ranges.give(200, 8);
    assertThat(ranges.take(8)).isEqualTo(200);
    assertThat(ranges.total()).isEqualTo(100);
  }

  @Test
  void theRestOfARangeStaysFree() {
    ranges.give(1000, 100);
    assertThat(ranges.take(30)).isEqualTo(1000);
    assertThat(ranges.take(70)).isEqualTo(1030);
    assertThat(ranges.count()).isZero();
  }

  @Test
  void rangesThatTouchBecomeOne() {
    ranges.give(10, 10);
    ranges.give(30, 10);
    assertThat(ranges.count()).isEqualTo(2);
    ranges.give(20, 10);
    assertThat(ranges.count()).isEqualTo(1);
    assertThat(ranges.take(30)).isEqualTo(10);
  }

  @Test
  void aLongRangeThatIsTooShortIsNotTaken() {
    ranges.give(0, 1000);
    assertThat(ranges.take(1001)).isEqualTo(FreeRanges.NONE);
    assertThat(ranges.take(1000)).isZero();
  }

  @Test
  void theLastRangeIsTakenByItsEnd() {
    ranges.give(40, 10);
    assertThat(ranges.takeLast(60)).isEqualTo(60);
    assertThat(ranges.takeLast(50)).isEqualTo(40);
    assertThat(ranges.count()).isZero();
  }

  @Test
  void theLargestPossibleRangeHasAClass() {
    ranges.give(0, Integer.MAX_VALUE);
    assertThat(ranges.take(Integer.MAX_VALUE)).isZero();
    ranges.give(0, 1 << 30);
    assertThat(ranges.take((1 << 30) + 1)).isEqualTo(FreeRanges.NONE);
  }

  @Test
  void impossibleRangesAreRefused() {
    assertThatThrownBy(() -> ranges.give(-1, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ranges.give(5, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ranges.give(Integer.MAX_VALUE, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ranges.take(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void noByteIsHandedOutTwiceAndNoneIsLost(long seed) {
    Random random = new Random(seed);
    int space = 20_000;
    BitSet used = new BitSet();
    List<int[]> taken = new ArrayList<>();
    ranges.give(0, space);
    for (int step = 0; step < 20_000; step++) {
      String context = "seed " + seed + " step " + step;
      if (random.nextInt(100) < 52) {
        int length = 1 + (random.nextInt(20) == 0 ? random.nextInt(900) : random.nextInt(60));
        int start = ranges.take(length);
        if (start != FreeRanges.NONE) {
          int busy = used.nextSetBit(start);
          assertThat(busy < 0 || busy >= start + length).as(context).isTrue();
          assertThat(start + length).as(context).isLessThanOrEqualTo(space);
          used.set(start, start + length);
          taken.add(new int[] {start, length});
        }
      } else if (!taken.isEmpty()) {
        int[] range = taken.remove(random.nextInt(taken.size()));
        used.clear(range[0], range[0] + range[1]);
        ranges.give(range[0], range[1]);
      }
      assertThat(ranges.total()).as(context).isEqualTo(space - used.cardinality());
    }
    taken.forEach(range -> ranges.give(range[0], range[1]));
    assertThat(ranges.count()).as("all merged again, seed %d", seed).isEqualTo(1);
    assertThat(ranges.takeLast(space)).isZero();
  }
}
