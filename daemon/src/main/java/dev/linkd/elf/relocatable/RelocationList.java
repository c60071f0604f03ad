package dev.linkd.elf.relocatable;

import dev.linkd.elf.RelaDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The relocations of one section of the output. */
final class RelocationList {

  private static final int FIELDS = 3;

  private long[] values = new long[0];
  private int size;

  void add(long offset, int kind, int symbol, long addend) {
    if (size + FIELDS > values.length) {
      values = Arrays.copyOf(values, Math.max(FIELDS * 16, Math.multiplyExact(size, 2)));
    }
    values[size++] = offset;
    values[size++] = RelaDescriptor.info(symbol, kind);
    values[size++] = addend;
  }

  boolean isEmpty() {
    return size == 0;
  }

  long bytes() {
    return (long) size / FIELDS * RelaDescriptor.BYTES;
  }

  void write(MemorySegment image, long at) {
    for (int i = 0; i < size; i += FIELDS) {
      RelaDescriptor.put(
          image,
          at + (long) i / FIELDS * RelaDescriptor.BYTES,
          values[i],
          values[i + 1],
          values[i + 2]);
    }
  }
}
