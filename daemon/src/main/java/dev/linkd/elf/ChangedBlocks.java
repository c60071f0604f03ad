package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Which blocks of an atom an update changes. An edit of one function changes a few bytes of debug
 * information that is thousands of times as large.
 */
final class ChangedBlocks {

  /** A cache line. */
  private static final int BLOCK_LOG2 = 6;

  private static final int BLOCK = 1 << BLOCK_LOG2;

  /** What is compared before it is known that there is something to find. */
  private static final int STRETCH = BLOCK * Long.SIZE;

  /** A relocated field is not wider. */
  private static final int FIELD_BYTES_MAX = Long.BYTES;

  /** A bit for each block. */
  private long[] marks = {};

  private long size;
  private int stretches;

  /** Begins with none of an atom's blocks. */
  void begin(long length) {
    size = length;
    stretches = (int) ((length + STRETCH - 1) / STRETCH);
    if (marks.length < stretches) {
      marks = new long[stretches];
    }
    Arrays.fill(marks, 0, stretches, 0);
  }

  /** Adds the blocks in which the bytes of two ranges differ. */
  void compare(MemorySegment held, long from, MemorySegment bytes, long first) {
    for (int i = 0; i < stretches; i++) {
      long start = (long) i * STRETCH;
      long end = Math.min(size, start + STRETCH);
      if (!Segments.equal(held, from + start, bytes, first + start, end - start)) {
        for (long at = start; at < end; at += BLOCK) {
          long count = Math.min(BLOCK, end - at);
          if (!Segments.equal(held, from + at, bytes, first + at, count)) {
            mark(at);
          }
        }
      }
    }
  }

  /** Whether there are no blocks. */
  boolean none() {
    return next(0) == size;
  }

  /**
   * Adds the blocks of a field; one that lies outside of the atom is refused when it is applied.
   */
  void add(long offset) {
    mark(Math.min(size - 1, offset));
    mark(Math.min(size - 1, offset + FIELD_BYTES_MAX - 1));
  }

  private void mark(long offset) {
    int block = (int) (offset >>> BLOCK_LOG2);
    marks[block / Long.SIZE] |= 1L << block;
  }

  /** Whether a field lies in one of the blocks, wholly or in part. */
  boolean touch(long offset) {
    return marked(Math.min(size - 1, offset))
        || marked(Math.min(size - 1, offset + FIELD_BYTES_MAX - 1));
  }

  private boolean marked(long offset) {
    int block = (int) (offset >>> BLOCK_LOG2);
    return (marks[block / Long.SIZE] & 1L << block) != 0;
  }

  /** The first byte at or behind an offset that is in one of the blocks; the size if none is. */
  long next(long offset) {
    long at = offset & -BLOCK;
    while (at < size && !marked(at)) {
      at = marks[(int) (at / STRETCH)] == 0 ? (at / STRETCH + 1) * STRETCH : at + BLOCK;
    }
    return Math.min(size, Math.max(offset, at));
  }

  /** The first byte behind an offset that is in none of the blocks; the size if all are. */
  long end(long offset) {
    long at = offset & -BLOCK;
    while (at < size && marked(at)) {
      at += BLOCK;
    }
    return Math.min(size, at);
  }
}
