package dev.linkd.table;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A 128-bit hash that identifies content. It is for accidents, not for adversaries: whoever could
 * be hurt by a chosen collision compares the bytes as well.
 *
 * <h2>Construction</h2>
 *
 * The message is a sequence of 64-bit words. A byte range is its length, then its bytes in
 * little-endian words, the last one filled with zeros; the length keeps {@code "ab","c"} and {@code
 * "a","bc"} apart. Word number n goes to lane n mod 4 of two independent halves:
 *
 * <pre>
 * first:  lane = rotate(lane + word * P1, 31) * P2
 * second: lane = (rotate(lane ^ word * Q1, 27) + Q3) * Q2
 * </pre>
 *
 * A step is a bijection of the word and of the lane, so two messages that differ in one word differ
 * in both halves. Every lane is multiplied by an odd number again after each word, and the end
 * mixes the lanes with a finaliser in which each input bit changes each output bit with probability
 * 1/2. Two halves of 64 bits that share nothing but the message make an accidental collision as
 * unlikely as 2^-128. Eight multiplications per 32 bytes do not depend on each other, so they
 * overlap.
 *
 * <p>The value is the same in every process and on every machine; it may be stored. Not
 * thread-safe; nothing is allocated after construction.
 */
public final class Hasher {
  private static final long P1 = 0x9e3779b97f4a7c15L;
  private static final long P2 = 0xc2b2ae3d27d4eb4fL;
  private static final long Q1 = 0xd6e8feb86659fd93L;
  private static final long Q2 = 0xa0761d6478bd642fL;
  private static final long Q3 = 0x165667b19e3779f9L;
  private static final int LANES = 4;
  private static final int STRIPE = LANES * Long.BYTES;

  private long a0;
  private long a1;
  private long a2;
  private long a3;
  private long b0;
  private long b1;
  private long b2;
  private long b3;
  private long words;

  public Hasher() {
    reset();
  }

  /** Starts a new message. */
  public Hasher reset() {
    a0 = P1;
    a1 = ~P1;
    a2 = P2;
    a3 = P1 ^ P2;
    b0 = Q1;
    b1 = ~Q1;
    b2 = Q2;
    b3 = Q1 ^ Q2;
    words = 0;
    return this;
  }

  /** Appends one number. */
  public Hasher update(long word) {
    switch ((int) words & 3) {
      case 0 -> {
        a0 = first(a0, word);
        b0 = second(b0, word);
      }
      case 1 -> {
        a1 = first(a1, word);
        b1 = second(b1, word);
      }
      case 2 -> {
        a2 = first(a2, word);
        b2 = second(b2, word);
      }
      default -> {
        a3 = first(a3, word);
        b3 = second(b3, word);
      }
    }
    words++;
    return this;
  }

  /** Appends a byte range with its length. */
  public Hasher update(MemorySegment bytes, long offset, long length) {
    Objects.checkFromIndexSize(offset, length, bytes.byteSize());
    update(length);
    long at = offset;
    long end = offset + length;
    while ((words & 3) != 0 && end - at >= Long.BYTES) {
      update(Segments.getLong(bytes, at));
      at += Long.BYTES;
    }
    if (end - at >= STRIPE) {
      at = stripes(bytes, at, end);
    }
    for (; end - at >= Long.BYTES; at += Long.BYTES) {
      update(Segments.getLong(bytes, at));
    }
    if (at < end) {
      update(tail(bytes, at, (int) (end - at)));
    }
    return this;
  }

  /** Takes whole stripes with the lanes in local variables; returns where it stopped. */
  private long stripes(MemorySegment bytes, long from, long end) {
    long x0 = a0;
    long x1 = a1;
    long x2 = a2;
    long x3 = a3;
    long y0 = b0;
    long y1 = b1;
    long y2 = b2;
    long y3 = b3;
    long at = from;
    for (; end - at >= STRIPE; at += STRIPE) {
      long w0 = Segments.getLong(bytes, at);
      long w1 = Segments.getLong(bytes, at + 8);
      long w2 = Segments.getLong(bytes, at + 16);
      long w3 = Segments.getLong(bytes, at + 24);
      x0 = first(x0, w0);
      x1 = first(x1, w1);
      x2 = first(x2, w2);
      x3 = first(x3, w3);
      y0 = second(y0, w0);
      y1 = second(y1, w1);
      y2 = second(y2, w2);
      y3 = second(y3, w3);
    }
    a0 = x0;
    a1 = x1;
    a2 = x2;
    a3 = x3;
    b0 = y0;
    b1 = y1;
    b2 = y2;
    b3 = y3;
    words += (at - from) / Long.BYTES;
    return at;
  }

  private static long tail(MemorySegment bytes, long offset, int length) {
    long word = 0;
    for (int i = 0; i < length; i++) {
      word |= (Segments.getByte(bytes, offset + i) & 0xffL) << (i << 3);
    }
    return word;
  }

  private static long first(long lane, long word) {
    return Long.rotateLeft(lane + word * P1, 31) * P2;
  }

  private static long second(long lane, long word) {
    return (Long.rotateLeft(lane ^ (word * Q1), 27) + Q3) * Q2;
  }

  /** Upper half of the value of what was appended so far; appending may go on. */
  public long high() {
    return combine(a0, a1, a2, a3, P2);
  }

  /** Lower half. */
  public long low() {
    return combine(b0, b1, b2, b3, Q2);
  }

  public Hash128 value() {
    return new Hash128(high(), low());
  }

  private long combine(long lane0, long lane1, long lane2, long lane3, long factor) {
    long h = words * factor;
    h = mix(h ^ lane0) * factor;
    h = mix(h ^ lane1) * factor;
    h = mix(h ^ lane2) * factor;
    return mix(h ^ lane3);
  }

  /** Spreads every bit over the word: xor-shifts and odd multiplications, a bijection. */
  private static long mix(long value) {
    long h = value;
    h = (h ^ (h >>> 32)) * 0xd6e8feb86659fd93L;
    h = (h ^ (h >>> 29)) * 0x9fb21c651e98df25L;
    return h ^ (h >>> 32);
  }
}
