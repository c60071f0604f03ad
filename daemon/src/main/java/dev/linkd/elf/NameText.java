package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Puts names together from parts, outside of the heap as the parts are. */
final class NameText {
  private static final int CAPACITY_MIN = 256;

  private MemorySegment segment = Arena.ofAuto().allocate(CAPACITY_MIN);
  private int length;

  void clear() {
    length = 0;
  }

  void add(byte[] bytes) {
    reserve(bytes.length);
    Segments.copy(bytes, segment, length);
    length += bytes.length;
  }

  void add(MemorySegment bytes, long offset, int count) {
    reserve(count);
    Segments.copy(bytes, offset, segment, length, count);
    length += count;
  }

  private void reserve(int count) {
    if (count > segment.byteSize() - length) {
      long capacity = Math.max(segment.byteSize() * 2, (long) length + count);
      MemorySegment larger = Arena.ofAuto().allocate(capacity);
      Segments.copy(segment, 0, larger, 0, length);
      segment = larger;
    }
  }

  /** Where the names are, the first from offset 0. */
  MemorySegment segment() {
    return segment;
  }

  int length() {
    return length;
  }
}
