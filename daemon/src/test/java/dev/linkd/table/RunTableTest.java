package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RunTableTest {

  private static final class Runs extends RunTable {
    Runs(int maxRows) {
      super("runs", 16, maxRows);
    }

    void stamp(int first, int length, int stamp) {
      for (int row = first; row < first + length; row++) {
        for (int field = 0; field < 16; field += 4) {
          rows.setInt(at(row) + field, stamp + field);
        }
      }
    }

    boolean stamped(int first, int length, int stamp) {
      for (int row = first; row < first + length; row++) {
        for (int field = 0; field < 16; field += 4) {
          if (rows.getInt(at(row) + field) != stamp + field) {
            return false;
          }
        }
      }
      return true;
    }

    boolean zero(int first, int length) {
      for (long at = at(first); at < at(first + length); at += 4) {
        if (rows.getInt(at) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  private record Run(int first, int length, int stamp) {}

  static LongStream seeds() {
    return Seeds.of(4);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomRunsNeverOverlapAndKeepTheirRows(long seed) {
    Random random = new Random(seed);
    List<Run> live = new ArrayList<>();
    boolean[] used = new boolean[1 << 20];
    int rows = 0;
    try (Runs table = new Runs(used.length)) {
      for (int step = 0; step < 60_000; step++) {
        int choice = random.nextInt(100);
        if (live.size() < 20 || choice < 40 && live.size() < 1500) {
          int length = 1 + (random.nextInt(20) == 0 ? random.nextInt(2000) : random.nextInt(40));
          int first = table.allocateRun(length);
          assertThat(table.zero(first, length)).isTrue();
          mark(used, first, length, true);
          table.stamp(first, length, step);
          live.add(new Run(first, length, step));
          rows += length;
        } else {
          int at = random.nextInt(live.size());
          Run run = live.get(at);
          assertThat(table.stamped(run.first, run.length, run.stamp)).isTrue();
          int length = 1 + random.nextInt(run.length * 2);
          if (choice < 70 && table.resizeRun(run.first, run.length, length)) {
            int common = Math.min(length, run.length);
            assertThat(table.stamped(run.first, common, run.stamp)).isTrue();
            assertThat(table.zero(run.first + common, length - common)).isTrue();
            mark(used, run.first, run.length, false);
            mark(used, run.first, length, true);
            table.stamp(run.first, length, run.stamp);
            live.set(at, new Run(run.first, length, run.stamp));
            rows += length - run.length;
          } else {
            table.freeRun(run.first, run.length);
            mark(used, run.first, run.length, false);
            live.set(at, live.getLast());
            live.removeLast();
            rows -= run.length;
          }
        }
        assertThat(table.size()).isEqualTo(rows);
      }
      for (int row = 0; row < used.length; row++) {
        if (table.live(row) != used[row]) {
          throw new AssertionError("row " + row);
        }
      }
      live.forEach(run -> table.freeRun(run.first, run.length));
      assertThat(table.size()).isZero();
      assertThat(table.highWater()).isZero();
    }
  }

  /** Rows in use hold no zeros, so that a row that comes back uncleared is found. */
  @ParameterizedTest
  @MethodSource("seeds")
  void rowsAreZeroInTablesThatShrinkAndGrowAgain(long seed) {
    Random random = new Random(seed);
    Deque<Run> live = new ArrayDeque<>();
    try (Runs table = new Runs(1 << 20)) {
      for (int step = 1; step < 4_000; step++) {
        boolean grows = step / 400 % 2 == 0;
        if (live.isEmpty() || random.nextInt(10) < (grows ? 7 : 3)) {
          int length = 1 + random.nextInt(random.nextInt(8) == 0 ? 9_000 : 60);
          int first = table.allocateRun(length);
          assertThat(table.zero(first, length)).isTrue();
          table.stamp(first, length, step);
          live.push(new Run(first, length, step));
        } else if (random.nextInt(3) == 0) {
          Run last = live.pop();
          int length = 1 + random.nextInt(last.length * 2);
          if (table.resizeRun(last.first, last.length, length)) {
            int common = Math.min(length, last.length);
            assertThat(table.stamped(last.first, common, last.stamp)).isTrue();
            assertThat(table.zero(last.first + common, length - common)).isTrue();
            table.stamp(last.first, length, last.stamp);
            live.push(new Run(last.first, length, last.stamp));
          } else {
            live.push(last);
          }
        } else {
          Run run = random.nextInt(4) == 0 ? live.pollLast() : live.pop();
          assertThat(table.stamped(run.first, run.length, run.stamp)).isTrue();
          table.freeRun(run.first, run.length);
        }
      }
    }
  }

  @Test
  void rowsNeverUsedAreNotTouchedToClearThem() throws Exception {
    int granules = 1 << 24;
    long bytes = (long) granules * ByteHeap.GRANULE_BYTES;
    RunAllocator runs = new RunAllocator("runs", 16, granules, Populator.NONE);
    try (RunTable table = new RunTable(runs, "runs", 16) {}) {
      int first = table.allocateRun(granules);
      assertThat(Resident.bytes(runs.region().segment().asSlice(0, bytes))).isZero();
      table.freeRun(first, granules);
    }
  }

  private static void mark(boolean[] used, int first, int length, boolean value) {
    for (int row = first; row < first + length; row++) {
      if (used[row] == value) {
        throw new AssertionError("row " + row + " is already " + (value ? "used" : "free"));
      }
      used[row] = value;
    }
  }

  @Test
  void theTableShrinksWhenItsLastRunIsFreed() {
    try (Runs table = new Runs(100)) {
      int a = table.allocateRun(10);
      int b = table.allocateRun(10);
      int c = table.allocateRun(10);
      table.freeRun(b, 10);
      assertThat(table.highWater()).isEqualTo(30);
      table.freeRun(c, 10);
      assertThat(table.highWater()).isEqualTo(10);
      assertThat(table.allocateRun(90)).isEqualTo(10);
      table.freeRun(a, 10);
      assertThat(table.allocateRun(10)).isEqualTo(0);
    }
  }

  @Test
  void theSmallestFreeRunThatFitsIsTaken() {
    try (Runs table = new Runs(1000)) {
      int big = table.allocateRun(100);
      table.allocateRun(1);
      int small = table.allocateRun(12);
      table.allocateRun(1);
      table.freeRun(small, 12);
      table.freeRun(big, 100);
      assertThat(table.allocateRun(12)).isEqualTo(small);
      assertThat(table.allocateRun(12)).isEqualTo(big);
    }
  }

  @Test
  void aRunGrowsInPlaceIntoFreeRowsOnly() {
    try (Runs table = new Runs(100)) {
      int a = table.allocateRun(10);
      int b = table.allocateRun(10);
      int c = table.allocateRun(10);
      assertThat(table.resizeRun(a, 10, 11)).isFalse();
      table.freeRun(b, 10);
      assertThat(table.resizeRun(a, 10, 21)).isFalse();
      assertThat(table.resizeRun(a, 10, 20)).isTrue();
      assertThat(table.resizeRun(c, 10, 80)).isTrue();
      assertThat(table.resizeRun(c, 80, 81)).isFalse();
      assertThat(table.resizeRun(a, 20, 1)).isTrue();
      assertThat(table.allocateRun(19)).isEqualTo(1);
      assertThat(table.size()).isEqualTo(100);
    }
  }

  @Test
  void theLimitIsExactAndChangesNothing() {
    try (Runs table = new Runs(100)) {
      table.allocateRun(60);
      assertThatThrownBy(() -> table.allocateRun(41))
          .isInstanceOf(TableFullException.class)
          .hasMessageContaining("runs");
      assertThatThrownBy(() -> table.allocateRun(Integer.MAX_VALUE))
          .isInstanceOf(TableFullException.class);
      assertThat(table.highWater()).isEqualTo(60);
      assertThat(table.allocateRun(40)).isEqualTo(60);
    }
  }

  @Test
  void rowsThatAreNotInUseCannotBeFreedOrResized() {
    try (Runs table = new Runs(100)) {
      int run = table.allocateRun(10);
      assertThatThrownBy(() -> table.freeRun(run, 11)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> table.freeRun(-1, 1)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> table.freeRun(run, 0)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> table.allocateRun(-3)).isInstanceOf(IllegalArgumentException.class);
      table.freeRun(run, 10);
      assertThatThrownBy(() -> table.freeRun(run, 10)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> table.resizeRun(run, 10, 5))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> table.freeRun(Integer.MAX_VALUE, 2))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aMillionReplacementsOfRandomLengthLevelOff() {
    Random random = new Random(5);
    try (Runs table = new Runs(1 << 24)) {
      int[] first = new int[5000];
      int[] length = new int[first.length];
      int peak = 0;
      for (int i = 0; i < 1_000_000; i++) {
        int slot = random.nextInt(first.length);
        if (length[slot] != 0) {
          table.freeRun(first[slot], length[slot]);
        }
        length[slot] = 1 + random.nextInt(60);
        first[slot] = table.allocateRun(length[slot]);
        peak = Math.max(peak, table.size());
      }
      assertThat(table.highWater()).isLessThan((int) (peak * 1.25));
    }
  }
}
