package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The primitives that all parsers rely on. */
class BytesTest {

  @Test
  void fieldsAreLittleEndianAndUnsigned() {
    byte[] array = {(byte) 0x80, (byte) 0x81, (byte) 0x82, (byte) 0x83, 4, 5, 6, (byte) 0x87};
    MemorySegment bytes = MemorySegment.ofArray(array);
    assertThat(Bytes.u8(bytes, 0)).isEqualTo(0x80);
    assertThat(Bytes.u16(bytes, 1)).isEqualTo(0x8281);
    assertThat(Bytes.i32(bytes, 0)).isEqualTo(0x83828180);
    assertThat(Bytes.u32(bytes, 0)).isEqualTo(0x83828180L);
    assertThat(Bytes.i64(bytes, 0)).isEqualTo(0x8706050483828180L);
  }

  @Test
  void rangesAreCheckedWithoutOverflow() {
    assertThat(Bytes.inside(0, 0, 0)).isTrue();
    assertThat(Bytes.inside(10, 0, 10)).isTrue();
    assertThat(Bytes.inside(4, 6, 10)).isTrue();
    assertThat(Bytes.inside(4, 7, 10)).isFalse();
    assertThat(Bytes.inside(11, 0, 10)).isFalse();
    assertThat(Bytes.inside(-1, 1, 10)).isFalse();
    assertThat(Bytes.inside(1, -1, 10)).isFalse();
    assertThat(Bytes.inside(Long.MAX_VALUE, Long.MAX_VALUE, 10)).isFalse();
    assertThat(Bytes.inside(10, Long.MAX_VALUE, Long.MAX_VALUE)).isFalse();
    assertThat(Bytes.inside(Long.MIN_VALUE, Long.MIN_VALUE, 10)).isFalse();
  }

  @Test
  void powersOfTwo() {
    for (int bit = 0; bit < 63; bit++) {
      assertThat(Bytes.powerOfTwo(1L << bit)).isTrue();
      assertThat(Bytes.powerOfTwo((1L << bit) + 1)).isEqualTo(bit == 0);
    }
    assertThat(Bytes.powerOfTwo(0)).isFalse();
    assertThat(Bytes.powerOfTwo(-2)).isFalse();
    assertThat(Bytes.powerOfTwo(Long.MIN_VALUE)).isFalse();
  }

  /** The word-wise search against one byte at a time, with bytes that confuse such searches. */
  @Test
  void theFirstNulIsFound() {
    long seed = System.nanoTime();
    System.out.println("BytesTest seed " + seed);
    Random random = new Random(seed);
    byte[] confusing = {1, (byte) 0x80, (byte) 0x81, (byte) 0xff, 0x7f, 'a'};
    for (int i = 0; i < 50_000; i++) {
      byte[] array = new byte[random.nextInt(40)];
      for (int b = 0; b < array.length; b++) {
        array[b] = random.nextInt(12) == 0 ? 0 : confusing[random.nextInt(confusing.length)];
      }
      int from = random.nextInt(array.length + 1);
      int limit = random.nextInt(from, array.length + 1);
      int expected = 0;
      while (from + expected < limit && array[from + expected] != 0) {
        expected++;
      }
      assertThat(Bytes.lengthUntilNul(MemorySegment.ofArray(array), from, limit))
          .isEqualTo(expected);
    }
  }

  @Test
  void textAndPrefixes() {
    byte[] array = "gr\u00fc\u00dfe.text.hot".getBytes(StandardCharsets.UTF_8);
    MemorySegment bytes = MemorySegment.ofArray(array);
    assertThat(Bytes.text(bytes, 0, 7)).isEqualTo("gr\u00fc\u00dfe");
    assertThat(Bytes.text(bytes, 3, 1)).as("half a character").isEqualTo("\ufffd");
    assertThat(Bytes.startsWith(bytes, 7, array.length, ".text.")).isTrue();
    assertThat(Bytes.startsWith(bytes, 7, array.length, ".text.cold")).isFalse();
    assertThat(Bytes.startsWith(bytes, 7, 12, ".text.")).as("limit").isFalse();
    assertThat(Bytes.startsWith(bytes, array.length, array.length, "")).isTrue();
  }
}
