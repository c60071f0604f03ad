package dev.linkd.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class VirtualMemoryTest {
  private static final long PAGE = VirtualMemory.pageBytes();

  @Test
  void committedPagesAreZeroAndWritable() {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment range = VirtualMemory.reserve(16 * PAGE, arena);
      VirtualMemory.commit(range, 2 * PAGE, 4 * PAGE);
      assertThat(range.get(ValueLayout.JAVA_BYTE, 2 * PAGE)).isZero();
      range.set(ValueLayout.JAVA_BYTE, 4 * PAGE - 1, (byte) 7);
      assertThat(range.get(ValueLayout.JAVA_BYTE, 4 * PAGE - 1)).isEqualTo((byte) 7);
    }
  }

  @Test
  void discardedPagesReadAsZeroAndNeighboursKeepTheirBytes() {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment range = VirtualMemory.reserve(4 * PAGE, arena);
      VirtualMemory.commit(range, 0, 4 * PAGE);
      range.fill((byte) 1);
      VirtualMemory.discard(range, PAGE, 3 * PAGE);
      assertThat(range.get(ValueLayout.JAVA_BYTE, PAGE - 1)).isEqualTo((byte) 1);
      assertThat(range.get(ValueLayout.JAVA_BYTE, PAGE)).isZero();
      assertThat(range.get(ValueLayout.JAVA_BYTE, 3 * PAGE - 1)).isZero();
      assertThat(range.get(ValueLayout.JAVA_BYTE, 3 * PAGE)).isEqualTo((byte) 1);
    }
  }

  @Test
  void populatedPagesAreResidentReadAsZeroAndKeepWhatWasWritten() throws Exception {
    try (Arena arena = Arena.ofShared()) {
      long bytes = 64 << 20;
      MemorySegment range = VirtualMemory.reserve(2 * bytes, arena);
      VirtualMemory.commit(range, 0, bytes);
      range.set(ValueLayout.JAVA_BYTE, 5 * PAGE + 1, (byte) 7);
      long before = kilobytes("VmRSS:");
      boolean populated = VirtualMemory.populate(range, 0, bytes);
      long grown = kilobytes("VmRSS:") - before;
      assertThat(populated).isEqualTo(VirtualMemory.populates());
      if (populated) {
        assertThat(grown).isBetween(48L << 10, 96L << 10);
      }
      assertThat(range.get(ValueLayout.JAVA_BYTE, 5 * PAGE + 1)).isEqualTo((byte) 7);
      range.set(ValueLayout.JAVA_BYTE, 5 * PAGE + 1, (byte) 0);
      assertThat(range.asSlice(0, bytes).mismatch(MemorySegment.ofArray(new byte[64 << 20])))
          .isEqualTo(-1);
    }
  }

  @Test
  void whatIsNotCommittedIsNotPopulatedAndNoError() {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment range = VirtualMemory.reserve(4 * PAGE, arena);
      VirtualMemory.commit(range, 0, PAGE);
      assertThat(VirtualMemory.populate(range, PAGE, 2 * PAGE)).isFalse();
      assertThatThrownBy(() -> VirtualMemory.populate(range, 0, 5 * PAGE))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aReservationOfATerabyteCostsNoMemoryAndIsGivenBack() throws Exception {
    long before = kilobytes("VmSize:");
    for (int i = 0; i < 100; i++) {
      try (Arena arena = Arena.ofShared()) {
        VirtualMemory.reserve(1L << 40, arena);
        assertThat(kilobytes("VmSize:") - before).isGreaterThanOrEqualTo(1L << 29);
      }
    }
    assertThat(kilobytes("VmSize:") - before).isLessThan(1L << 30);
  }

  @Test
  void moreThanTheAddressSpaceIsRefusedWithTheErrorNumber() {
    try (Arena arena = Arena.ofShared()) {
      assertThatThrownBy(() -> VirtualMemory.reserve(1L << 60, arena))
          .isInstanceOfSatisfying(
              VirtualMemoryException.class, e -> assertThat(e.errno()).isEqualTo(12))
          .hasMessageContaining("mmap");
    }
  }

  @Test
  void rangesMustBePagesInsideTheReservation() {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment range = VirtualMemory.reserve(4 * PAGE, arena);
      assertThatThrownBy(() -> VirtualMemory.commit(range, 1, PAGE))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> VirtualMemory.commit(range, 0, 5 * PAGE))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> VirtualMemory.discard(range, PAGE, PAGE))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> VirtualMemory.discard(range, -PAGE, PAGE))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void memoryIsNotAccessibleAfterItsArenaIsClosed() {
    Arena arena = Arena.ofShared();
    MemorySegment range = VirtualMemory.reserve(PAGE, arena);
    VirtualMemory.commit(range, 0, PAGE);
    arena.close();
    assertThatThrownBy(() -> range.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  private static long kilobytes(String field) throws Exception {
    String status = Files.readString(Path.of("/proc/self/status"));
    return status
        .lines()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }
}
