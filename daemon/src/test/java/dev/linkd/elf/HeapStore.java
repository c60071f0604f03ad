package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * A table on the heap that moves whenever it grows, like a node of the image may, and that knows
 * which bytes were reported as changed.
 */
final class HeapStore implements ByteStore {

  private byte[] bytes = new byte[64];
  private int base = 8;
  private long size;
  private byte[] published = new byte[0];
  private final BitSet dirty = new BitSet();

  @Override
  public MemorySegment segment() {
    return MemorySegment.ofArray(bytes);
  }

  @Override
  public long base() {
    return base;
  }

  @Override
  public void ensure(long wanted) {
    if (wanted <= size) {
      return;
    }
    int newBase = base == 8 ? 24 : 8;
    byte[] grown = new byte[Math.toIntExact(newBase + wanted * 3 / 2 + 16)];
    System.arraycopy(bytes, base, grown, newBase, (int) size);
    bytes = grown;
    base = newBase;
    size = wanted;
  }

  @Override
  public void dirty(long from, long to) {
    assertThat(from).isBetween(0L, to);
    assertThat(to).isLessThanOrEqualTo(size);
    dirty.set((int) from, (int) to);
  }

  /** Largest size that was asked for. */
  long size() {
    return size;
  }

  byte at(long position) {
    return bytes[base + (int) position];
  }

  int dirtyBytes() {
    return dirty.cardinality();
  }

  /** Forgets what is dirty; fails when a byte changed that was not reported. */
  void publish() {
    for (int i = 0; i < size; i++) {
      byte before = i < published.length ? published[i] : 0;
      if (!dirty.get(i)) {
        assertThat(at(i)).as("byte %d is not dirty", i).isEqualTo(before);
      }
    }
    published = new byte[(int) size];
    System.arraycopy(bytes, base, published, 0, (int) size);
    dirty.clear();
  }
}
