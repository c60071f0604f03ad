package dev.linkd.mapped;

import static dev.linkd.table.Layouts.BYTE;
import static dev.linkd.table.Layouts.LONG;

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
      image.asSlice(from, to - from).fill(value);
      return;
    }
    long pattern = (value & 0xffL) * 0x0101010101010101L;
    long at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      image.set(LONG, at, pattern);
    }
    for (; at < to; at++) {
      image.set(BYTE, at, value);
    }
  }

  @Override
  public boolean uniform() {
    return true;
  }
}
