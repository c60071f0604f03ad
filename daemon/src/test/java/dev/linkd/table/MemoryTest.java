package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Accesses of a region one by one: the same bytes as its segment, and no others. */
final class MemoryTest {

  private static final long SIZE = 64 * 1024;

  @Test
  void fieldsAreLittleEndianAtAnyOffset() {
    try (Region region = region()) {
      Memory memory = region.memory();
      memory.setLong(3, 0x8877665544332211L);

      assertThat(memory.getByte(3)).isEqualTo((byte) 0x11);
      assertThat(memory.getShort(4)).isEqualTo((short) 0x3322);
      assertThat(memory.getInt(7)).isEqualTo(0x88776655);
      assertThat(region.segment().get(Layouts.LONG, 3)).isEqualTo(0x8877665544332211L);

      memory.setByte(3, (byte) 1);
      memory.setShort(4, (short) 0x0203);
      memory.setInt(6, 0x04050607);
      assertThat(memory.getLong(3)).isEqualTo(0x8804050607020301L);
    }
  }

  @Test
  void clearingTouchesNothingBeside() {
    try (Region region = region()) {
      Memory memory = region.memory();
      memory.setLong(0, -1);
      memory.setLong(8, -1);

      memory.clear(4, 7);

      assertThat(memory.getLong(0)).isEqualTo(0xffff_ffffL);
      assertThat(memory.getLong(8)).isEqualTo(0xffff_ffff_ff00_0000L);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, SIZE - 7, SIZE, Long.MAX_VALUE, Long.MIN_VALUE})
  void accessesOutsideFail(long at) {
    try (Region region = region()) {
      Memory memory = region.memory();

      assertThatThrownBy(() -> memory.getLong(at)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> memory.setLong(at, 0)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> memory.clear(at, 8)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> memory.clear(0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void staysValidWhenTheRegionGrowsAndEndsWithIt() {
    Region region = region();
    Memory memory = region.memory();
    memory.setInt(0, 42);

    region.ensure(SIZE + 1);
    memory.setInt(SIZE, 7);

    assertThat(memory.getInt(0)).isEqualTo(42);
    MemorySegment segment = region.segment();
    assertThat(memory.size()).isEqualTo(segment.byteSize());
    region.close();
    assertThat(memory.size()).isZero();
    assertThatThrownBy(() -> memory.getInt(0)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static Region region() {
    Region region = new Region("test", 4 * SIZE);
    region.ensure(SIZE);
    return region;
  }
}
