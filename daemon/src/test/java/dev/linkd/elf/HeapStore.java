package dev.linkd.elf;

import static org.assertj.core.api.Assertions.fail;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * A table on the heap that moves whenever it grows, like a node of the image may, and that knows
 * which bytes were reported as changed.
 */
final class HeapStore implements ByteStore {

  private byte[] bytes = new byte[64];
  private MemorySegment segment = MemorySegment.ofArray(bytes);
  private int base = 8;
  private long size;
  private byte[] published = new byte[0];
  private final BitSet dirty = new BitSet();

  @Override
  public MemorySegment segment() {
    return segment;
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
    segment = MemorySegment.ofArray(grown);
    base = newBase;
    size = wanted;
  }

  @Override
  public void dirty(long from, long to) {
    if (from < 0 || from > to || to > size) {
      fail("dirty [" + from + ", " + to + ") of " + size);
    }
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
      if (!dirty.get(i) && at(i) != before) {
        fail("byte " + i + " changed and is not dirty");
      }
    }
    published = new byte[(int) size];
    System.arraycopy(bytes, base, published, 0, (int) size);
    dirty.clear();
  }
}
