package dev.linkd.elf;

import dev.linkd.table.Layouts;
import java.lang.foreign.MemorySegment;

/**
 * Symbol (Elf64_Sym, gABI chapter 4).
 *
 * <pre>
 *   0  4  name        offset in the string table
 *   4  1  info        binding << 4 | type
 *   5  1  other       visibility
 *   6  2  shndx       section index, SHN_*
 *   8  8  value       address, or TLS offset
 *  16  8  size        bytes
 * </pre>
 */
public final class SymDescriptor {

  public static final int NAME = 0;
  public static final int INFO = NAME + Integer.BYTES;
  public static final int OTHER = INFO + Byte.BYTES;
  public static final int SHNDX = OTHER + Byte.BYTES;
  public static final int VALUE = SHNDX + Short.BYTES;
  public static final int SIZE = VALUE + Long.BYTES;

  /** Size of a record in bytes. */
  public static final int BYTES = SIZE + Long.BYTES;

  private SymDescriptor() {}

  /** Writes a whole record. */
  public static void put(
      MemorySegment segment,
      long at,
      int name,
      int info,
      int other,
      int shndx,
      long value,
      long size) {
    segment.set(Layouts.INT, at + NAME, name);
    segment.set(Layouts.BYTE, at + INFO, (byte) info);
    segment.set(Layouts.BYTE, at + OTHER, (byte) other);
    segment.set(Layouts.SHORT, at + SHNDX, (short) shndx);
    segment.set(Layouts.LONG, at + VALUE, value);
    segment.set(Layouts.LONG, at + SIZE, size);
  }

  public static int name(MemorySegment segment, long at) {
    return segment.get(Layouts.INT, at + NAME);
  }

  public static void name(MemorySegment segment, long at, int value) {
    segment.set(Layouts.INT, at + NAME, value);
  }

  public static int info(MemorySegment segment, long at) {
    return Byte.toUnsignedInt(segment.get(Layouts.BYTE, at + INFO));
  }

  public static void info(MemorySegment segment, long at, int value) {
    segment.set(Layouts.BYTE, at + INFO, (byte) value);
  }

  public static int other(MemorySegment segment, long at) {
    return Byte.toUnsignedInt(segment.get(Layouts.BYTE, at + OTHER));
  }

  public static void other(MemorySegment segment, long at, int value) {
    segment.set(Layouts.BYTE, at + OTHER, (byte) value);
  }

  public static int shndx(MemorySegment segment, long at) {
    return Short.toUnsignedInt(segment.get(Layouts.SHORT, at + SHNDX));
  }

  public static void shndx(MemorySegment segment, long at, int value) {
    segment.set(Layouts.SHORT, at + SHNDX, (short) value);
  }

  public static long value(MemorySegment segment, long at) {
    return segment.get(Layouts.LONG, at + VALUE);
  }

  public static void value(MemorySegment segment, long at, long value) {
    segment.set(Layouts.LONG, at + VALUE, value);
  }

  public static long size(MemorySegment segment, long at) {
    return segment.get(Layouts.LONG, at + SIZE);
  }

  public static void size(MemorySegment segment, long at, long value) {
    segment.set(Layouts.LONG, at + SIZE, value);
  }
}
