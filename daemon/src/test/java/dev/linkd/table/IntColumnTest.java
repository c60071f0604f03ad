package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** One int for each row. */
class IntColumnTest {
  @Test
  void aRowHoldsZeroUntilItIsSet() {
    try (IntColumn column = new IntColumn("c", 1 << 20)) {
      assertThat(column.get(0)).isZero();
      assertThat(column.get((1 << 20) - 1)).isZero();
      assertThat(column.bytes()).isZero();
      column.set(70_000, -7);
      assertThat(column.get(70_000)).isEqualTo(-7);
      assertThat(column.get(69_999)).isZero();
      assertThat(column.get(70_001)).isZero();
      column.set(70_000, 8);
      assertThat(column.get(70_000)).isEqualTo(8);
      assertThat(column.bytes()).isLessThan(1 << 20);
    }
  }

  @Test
  void rowsBeyondTheLimitAreRefused() {
    try (IntColumn column = new IntColumn("c", 1 << 16)) {
      assertThatThrownBy(() -> column.set(1 << 16, 1)).isInstanceOf(TableFullException.class);
      assertThatThrownBy(() -> column.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
