package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/** Writes bytes that were made anew into the image, from the first to the last that differ. */
final class DifferenceWriter {

  /** What is compared at once on the way back: mostly one header of many differs. */
  private static final int BLOCK = 256;

  private final LinkState state;

  DifferenceWriter(LinkState state) {
    this.state = state;
  }

  /** Writes a multiple of four bytes to a position of the image. */
  void write(MemorySegment source, long from, long size, long position) {
    MemorySegment image = state.file.image();
    long first =
        MemorySegment.mismatch(source, from, from + size, image, position, position + size);
    if (first < 0) {
      return;
    }
    first &= -Integer.BYTES;
    long end = end(source, from, size, position);
    Segments.copy(source, from + first, image, position + first, end - first);
    state.file.dirty(position + first, position + end);
    state.work.bytesWritten += end - first;
  }

  /** End of the last word that differs; there is one. */
  private long end(MemorySegment source, long from, long size, long position) {
    MemorySegment image = state.file.image();
    long end = size;
    while (end >= BLOCK && same(source, from + end - BLOCK, position + end - BLOCK)) {
      end -= BLOCK;
    }
    while (Segments.getInt(source, from + end - Integer.BYTES)
        == Segments.getInt(image, position + end - Integer.BYTES)) {
      end -= Integer.BYTES;
    }
    return end;
  }

  private boolean same(MemorySegment source, long from, long position) {
    MemorySegment image = state.file.image();
    return MemorySegment.mismatch(source, from, from + BLOCK, image, position, position + BLOCK)
        < 0;
  }
}
