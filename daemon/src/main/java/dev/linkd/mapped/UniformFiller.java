package dev.linkd.mapped;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/** Fills gaps with one byte value. */
record UniformFiller(byte value) implements GapFiller {

  private static final long SHORT_BYTES = 1024;

  @Override
  public void fill(MappedFile file, int container, int previousNode, long from, long to) {
    fill(file.image(), from, to, value);
  }

  /** Most ranges are short, and a slice of the image is an object. */
  static void fill(MemorySegment image, long from, long to, byte value) {
    if (to - from > SHORT_BYTES) {
      Segments.fill(image, from, to - from, value);
      return;
    }
    long pattern = (value & 0xffL) * 0x0101010101010101L;
    long at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      Segments.setLong(image, at, pattern);
    }
    for (; at < to; at++) {
      Segments.setByte(image, at, value);
    }
  }

  @Override
  public boolean uniform() {
    return true;
  }
}
