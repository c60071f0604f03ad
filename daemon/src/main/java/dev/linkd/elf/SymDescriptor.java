package dev.linkd.elf;

import dev.linkd.table.Segments;
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
    Segments.setInt(segment, at + NAME, name);
    Segments.setByte(segment, at + INFO, (byte) info);
    Segments.setByte(segment, at + OTHER, (byte) other);
    Segments.setShort(segment, at + SHNDX, (short) shndx);
    Segments.setLong(segment, at + VALUE, value);
    Segments.setLong(segment, at + SIZE, size);
  }

  public static int name(MemorySegment segment, long at) {
    return Segments.getInt(segment, at + NAME);
  }

  public static void name(MemorySegment segment, long at, int value) {
    Segments.setInt(segment, at + NAME, value);
  }

  public static int info(MemorySegment segment, long at) {
    return Byte.toUnsignedInt(Segments.getByte(segment, at + INFO));
  }

  public static void info(MemorySegment segment, long at, int value) {
    Segments.setByte(segment, at + INFO, (byte) value);
  }

  public static int other(MemorySegment segment, long at) {
    return Byte.toUnsignedInt(Segments.getByte(segment, at + OTHER));
  }

  public static void other(MemorySegment segment, long at, int value) {
    Segments.setByte(segment, at + OTHER, (byte) value);
  }

  public static int shndx(MemorySegment segment, long at) {
    return Short.toUnsignedInt(Segments.getShort(segment, at + SHNDX));
  }

  public static void shndx(MemorySegment segment, long at, int value) {
    Segments.setShort(segment, at + SHNDX, (short) value);
  }

  public static long value(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + VALUE);
  }

  public static void value(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + VALUE, value);
  }

  public static long size(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + SIZE);
  }

  public static void size(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + SIZE, value);
  }
}
