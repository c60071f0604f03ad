package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowTableTest {

  /** Rows of 20 bytes: two longs and an int. */
  private static final class Rows extends RowTable {
    Rows(int maxRows) {
      super("rows", 20, maxRows);
    }

    void set(int row, long value) {
      rows.setLong(at(row), value);
      rows.setLong(at(row) + 8, ~value);
      rows.setInt(at(row) + 16, (int) value);
    }

    void assertHolds(int row, long value) {
      assertThat(rows.getLong(at(row))).isEqualTo(value);
      assertThat(rows.getLong(at(row) + 8)).isEqualTo(~value);
      assertThat(rows.getInt(at(row) + 16)).isEqualTo((int) value);
    }

    boolean isZero(int row) {
      return rows.getLong(at(row)) == 0
          && rows.getLong(at(row) + 8) == 0
          && rows.getInt(at(row) + 16) == 0;
    }
  }

  static LongStream seeds() {
    return Seeds.of(3);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomAllocationAndFreeingKeepsEveryRow(long seed) {
    Random random = new Random(seed);
    Map<Integer, Long> model = new HashMap<>();
    List<Integer> live = new ArrayList<>();
    try (Rows table = new Rows(100_000)) {
      int peak = 0;
      for (int step = 0; step < 60_000; step++) {
        if (live.isEmpty() || random.nextInt(100) < 52) {
          int row = table.allocate();
          assertThat(model).doesNotContainKey(row);
          assertThat(table.isZero(row)).isTrue();
          long value = random.nextLong();
          table.set(row, value);
          model.put(row, value);
          live.add(row);
          peak = Math.max(peak, live.size());
        } else {
          int at = random.nextInt(live.size());
          int row = live.set(at, live.getLast());
          live.removeLast();
          table.assertHolds(row, Objects.requireNonNull(model.remove(row)));
          table.free(row);
          assertThat(table.live(row)).isFalse();
        }
      }
      assertThat(table.size()).isEqualTo(model.size());
      assertThat(table.highWater()).isEqualTo(peak);
      model.forEach(table::assertHolds);
      for (int row = 0; row < table.highWater(); row++) {
        assertThat(table.live(row)).isEqualTo(model.containsKey(row));
      }
    }
  }

  @Test
  void freeingTwiceOrARowThatNeverWasFails() {
    try (Rows table = new Rows(10)) {
      int row = table.allocate();
      table.free(row);
      assertThatThrownBy(() -> table.free(row)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> table.free(5)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> table.free(-1)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> table.free(Integer.MAX_VALUE))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void theLimitIsExactAndAFreedRowCanBeUsedAgain() {
    try (Rows table = new Rows(3)) {
      for (int i = 0; i < 3; i++) {
        assertThat(table.allocate()).isEqualTo(i);
      }
      assertThatThrownBy(table::allocate)
          .isInstanceOf(TableFullException.class)
          .hasMessage("rows is full: its limit is 3 rows");
      assertThat(table.size()).isEqualTo(3);
      table.free(1);
      assertThat(table.allocate()).isEqualTo(1);
    }
  }

  @Test
  void millionsOfReplacementsNeedNoMoreMemory() {
    try (Rows table = new Rows(1 << 20)) {
      for (int i = 0; i < 1000; i++) {
        table.allocate();
      }
      long bytes = table.bytes();
      for (int i = 0; i < 3_000_000; i++) {
        table.free(i % 1000);
        table.allocate();
      }
      assertThat(table.highWater()).isEqualTo(1000);
      assertThat(table.bytes()).isEqualTo(bytes);
    }
  }
}
