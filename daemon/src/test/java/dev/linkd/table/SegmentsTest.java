package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same answers for native segments and for those of arrays, and the same refusals. */
final class SegmentsTest {

  private static final int SIZE = 61;

  static Stream<MemorySegment> segments() {
    return Stream.of(Arena.ofAuto().allocate(SIZE), MemorySegment.ofArray(new byte[SIZE]));
  }

  @ParameterizedTest
  @MethodSource("segments")
  void fieldsAreLittleEndianAtAnyOffset(MemorySegment segment) {
    Segments.setLong(segment, 3, 0x8877665544332211L);

    assertThat(segment.get(Layouts.LONG, 3)).isEqualTo(0x8877665544332211L);
    assertThat(Segments.getLong(segment, 3)).isEqualTo(0x8877665544332211L);
    assertThat(Segments.getByte(segment, 3)).isEqualTo((byte) 0x11);
    assertThat(Segments.getShort(segment, 4)).isEqualTo((short) 0x3322);
    assertThat(Segments.getInt(segment, 7)).isEqualTo(0x88776655);
    Segments.setByte(segment, 3, (byte) 1);
    Segments.setShort(segment, 4, (short) 0x0203);
    Segments.setInt(segment, 6, 0x04050607);
    assertThat(segment.get(Layouts.LONG, 3)).isEqualTo(0x8804050607020301L);
  }

  @ParameterizedTest
  @MethodSource("segments")
  void accessesOutsideFail(MemorySegment segment) {
    for (long at : new long[] {-1, SIZE - 7, SIZE, Long.MAX_VALUE, Long.MIN_VALUE}) {
      fails(() -> Segments.getLong(segment, at));
      fails(() -> Segments.setLong(segment, at, 1));
      fails(() -> Segments.copy(segment, at, segment, 0, 8));
      fails(() -> Segments.copy(segment, 0, segment, at, 8));
      fails(() -> Segments.copy(new byte[8], segment, at));
      fails(() -> Segments.fill(segment, at, 8, (byte) 1));
      fails(() -> Segments.equal(segment, at, segment, 0, 8));
      fails(() -> Segments.equal(segment, 0, segment, at, 8));
    }
    fails(() -> Segments.copy(segment, 0, segment, 0, -1));
    assertThat(segment.mismatch(MemorySegment.ofArray(new byte[SIZE]))).isEqualTo(-1);
  }

  @Test
  void aReadOnlySegmentIsNotWritten() {
    MemorySegment segment = Arena.ofAuto().allocate(SIZE).asReadOnly();

    for (ThrowingCallable write :
        List.<ThrowingCallable>of(
            () -> Segments.setByte(segment, 0, (byte) 1),
            () -> Segments.setLong(segment, 0, 1),
            () -> Segments.copy(segment, 0, segment, 8, 8),
            () -> Segments.copy(new byte[8], segment, 0),
            () -> Segments.fill(segment, 0, 8, (byte) 1))) {
      assertThatThrownBy(write).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(Segments.getLong(segment, 0)).isZero();
  }

  @Test
  void aClosedSegmentIsNoticedWhereAssertionsAreOn() {
    Arena arena = Arena.ofShared();
    MemorySegment segment = arena.allocate(SIZE);
    arena.close();

    assertThatThrownBy(() -> Segments.getInt(segment, 0)).isInstanceOf(AssertionError.class);
  }

  @ParameterizedTest
  @MethodSource("segments")
  void copiesOverlap(MemorySegment segment) {
    for (int i = 0; i < SIZE; i++) {
      Segments.setByte(segment, i, (byte) i);
    }
    Segments.copy(segment, 0, segment, 5, 50);
    assertThat(Segments.getByte(segment, 54)).isEqualTo((byte) 49);
    assertThat(Segments.getByte(segment, 4)).isEqualTo((byte) 4);
    Segments.copy(new byte[] {9, 8}, segment, 59);
    assertThat(Segments.getShort(segment, 59)).isEqualTo((short) 0x0809);
    Segments.fill(segment, 1, 3, (byte) 7);
    assertThat(Segments.getInt(segment, 1)).isEqualTo(0x04070707);
  }

  @ParameterizedTest
  @MethodSource("segments")
  void equalityAndLengthAgreeWithTheObvious(MemorySegment segment) {
    Random random = new Random(7);
    MemorySegment other = Arena.ofAuto().allocate(SIZE);
    for (int round = 0; round < 20_000; round++) {
      for (int i = 0; i < SIZE; i++) {
        byte value = (byte) (random.nextInt(12) == 0 ? 0 : 0x80 >> random.nextInt(8));
        Segments.setByte(segment, i, value);
        Segments.setByte(other, i, random.nextInt(60) == 0 ? (byte) 3 : value);
      }
      int at = random.nextInt(SIZE);
      int length = random.nextInt(SIZE - at + 1);
      assertThat(Segments.equal(segment, at, other, at, length))
          .isEqualTo(segment.asSlice(at, length).mismatch(other.asSlice(at, length)) < 0);
      byte[] bytes = segment.asSlice(at, length).toArray(Layouts.BYTE);
      int nul = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(0);
      assertThat(Segments.lengthUntilNul(segment, at, at + length))
          .isEqualTo(nul < 0 ? length : nul);
    }
    assertThat(Segments.lengthUntilNul(segment, 9, 3)).isZero();
  }

  private static void fails(ThrowingCallable access) {
    assertThatThrownBy(access).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
