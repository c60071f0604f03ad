package dev.linkd.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When a stamp proves that a content is unchanged. */
class StampTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1000 * MILLI;

  private static Stamp changedAt(long time) {
    return new Stamp(1, 2, 3, 4, time);
  }

  @Test
  void aStampMustBeOlderThanATick() {
    Stamp stamp = changedAt(100 * SECOND + 1);
    assertThat(stamp.settledAt(100 * SECOND + 1)).isFalse();
    assertThat(stamp.settledAt(100 * SECOND + 10 * MILLI)).isFalse();
    assertThat(stamp.settledAt(100 * SECOND + 20 * MILLI + 1)).isTrue();
  }

  @Test
  void wholeSecondsMayComeFromACoarseClock() {
    Stamp stamp = changedAt(100 * SECOND);
    assertThat(stamp.settledAt(101 * SECOND)).isFalse();
    assertThat(stamp.settledAt(103 * SECOND)).isTrue();
  }

  @Test
  void aStampFromTheFutureIsNeverTrusted() {
    assertThat(changedAt(200 * SECOND + 5).settledAt(100 * SECOND)).isFalse();
  }
}
