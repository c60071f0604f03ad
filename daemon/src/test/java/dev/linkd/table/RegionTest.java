package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class RegionTest {
  private static final long MIB = 1 << 20;

  @Test
  void rowsNeverMoveWhileTheRegionGrows() {
    try (Region region = new Region("r", 64 * MIB)) {
      region.ensure(1);
      long address = region.segment().address();
      region.segment().set(Layouts.LONG, 0, 42);
      region.ensure(40 * MIB);
      assertThat(region.segment().address()).isEqualTo(address);
      assertThat(region.segment().get(Layouts.LONG, 0)).isEqualTo(42);
      assertThat(region.segment().get(Layouts.LONG, 40 * MIB - 8)).isZero();
    }
  }

  @Test
  void accessBeyondTheCommittedPartIsAnExceptionNotAFault() {
    try (Region region = new Region("r", MIB)) {
      region.ensure(100);
      MemorySegment segment = region.segment();
      assertThat(segment.byteSize()).isEqualTo(region.committed()).isLessThan(MIB);
      assertThatThrownBy(() -> segment.get(Layouts.BYTE, region.committed()))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void growthByOneByteAtATimeCommitsLogarithmicallyOften() {
    try (Region region = new Region("r", 1L << 34)) {
      int commits = 0;
      long committed = 0;
      for (long bytes = 1; bytes < 1L << 30; bytes += 4096) {
        region.ensure(bytes);
        if (region.committed() != committed) {
          commits++;
          committed = region.committed();
        }
      }
      assertThat(commits).isLessThan(60);
    }
  }

  @Test
  void theLimitIsExactAndNamed() {
    try (Region region = new Region("symbols", 100_000)) {
      region.ensure(100_000);
      long committed = region.committed();
      assertThatThrownBy(() -> region.ensure(100_001))
          .isInstanceOfSatisfying(
              TableFullException.class,
              e -> {
                assertThat(e.table()).isEqualTo("symbols");
                assertThat(e.limit()).isEqualTo(100_000);
              })
          .hasMessageContaining("symbols");
      assertThat(region.committed()).isEqualTo(committed);
    }
  }

  @Test
  void anImpossibleReservationIsRefused() {
    assertThatThrownBy(() -> new Region("r", 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Region("r", Long.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Region("huge", 1L << 60))
        .isInstanceOf(TableFullException.class)
        .hasMessageContaining("huge");
  }

  @Test
  void discardZeroesWholePagesOnly() {
    try (Region region = new Region("r", MIB)) {
      region.ensure(MIB);
      region.segment().fill((byte) 1);
      region.discard(4095, 8193);
      assertThat(region.segment().get(Layouts.BYTE, 4095)).isEqualTo((byte) 1);
      assertThat(region.segment().get(Layouts.BYTE, 4096)).isZero();
      assertThat(region.segment().get(Layouts.BYTE, 8191)).isZero();
      assertThat(region.segment().get(Layouts.BYTE, 8192)).isEqualTo((byte) 1);
      region.discard(10_000, 10_001);
      assertThat(region.segment().get(Layouts.BYTE, 10_000)).isEqualTo((byte) 1);
      assertThatThrownBy(() -> region.discard(0, MIB + 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aLargeRegionEndsWithAHugePageAndASmallOneDoesNotHoldAny() {
    try (Region region = new Region("r", 1L << 30)) {
      region.ensure(Region.HUGE_FROM_BYTES / 2);
      assertThat(region.committed()).isLessThan(Region.HUGE_FROM_BYTES * 3 / 4);
      for (long bytes = Region.HUGE_FROM_BYTES; bytes < 1L << 29; bytes += 5 * MIB) {
        region.ensure(bytes);
        long end = region.segment().address() + region.committed();
        assertThat(end % Region.HUGE_BYTES).as("end of %d bytes", bytes).isZero();
        region.segment().set(Layouts.LONG, region.committed() - Long.BYTES, bytes);
      }
      region.ensure(1L << 30);
      assertThat(region.committed()).isEqualTo(1L << 30);
    }
  }
}
