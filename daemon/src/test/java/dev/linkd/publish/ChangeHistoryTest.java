package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChangeHistoryTest {
  private final ByteRanges found = new ByteRanges();

  @Test
  void anOlderGenerationCatchesUpThroughAllLaterOnes() {
    ChangeHistory history = historyOf(4, 5);
    assertThat(history.since(3, found)).isTrue();
    assertThat(found).hasToString("{[40, 41), [50, 51)}");
  }

  @Test
  void pendingChangesBelongToEveryDifference() {
    ChangeHistory history = historyOf(4, 2);
    history.pending().add(99, 100);
    assertThat(history.since(2, found)).isTrue();
    assertThat(found).hasToString("{[99, 100)}");
  }

  @Test
  void theHistoryIsBounded() {
    ChangeHistory history = historyOf(3, 10);
    assertThat(history.since(7, found)).isTrue();
    assertThat(history.since(6, found)).isFalse();
  }

  @Test
  void aGenerationThatDoesNotExistYetIsUnknown() {
    assertThat(historyOf(3, 2).since(3, found)).isFalse();
  }

  @Test
  void withoutSlotsOnlyTheNewestGenerationIsKnown() {
    ChangeHistory history = historyOf(0, 3);
    history.pending().add(7, 8);
    assertThat(history.since(2, found)).isFalse();
    assertThat(history.since(3, found)).isTrue();
    assertThat(found).hasToString("{[7, 8)}");
  }

  @Test
  void aSlotIsEmptiedBeforeItIsUsedAgain() {
    ChangeHistory history = historyOf(2, 6);
    assertThat(history.since(4, found)).isTrue();
    assertThat(found).hasToString("{[50, 51), [60, 61)}");
  }

  /** Generation g changed byte 10 * g. */
  private static ChangeHistory historyOf(int slots, int generations) {
    ChangeHistory history = new ChangeHistory(slots);
    for (int g = 1; g <= generations; g++) {
      history.pending().add(10L * g, 10L * g + 1);
      history.commit(g);
    }
    return history;
  }
}
