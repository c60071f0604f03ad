package dev.linkd.elf;

import java.lang.foreign.MemorySegment;

/**
 * The bytes of one synthetic table, wherever they are. Positions are relative to the start of the
 * table; byte {@code p} is at {@code segment()} offset {@code base() + p}. Both may change with
 * every {@link #ensure}, so users ask for them again after it.
 */
public interface ByteStore {

  /** The segment that holds the table. */
  MemorySegment segment();

  /** Offset of the table inside {@link #segment}. */
  long base();

  /** Makes room for {@code size} bytes in total. Content stays, new bytes are zero. */
  void ensure(long size);

  /** Notes that the bytes in [from, to) changed. */
  void dirty(long from, long to);
}
