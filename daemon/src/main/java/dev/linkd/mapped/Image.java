package dev.linkd.mapped;

import dev.linkd.table.Region;
import dev.linkd.table.Segments;
import dev.linkd.table.Work;
import java.lang.foreign.MemorySegment;

/** The bytes of the file in memory. Bytes behind the end of the file are zero. */
final class Image implements AutoCloseable {

  /** A file that shrinks by less keeps its pages. */
  private static final long DISCARD_BYTES = 64 * 1024;

  private final Region region;
  private final Work work;
  private final DirtyRanges dirty = new DirtyRanges();

  Image(String name, long reserveBytes, Work work) {
    this.region = new Region(name, reserveBytes);
    this.work = work;
  }

  MemorySegment bytes() {
    return region.segment();
  }

  DirtyRanges dirty() {
    return dirty;
  }

  /** Makes the file this long; may fail, but then nothing has changed. */
  void ensure(long size) {
    region.ensure(size);
  }

  /** Moves bytes; the ranges may overlap. */
  void move(long from, long to, long length) {
    MemorySegment bytes = region.segment();
    Segments.copy(bytes, from, bytes, to, length);
    wrote(to, to + length);
  }

  /** Zeroes what is behind the new end of the file and gives its memory back. */
  void truncate(long oldSize, long newSize) {
    if (oldSize - newSize >= DISCARD_BYTES) {
      long kept = Math.min((newSize + DISCARD_BYTES - 1) & -DISCARD_BYTES, oldSize);
      long end = (oldSize + DISCARD_BYTES - 1) & -DISCARD_BYTES;
      UniformFiller.fill(region.segment(), newSize, kept, (byte) 0);
      region.discard(kept, Math.min(end, region.committed()));
    } else {
      UniformFiller.fill(region.segment(), newSize, oldSize, (byte) 0);
    }
    dirty.truncate(newSize);
  }

  /** Counts bytes that were written and marks them. */
  void wrote(long from, long to) {
    work.bytesWritten += to - from;
    dirty.add(from, to);
  }

  /** Gives all memory back; the bytes are zero until the owner writes them again. */
  void discard() {
    region.discard(0, region.committed());
  }

  long committed() {
    return region.committed();
  }

  @Override
  public void close() {
    region.close();
  }
}
