package dev.linkd.elf;

import dev.linkd.table.Layouts;
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
    segment.set(Layouts.LONG, at + OFFSET, offset);
    segment.set(Layouts.LONG, at + INFO, info);
    segment.set(Layouts.LONG, at + ADDEND, addend);
  }

  public static long offset(MemorySegment segment, long at) {
    return segment.get(Layouts.LONG, at + OFFSET);
  }

  public static void offset(MemorySegment segment, long at, long value) {
    segment.set(Layouts.LONG, at + OFFSET, value);
  }

  public static long info(MemorySegment segment, long at) {
    return segment.get(Layouts.LONG, at + INFO);
  }

  public static void info(MemorySegment segment, long at, long value) {
    segment.set(Layouts.LONG, at + INFO, value);
  }

  public static long addend(MemorySegment segment, long at) {
    return segment.get(Layouts.LONG, at + ADDEND);
  }

  public static void addend(MemorySegment segment, long at, long value) {
    segment.set(Layouts.LONG, at + ADDEND, value);
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
