package dev.linkd.table;

import java.lang.foreign.MemorySegment;

/**
 * SipHash-1-3 (Aumasson and Bernstein): a keyed hash of byte strings. Without the key nobody can
 * choose symbol names that collide, so a table of names from hostile inputs stays fast.
 */
final class SipHash {
  private final long key0;
  private final long key1;

  SipHash(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  long hash(MemorySegment bytes, long offset, int length) {
    long v0 = key0 ^ 0x736f6d6570736575L;
    long v1 = key1 ^ 0x646f72616e646f6dL;
    long v2 = key0 ^ 0x6c7967656e657261L;
    long v3 = key1 ^ 0x7465646279746573L;
    int words = length >>> 3;
    int rounds = words + 4; // one per word, one for the tail, three to finish
    for (int i = 0; i < rounds; i++) {
      long word = 0;
      if (i < words) {
        word = Segments.getLong(bytes, offset + ((long) i << 3));
      } else if (i == words) {
        word = tail(bytes, offset, length);
      } else if (i == words + 1) {
        v2 ^= 0xff;
      }
      v3 ^= word;
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
      v0 ^= word;
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  /** The last word: the bytes that are left, and the length in the top byte. */
  private static long tail(MemorySegment bytes, long offset, int length) {
    long word = (long) length << 56;
    long start = offset + (length & ~7);
    for (int i = 0; i < (length & 7); i++) {
      word |= (Segments.getByte(bytes, start + i) & 0xffL) << (i << 3);
    }
    return word;
  }
}
