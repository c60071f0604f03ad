package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * Entry of the dynamic section (Elf64_Dyn, gABI chapter 5).
 *
 * <pre>
 *   0  8  tag         DT_*
 *   8  8  value       d_val or d_ptr
 * </pre>
 */
public final class DynDescriptor {

  public static final int TAG = 0;
  public static final int VALUE = TAG + Long.BYTES;

  /** Size of a record in bytes. */
  public static final int BYTES = VALUE + Long.BYTES;

  private DynDescriptor() {}

  /** Writes a whole record. */
  public static void put(MemorySegment segment, long at, long tag, long value) {
    Segments.setLong(segment, at + TAG, tag);
    Segments.setLong(segment, at + VALUE, value);
  }

  public static long tag(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + TAG);
  }

  public static void tag(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + TAG, value);
  }

  public static long value(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + VALUE);
  }

  public static void value(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + VALUE, value);
  }
}
