package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHF_WRITE;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.table.Layouts;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlotTableTest {
  private static final int RESERVED = 24;

  private LinkState state;
  private OutputSection section;
  private SlotTable slots;

  @BeforeEach
  void open() {
    state = new LinkState(OutputSpec.of(Path.of("/p"), OutputKind.STATIC_EXECUTABLE));
    Layout layout = new Layout(state);
    section = layout.table(".t", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, SegmentKind.TABLES, 8);
    slots = new SlotTable(state, layout, section, 8, RESERVED);
  }

  @AfterEach
  void close() {
    state.close();
  }

  @Test
  void slotsFollowTheReservedBytes() {
    assertThat(slots.allocate()).isZero();
    assertThat(slots.allocate()).isEqualTo(1);
    assertThat(section.tableSize).isEqualTo(RESERVED + 16);
    assertThat(slots.address(1)).isEqualTo(section.address + RESERVED + 8);
    assertThat(slots.position(1)).isEqualTo(state.file.position(section.node) + RESERVED + 8);
  }

  @Test
  void theLastSlotFreedIsGivenFirst() {
    slots.append(4);
    slots.free(1);
    slots.free(3);
    assertThat(slots.live()).isEqualTo(2);
    assertThat(slots.freeSlots().size()).isEqualTo(2);
    assertThat(slots.allocate()).isEqualTo(3);
    assertThat(slots.allocate()).isEqualTo(1);
    assertThat(slots.allocate()).isEqualTo(4);
    assertThat(slots.length()).isEqualTo(5);
  }

  @Test
  void slotsThatBelongTogetherAreContiguousWhateverIsFree() {
    slots.append(3);
    slots.free(0);
    slots.free(2);
    assertThat(slots.append(2)).isEqualTo(3);
    assertThat(slots.live()).isEqualTo(3);
  }

  @Test
  void aWrittenSlotIsDirtyAndNothingElse() {
    slots.append(100);
    state.file.dirty().clear();
    long bytes = state.work.bytesWritten;
    slots.putLong(7, 0x1122334455667788L);
    assertThat(state.file.dirty().count()).isEqualTo(1);
    assertThat(state.file.dirty().from(0)).isEqualTo(slots.position(7));
    assertThat(state.file.dirty().to(0)).isEqualTo(slots.position(8));
    assertThat(state.work.bytesWritten - bytes).isEqualTo(8);
    assertThat(slots.image().get(Layouts.LONG, slots.position(7))).isEqualTo(0x1122334455667788L);
  }

  @Test
  void contentKeepsItsSlotWhenTheTableGrowsAndMoves() {
    slots.putLong(slots.allocate(), 42);
    long before = state.file.position(section.node);
    for (int i = 1; i < 100_000; i++) {
      slots.allocate();
    }
    assertThat(slots.image().get(Layouts.LONG, slots.position(0))).isEqualTo(42);
    assertThat(section.tableSize).isEqualTo(RESERVED + 800_000);
    assertThat(state.file.size(section.node)).isGreaterThanOrEqualTo(section.tableSize);
    assertThat(before).isPositive();
  }

  @Test
  void aResetTableIsEmpty() {
    slots.append(2);
    slots.free(0);
    slots.free(1);
    slots.reset();
    assertThat(section.tableSize).isZero();
    assertThat(slots.length()).isZero();
    assertThat(slots.allocate()).isZero();
  }

  @Test
  void noSlotIsGivenTwice() {
    Random random = new Random(5);
    Set<Integer> live = new HashSet<>();
    for (int step = 0; step < 20_000; step++) {
      if (live.isEmpty() || random.nextInt(100) < 51) {
        assertThat(live.add(slots.allocate())).isTrue();
      } else {
        int freed = live.stream().skip(random.nextInt(Math.min(5, live.size()))).findFirst().get();
        live.remove(freed);
        slots.free(freed);
      }
      assertThat(slots.live()).isEqualTo(live.size());
    }
    assertThat(slots.length()).as("free slots are used first").isLessThan(2_000);
  }
}
