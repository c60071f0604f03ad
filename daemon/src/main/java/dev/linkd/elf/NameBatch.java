package dev.linkd.elf;

import dev.linkd.table.Names;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Names that are looked up together, so that their cache misses overlap. Keeps its storage. */
final class NameBatch {
  private static final int CAPACITY_MIN = 64;

  private long[] offsets = new long[CAPACITY_MIN];
  private int[] lengths = new int[CAPACITY_MIN];
  private int[] ids = new int[CAPACITY_MIN];
  private int count;

  void clear() {
    count = 0;
  }

  /** Adds a name; its id is found by how many were added before. */
  void add(long offset, int length) {
    if (count == lengths.length) {
      offsets = Arrays.copyOf(offsets, count * 2);
      lengths = Arrays.copyOf(lengths, count * 2);
      ids = new int[count * 2];
    }
    offsets[count] = offset;
    lengths[count++] = length;
  }

  /** Finds the ids of all names that were added, which are in {@code bytes}. */
  void intern(Names names, MemorySegment bytes) {
    names.intern(bytes, offsets, lengths, count, ids);
  }

  int count() {
    return count;
  }

  int id(int index) {
    return ids[index];
  }
}
