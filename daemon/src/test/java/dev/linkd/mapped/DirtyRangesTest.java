package dev.linkd.mapped;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.table.Seeds;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DirtyRangesTest {
  private final DirtyRanges ranges = new DirtyRanges();

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < ranges.count(); i++) {
      text.append(ranges.from(i)).append("..").append(ranges.to(i)).append(' ');
    }
    return text.toString().trim();
  }

  @Test
  void rangesComeOutSortedWhateverTheOrderOfTheWrites() {
    ranges.add(5000, 5010);
    ranges.add(100, 110);
    ranges.add(3000, 3001);
    ranges.add(7, 7);
    assertThat(text()).isEqualTo("100..110 3000..3001 5000..5010");
    assertThat(ranges.bytes()).isEqualTo(21);
  }

  @Test
  void closeRangesBecomeOneAndFartherOnesDoNot() {
    ranges.add(0, 10);
    ranges.add(10 + DirtyRanges.JOIN_BYTES, 80);
    assertThat(text()).isEqualTo("0..80");
    ranges.add(81 + DirtyRanges.JOIN_BYTES, 200);
    assertThat(text()).isEqualTo("0..80 145..200");
    ranges.add(75, 150);
    assertThat(text()).isEqualTo("0..200");
  }

  @Test
  void appendingToTheSameRangeAgainAndAgainIsOneRange() {
    for (int i = 0; i < 100_000; i++) {
      ranges.add(i * 16L, i * 16L + 16);
    }
    assertThat(text()).isEqualTo("0..1600000");
  }

  @Test
  void clearForgetsEverything() {
    ranges.add(9000, 9001);
    ranges.add(1, 2);
    ranges.clear();
    assertThat(ranges.isEmpty()).isTrue();
    assertThat(ranges.count()).isZero();
    ranges.add(1, 2);
    assertThat(text()).isEqualTo("1..2");
  }

  @Test
  void whatIsBehindTheEndOfTheFileIsForgotten() {
    ranges.add(1000, 2000);
    ranges.add(0, 10);
    ranges.add(5000, 6000);
    ranges.truncate(1500);
    assertThat(text()).isEqualTo("0..10 1000..1500");
    ranges.truncate(0);
    assertThat(ranges.isEmpty()).isTrue();
  }

  static LongStream seeds() {
    return Seeds.of(5);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyChangedByteIsCoveredAndFewOthers(long seed) {
    Random random = new Random(seed);
    BitSet changed = new BitSet();
    int writes = random.nextInt(3000);
    for (int i = 0; i < writes; i++) {
      int from = random.nextInt(1_000_000);
      int to = from + random.nextInt(200);
      ranges.add(from, to);
      changed.set(from, to);
    }
    BitSet covered = new BitSet();
    long end = -DirtyRanges.JOIN_BYTES - 1;
    for (int i = 0; i < ranges.count(); i++) {
      assertThat(ranges.from(i) - end).isGreaterThan(DirtyRanges.JOIN_BYTES);
      end = ranges.to(i);
      covered.set((int) ranges.from(i), (int) end);
    }
    BitSet missing = (BitSet) changed.clone();
    missing.andNot(covered);
    assertThat(missing.isEmpty()).isTrue();
    for (int at = covered.nextSetBit(0); at >= 0; at = covered.nextSetBit(at)) {
      int clean = changed.nextClearBit(at);
      if (!covered.get(clean)) {
        at = clean;
        continue;
      }
      int next = changed.nextSetBit(clean);
      assertThat(next - clean).as("clean bytes inside a range").isBetween(1, 64);
      at = next;
    }
  }

  @Test
  void rangesThatAreContainedInOthersAreNotKept() {
    for (long i = DirtyRanges.COUNT_MAX; i >= 0; i--) {
      ranges.add(i * 4096, i * 4096 + 8); // more than there is room for, so they are joined
    }
    int joined = ranges.unordered();
    ranges.add(4, 6);
    ranges.add(4096, 4097);
    assertThat(ranges.unordered()).isEqualTo(joined);
    long behind = (DirtyRanges.COUNT_MAX + 10L) * 4096;
    ranges.add(behind, behind + 1);
    ranges.add(7, 8);
    ranges.truncate(4096);
    ranges.add(9000, 9001);
    ranges.add(8000, 8001);
    assertThat(ranges.from(ranges.count() - 1)).isEqualTo(9000);
    assertThat(ranges.to(ranges.count() - 2)).isEqualTo(8001);
    assertThat(ranges.from(0)).isZero();
  }

  @Test
  void aMillionScatteredWritesAreCoveredInBoundedSpace() {
    long stride = 4096;
    for (long i = 0; i < 1_000_000; i++) {
      long page = i * 7919 % 1_000_000;
      ranges.add(page * stride, page * stride + 8);
    }
    assertThat(ranges.count()).isLessThanOrEqualTo(DirtyRanges.COUNT_MAX);
    int range = 0;
    for (long page = 0; page < 1_000_000; page++) {
      while (ranges.to(range) <= page * stride) {
        range++;
      }
      assertThat(ranges.from(range)).isLessThanOrEqualTo(page * stride);
      assertThat(ranges.to(range)).isGreaterThanOrEqualTo(page * stride + 8);
    }
  }
}
