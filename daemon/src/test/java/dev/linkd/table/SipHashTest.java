package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SipHashTest {
  private static final long KEY0 = 0x0706050403020100L;
  private static final long KEY1 = 0x0f0e0d0c0b0a0908L;

  /** The published algorithm with any number of rounds, written for clarity. */
  private static long reference(byte[] bytes, int perWord, int atEnd) {
    long[] v = {
      KEY0 ^ 0x736f6d6570736575L,
      KEY1 ^ 0x646f72616e646f6dL,
      KEY0 ^ 0x6c7967656e657261L,
      KEY1 ^ 0x7465646279746573L
    };
    int words = bytes.length / 8;
    for (int i = 0; i <= words; i++) {
      long m = i == words ? (long) bytes.length << 56 : 0;
      for (int j = 0; j < 8 && i * 8 + j < bytes.length; j++) {
        m |= (bytes[i * 8 + j] & 0xffL) << 8 * j;
      }
      v[3] ^= m;
      rounds(v, perWord);
      v[0] ^= m;
    }
    v[2] ^= 0xff;
    rounds(v, atEnd);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
  }

  private static void rounds(long[] v, int count) {
    for (int i = 0; i < count; i++) {
      v[0] += v[1];
      v[1] = Long.rotateLeft(v[1], 13);
      v[1] ^= v[0];
      v[0] = Long.rotateLeft(v[0], 32);
      v[2] += v[3];
      v[3] = Long.rotateLeft(v[3], 16);
      v[3] ^= v[2];
      v[0] += v[3];
      v[3] = Long.rotateLeft(v[3], 21);
      v[3] ^= v[0];
      v[2] += v[1];
      v[1] = Long.rotateLeft(v[1], 17);
      v[1] ^= v[2];
      v[2] = Long.rotateLeft(v[2], 32);
    }
  }

  @Test
  void theReferenceGivesThePublishedValueOfSipHash24() {
    byte[] bytes = new byte[15];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    assertThat(reference(bytes, 2, 4)).isEqualTo(0xa129ca6149be45e5L);
  }

  @Test
  void everyLengthGivesTheReferenceValue() {
    Random random = new Random(1);
    SipHash hash = new SipHash(KEY0, KEY1);
    for (int length = 0; length < 300; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      assertThat(hash.hash(MemorySegment.ofArray(bytes), 0, length))
          .as("length %d", length)
          .isEqualTo(reference(bytes, 1, 3));
    }
  }

  @Test
  void bytesAroundTheStringDoNotMatter() {
    SipHash hash = new SipHash(1, 2);
    byte[] bytes = "..a name..".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    byte[] other = "##a name##".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThat(hash.hash(MemorySegment.ofArray(bytes), 2, 6))
        .isEqualTo(hash.hash(MemorySegment.ofArray(other), 2, 6));
  }

  @Test
  void anotherKeyGivesOtherHashes() {
    byte[] bytes = {1, 2, 3};
    Set<Long> values = new HashSet<>();
    for (int key = 0; key < 1000; key++) {
      values.add(new SipHash(key, 0).hash(MemorySegment.ofArray(bytes), 0, 3));
      values.add(new SipHash(0, ~key).hash(MemorySegment.ofArray(bytes), 0, 3));
    }
    assertThat(values).hasSize(2000);
  }
}
