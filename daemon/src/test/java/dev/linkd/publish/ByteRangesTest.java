package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteRangesTest {
  private final ByteRanges ranges = new ByteRanges();

  @Test
  void startsEmpty() {
    assertThat(ranges.isEmpty()).isTrue();
    assertThat(ranges.count()).isZero();
    assertThat(ranges.bytes()).isZero();
  }

  @Test
  void anEmptyRangeAddsNothing() {
    ranges.add(5, 5);
    assertThat(ranges.isEmpty()).isTrue();
  }

  @Test
  void ascendingRangesStayApart() {
    ranges.add(0, 4);
    ranges.add(8, 10);
    assertThat(ranges).hasToString("{[0, 4), [8, 10)}");
    assertThat(ranges.bytes()).isEqualTo(6);
  }

  @Test
  void touchingRangesBecomeOne() {
    ranges.add(0, 4);
    ranges.add(4, 8);
    ranges.add(10, 12);
    ranges.add(8, 10);
    assertThat(ranges).hasToString("{[0, 12)}");
  }

  @Test
  void aRangeBeforeAllOthersComesFirst() {
    ranges.add(10, 20);
    ranges.add(0, 3);
    assertThat(ranges).hasToString("{[0, 3), [10, 20)}");
  }

  @Test
  void aRangeOverManySwallowsThem() {
    for (int i = 0; i < 10; i++) {
      ranges.add(i * 10, i * 10 + 2);
    }
    ranges.add(15, 81);
    assertThat(ranges).hasToString("{[0, 2), [10, 12), [15, 82), [90, 92)}");
  }

  @Test
  void aRangeInsideAnotherChangesNothing() {
    ranges.add(0, 100);
    ranges.add(40, 50);
    assertThat(ranges).hasToString("{[0, 100)}");
  }

  @Test
  void clearForgetsAll() {
    ranges.add(0, 100);
    ranges.clear();
    ranges.add(3, 4);
    assertThat(ranges).hasToString("{[3, 4)}");
  }

  @Test
  void unionInterleaves() {
    ranges.add(0, 2);
    ranges.add(10, 12);
    ByteRanges other = new ByteRanges();
    other.add(2, 4);
    other.add(6, 11);
    other.add(20, 21);
    ranges.addAll(other);
    assertThat(ranges).hasToString("{[0, 4), [6, 12), [20, 21)}");
    assertThat(other).hasToString("{[2, 4), [6, 11), [20, 21)}");
  }

  @Test
  void unionWithItselfChangesNothing() {
    ranges.add(0, 2);
    ranges.addAll(ranges);
    assertThat(ranges).hasToString("{[0, 2)}");
  }

  @Test
  void whatIsNoRangeIsRefused() {
    assertThatThrownBy(() -> ranges.add(-1, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ranges.add(3, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThat(ranges.isEmpty()).isTrue();
  }

  @Test
  void positionsNearTheLargestLongWork() {
    ranges.add(Long.MAX_VALUE - 1, Long.MAX_VALUE);
    ranges.add(0, 1);
    assertThat(ranges.bytes()).isEqualTo(2);
  }

  @Test
  void randomAdditionsAgreeWithABitSet() {
    long seed = new Random().nextLong();
    System.out.println("ByteRangesTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      BitSet expected = new BitSet();
      ByteRanges actual = randomRanges(random, expected);
      ByteRanges more = randomRanges(random, expected);
      actual.addAll(more);
      assertSame(actual, expected, seed);
    }
  }

  private static ByteRanges randomRanges(Random random, BitSet into) {
    ByteRanges ranges = new ByteRanges();
    int space = 1 + random.nextInt(2000);
    for (int i = random.nextInt(60); i > 0; i--) {
      int from = random.nextInt(space);
      int to = from + random.nextInt(1 + space / 20);
      ranges.add(from, to);
      into.set(from, to);
    }
    return ranges;
  }

  private static void assertSame(ByteRanges actual, BitSet expected, long seed) {
    int at = 0;
    for (int i = 0; i < actual.count(); i++) {
      at = expected.nextSetBit(at);
      assertThat(actual.from(i)).as("seed %d", seed).isEqualTo(at);
      at = expected.nextClearBit(at);
      assertThat(actual.to(i)).as("seed %d", seed).isEqualTo(at);
    }
    assertThat(expected.nextSetBit(at)).as("seed %d", seed).isEqualTo(-1);
    assertThat(actual.bytes()).isEqualTo(expected.cardinality());
  }
}
