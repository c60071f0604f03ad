package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChangeRingTest {
  private final ChangeRing ring = new ChangeRing(3);

  @Test
  void aFollowerGetsWhatItMissedInOrder() {
    add(1, 2, 3);
    assertThat(ring.since(1).orElseThrow())
        .extracting(ChangeRecord::generation)
        .containsExactly(2L, 3L);
  }

  @Test
  void aFollowerThatIsUpToDateGetsNothing() {
    add(1, 2);
    assertThat(ring.since(2)).contains(List.of());
  }

  @Test
  void aFollowerBeyondTheRingNeedsAFullCopy() {
    add(1, 2, 3, 4, 5);
    assertThat(ring.since(1)).isEmpty();
    assertThat(ring.since(2).orElseThrow()).hasSize(3);
  }

  @Test
  void aGenerationOfTheFutureIsUnknown() {
    add(1);
    assertThat(ring.since(2)).isEmpty();
  }

  @Test
  void aGapDropsWhatIsBeforeIt() {
    add(1, 2, 7);
    assertThat(ring.since(1)).isEmpty();
    assertThat(ring.since(6).orElseThrow())
        .extracting(ChangeRecord::generation)
        .containsExactly(7L);
    assertThat(ring.newest()).isEqualTo(7);
  }

  @Test
  void generationsOnlyGrow() {
    add(1, 2);
    assertThatThrownBy(() -> add(2)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void clearLeavesNoWayToTheNewest() {
    add(1, 2);
    ring.clear();
    assertThat(ring.since(1)).isEmpty();
    assertThat(ring.since(2)).contains(List.of());
  }

  @Test
  void aRecordDoesNotShareArraysOrRanges() {
    ByteRanges ranges = new ByteRanges();
    ranges.add(0, 4);
    int[] atoms = {5};
    ChangeRecord record = new ChangeRecord(1, 9, ranges, ranges, atoms, atoms, atoms, atoms);
    ranges.clear();
    atoms[0] = 6;
    record.changed()[0] = 7;
    assertThat(record.changed()).containsExactly(5);
    assertThat(record.added()).containsExactly(5);
    assertThat(record.moved()).containsExactly(5);
    assertThat(record.removed()).containsExactly(5);
    record.addFileRangesTo(ranges);
    record.addAddressRangesTo(ranges);
    assertThat(ranges).hasToString("{[0, 4)}");
    assertThat(record.fileSize()).isEqualTo(9);
  }

  @Test
  void recordsWithTheSameContentAreEqual() {
    assertThat(record(3)).isEqualTo(record(3)).hasSameHashCodeAs(record(3));
    assertThat(record(3)).isNotEqualTo(record(4));
    assertThat(record(3))
        .hasToString("generation 3: 1 file ranges, 0 atoms added, 1 changed, 0 moved, 0 removed");
  }

  private void add(long... generations) {
    for (long generation : generations) {
      ring.add(record(generation));
    }
  }

  private static ChangeRecord record(long generation) {
    ByteRanges file = new ByteRanges();
    file.add(generation, generation + 1);
    int[] none = {};
    return new ChangeRecord(generation, 100, file, file, none, new int[] {1}, none, none);
  }
}
