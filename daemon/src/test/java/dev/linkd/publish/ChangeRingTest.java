package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.publish.AtomChanges.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangeRingTest {
  private final ChangeRing ring = new ChangeRing(3, 1 << 20);

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
    AtomChanges atoms = new AtomChanges();
    for (Kind kind : Kind.values()) {
      atoms.add(kind, 5);
    }
    ChangeRecord record = new ChangeRecord(1, 9, ranges, ranges, atoms);
    ranges.clear();
    atoms.clear();
    atoms.add(Kind.CHANGED, 6);
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

  @Test
  void anOlderFileCatchesUpThroughAllLaterRecords() {
    ByteRanges found = new ByteRanges();
    add(1, 2, 3);
    assertThat(ring.addFileRangesSince(1, found)).isTrue();
    assertThat(found).hasToString("{[2, 4)}");
    assertThat(ring.addFileRangesSince(4, found)).isFalse();
    add(4);
    assertThat(ring.addFileRangesSince(0, found)).isFalse();
    assertThat(found).hasToString("{[2, 4)}");
  }

  @Test
  void aRingWithoutPlacesKnowsOnlyTheNewestGeneration() {
    ChangeRing none = new ChangeRing(0, 0);
    none.add(record(1));
    none.add(record(2));
    assertThat(none.since(2)).contains(List.of());
    assertThat(none.since(1)).isEmpty();
    assertThat(none.find(2)).isEmpty();
  }

  @Test
  void largeRecordsPushOthersOutAndTheNewestStays() {
    ChangeRing small = new ChangeRing(100, 1000);
    for (int g = 1; g <= 50; g++) {
      small.add(record(g));
    }
    assertThat(small.oldest()).isBetween(40L, 48L);
    assertThat(small.find(small.oldest() + 1)).isPresent();
    assertThat(small.find(small.oldest())).isEmpty();
    AtomChanges many = new AtomChanges();
    for (int i = 0; i < 5000; i++) {
      many.add(Kind.ADDED, i);
    }
    ByteRanges none = new ByteRanges();
    small.add(new ChangeRecord(51, 1, none, none, many));
    assertThat(small.oldest()).isEqualTo(50);
    small.add(record(52));
    assertThat(small.since(51).orElseThrow()).containsExactly(record(52));
    assertThat(small.oldest()).isEqualTo(51);
  }

  @Test
  void tooManyAtomsAreCountedButNotNamed() {
    AtomChanges many = new AtomChanges();
    for (int i = 0; i <= AtomChanges.ROWS_MAX; i++) {
      many.add(i % 2 == 0 ? Kind.ADDED : Kind.MOVED, i);
    }
    ByteRanges none = new ByteRanges();
    ChangeRecord record = new ChangeRecord(1, 1, none, none, many);
    assertThat(record.complete()).isFalse();
    assertThat(record.addedCount()).isEqualTo(AtomChanges.ROWS_MAX / 2 + 1);
    assertThat(record.movedCount()).isEqualTo(AtomChanges.ROWS_MAX / 2);
    assertThat(record.added()).isEmpty();
    many.clear();
    many.add(Kind.REMOVED, 3);
    assertThat(new ChangeRecord(2, 1, none, none, many).complete()).isTrue();
  }

  private void add(long... generations) {
    for (long generation : generations) {
      ring.add(record(generation));
    }
  }

  private static ChangeRecord record(long generation) {
    ByteRanges file = new ByteRanges();
    file.add(generation, generation + 1);
    AtomChanges atoms = new AtomChanges();
    atoms.add(Kind.CHANGED, 1);
    return new ChangeRecord(generation, 100, file, file, atoms);
  }
}
