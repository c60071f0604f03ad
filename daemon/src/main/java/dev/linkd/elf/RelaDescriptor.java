package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * Relocation with addend (Elf64_Rela, gABI chapter 4).
 *
 * <pre>
 *   0  8  offset      address of the field
 *   8  8  info        symbol index << 32 | kind
 *  16  8  addend
 * </pre>
 */
public final class RelaDescriptor {

  public static final int OFFSET = 0;
  public static final int INFO = OFFSET + Long.BYTES;
  public static final int ADDEND = INFO + Long.BYTES;

  /** Size of a record in bytes. */
  public static final int BYTES = ADDEND + Long.BYTES;

  private RelaDescriptor() {}

  /** Writes a whole record. */
  public static void put(MemorySegment segment, long at, long offset, long info, long addend) {
    Segments.setLong(segment, at + OFFSET, offset);
    Segments.setLong(segment, at + INFO, info);
    Segments.setLong(segment, at + ADDEND, addend);
  }

  public static long offset(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + OFFSET);
  }

  public static void offset(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + OFFSET, value);
  }

  public static long info(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + INFO);
  }

  public static void info(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + INFO, value);
  }

  public static long addend(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + ADDEND);
  }

  public static void addend(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + ADDEND, value);
  }

  /** Index of the symbol in the linked symbol table. */
  public static int symbol(long info) {
    return (int) (info >>> 32);
  }

  public static int kind(long info) {
    return (int) info;
  }

  public static long info(int symbol, int kind) {
    return (long) symbol << 32 | Integer.toUnsignedLong(kind);
  }
}
