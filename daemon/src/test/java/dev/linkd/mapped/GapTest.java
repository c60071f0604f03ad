package dev.linkd.mapped;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GapTest {

  /** The first place by trying every offset, but flush with the end before no place at all. */
  private static boolean exists(
      long from, long start, long to, long size, int alignment, int minGap) {
    for (long offset = start; offset + size <= to; offset++) {
      if (allowed(from, to, offset, size, alignment, minGap)) {
        return true;
      }
    }
    return false;
  }

  private static boolean allowed(
      long from, long to, long offset, long size, int alignment, int minGap) {
    return offset % (1 << alignment) == 0
        && Gap.valid(offset - from, minGap)
        && Gap.valid(to - offset - size, minGap);
  }

  @Test
  void everyPlaceThatIsFoundIsAllowedAndLargeGapsAlwaysHaveOne() {
    for (int minGap = 1; minGap <= 9; minGap += 4) {
      for (int alignment = 0; alignment <= 3; alignment++) {
        for (int from = 0; from < 9; from++) {
          for (int to = from; to < from + 40; to++) {
            for (int size = minGap; size < 20; size++) {
              long place = Gap.place(from, from, to, size, 0, alignment, minGap);
              if (place != Gap.NOWHERE) {
                assertThat(allowed(from, to, place, size, alignment, minGap)).isTrue();
                assertThat(exists(from, from, to, size, alignment, minGap)).isTrue();
              } else {
                assertThat(to - from).isLessThan(size + (1 << alignment) + 2 * minGap);
              }
            }
          }
        }
      }
    }
  }

  @Test
  void theSlackOfTheChildBeforeIsNotUsed() {
    assertThat(Gap.place(10, 20, 100, 8, 0, 3, 1)).isEqualTo(24);
    assertThat(Gap.place(10, 20, 32, 8, 0, 3, 1)).isEqualTo(24);
    assertThat(Gap.place(10, 20, 32, 8, 1, 3, 1)).isEqualTo(Gap.NOWHERE);
  }

  @Test
  void aGapThatIsTooSmallToFillIsAvoidedByAligningFurther() {
    assertThat(Gap.after(10, 10, 2, 1)).isEqualTo(12);
    assertThat(Gap.after(10, 10, 2, 4)).isEqualTo(16);
    assertThat(Gap.after(12, 12, 2, 4)).isEqualTo(12);
  }

  @Test
  void aContainerEndsWithItsLastChildOrFarEnoughBehindIt() {
    assertThat(Gap.container(100, 100, 8)).isEqualTo(100);
    assertThat(Gap.container(95, 100, 8)).isEqualTo(103);
    assertThat(Gap.container(92, 100, 8)).isEqualTo(100);
    assertThat(Gap.container(120, 100, 8)).isEqualTo(120);
  }
}
