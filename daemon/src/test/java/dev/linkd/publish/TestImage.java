package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/**
 * An image whose every generation differs in a few places: the number of the generation, once in
 * each of {@link #STAMPS} places spread over the whole image. A file with different numbers is
 * torn.
 */
final class TestImage {
  static final int STAMPS = 8;

  private static final ValueLayout.OfLong STAMP = ValueLayout.JAVA_LONG_UNALIGNED;

  final MemorySegment bytes;
  final ByteRanges changed = new ByteRanges();
  private long size;
  private long stamp;

  TestImage(long size) {
    this(size, size);
  }

  TestImage(long size, long capacity) {
    this.size = size;
    bytes = Arena.ofAuto().allocate(capacity, Long.BYTES);
    byte[] noise = new byte[(int) Math.min(capacity, 1 << 16)];
    new Random(42).nextBytes(noise);
    for (long at = 0; at < capacity; at += noise.length) {
      long count = Math.min(noise.length, capacity - at);
      MemorySegment.copy(MemorySegment.ofArray(noise), 0, bytes, at, count);
    }
    next();
  }

  long size() {
    return size;
  }

  long stamp() {
    return stamp;
  }

  /** Makes the next generation's content and says what it changes. */
  TestImage next() {
    changed.clear();
    stamp++;
    for (int i = 0; i < STAMPS; i++) {
      long at = stampOffset(i, size);
      bytes.set(STAMP, at, stamp);
      changed.add(at, at + Long.BYTES);
    }
    return this;
  }

  /** Another size from the next generation on. */
  TestImage resize(long newSize) {
    size = newSize;
    return next();
  }

  /** Overwrites {@code [from, to)} with a byte that depends on the generation. */
  void fill(long from, long to) {
    bytes.asSlice(from, to - from).fill((byte) stamp);
    changed.add(from, to);
  }

  byte[] content() {
    return bytes.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
  }

  PublishResult publish(Publisher publisher) throws PublishException {
    return publisher.publish(bytes, size, changed);
  }

  private static long stampOffset(int i, long size) {
    return (size - Long.BYTES) * i / (STAMPS - 1);
  }

  /** The generation of a whole file; fails on a torn one. */
  static long wholeStamp(byte[] content) {
    MemorySegment file = MemorySegment.ofArray(content);
    long first = file.get(STAMP, 0);
    for (int i = 1; i < STAMPS; i++) {
      assertThat(file.get(STAMP, stampOffset(i, content.length)))
          .as("stamp %d of a file that starts with generation %d", i, first)
          .isEqualTo(first);
    }
    return first;
  }
}
