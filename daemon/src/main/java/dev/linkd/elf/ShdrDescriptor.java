package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * Section header (Elf64_Shdr, gABI chapter 4).
 *
 * <pre>
 *   0  4  name        offset in .shstrtab
 *   4  4  type        SHT_*
 *   8  8  flags       SHF_*
 *  16  8  addr        virtual address
 *  24  8  offset      in the file
 *  32  8  size        bytes
 *  40  4  link        section index, meaning by type
 *  44  4  info        meaning by type
 *  48  8  addralign   power of two
 *  56  8  entsize     bytes per entry
 * </pre>
 */
public final class ShdrDescriptor {

  public static final int NAME = 0;
  public static final int TYPE = NAME + Integer.BYTES;
  public static final int FLAGS = TYPE + Integer.BYTES;
  public static final int ADDR = FLAGS + Long.BYTES;
  public static final int OFFSET = ADDR + Long.BYTES;
  public static final int SIZE = OFFSET + Long.BYTES;
  public static final int LINK = SIZE + Long.BYTES;
  public static final int INFO = LINK + Integer.BYTES;
  public static final int ADDRALIGN = INFO + Integer.BYTES;
  public static final int ENTSIZE = ADDRALIGN + Long.BYTES;

  /** Size of a record in bytes. */
  public static final int BYTES = ENTSIZE + Long.BYTES;

  private ShdrDescriptor() {}

  /** Writes a whole record. */
  public static void put(
      MemorySegment segment,
      long at,
      int name,
      int type,
      long flags,
      long addr,
      long offset,
      long size,
      int link,
      int info,
      long addralign,
      long entsize) {
    Segments.setInt(segment, at + NAME, name);
    Segments.setInt(segment, at + TYPE, type);
    Segments.setLong(segment, at + FLAGS, flags);
    Segments.setLong(segment, at + ADDR, addr);
    Segments.setLong(segment, at + OFFSET, offset);
    Segments.setLong(segment, at + SIZE, size);
    Segments.setInt(segment, at + LINK, link);
    Segments.setInt(segment, at + INFO, info);
    Segments.setLong(segment, at + ADDRALIGN, addralign);
    Segments.setLong(segment, at + ENTSIZE, entsize);
  }

  public static int name(MemorySegment segment, long at) {
    return Segments.getInt(segment, at + NAME);
  }

  public static void name(MemorySegment segment, long at, int value) {
    Segments.setInt(segment, at + NAME, value);
  }

  public static int type(MemorySegment segment, long at) {
    return Segments.getInt(segment, at + TYPE);
  }

  public static void type(MemorySegment segment, long at, int value) {
    Segments.setInt(segment, at + TYPE, value);
  }

  public static long flags(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + FLAGS);
  }

  public static void flags(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + FLAGS, value);
  }

  public static long addr(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + ADDR);
  }

  public static void addr(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + ADDR, value);
  }

  public static long offset(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + OFFSET);
  }

  public static void offset(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + OFFSET, value);
  }

  public static long size(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + SIZE);
  }

  public static void size(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + SIZE, value);
  }

  public static int link(MemorySegment segment, long at) {
    return Segments.getInt(segment, at + LINK);
  }

  public static void link(MemorySegment segment, long at, int value) {
    Segments.setInt(segment, at + LINK, value);
  }

  public static int info(MemorySegment segment, long at) {
    return Segments.getInt(segment, at + INFO);
  }

  public static void info(MemorySegment segment, long at, int value) {
    Segments.setInt(segment, at + INFO, value);
  }

  public static long addralign(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + ADDRALIGN);
  }

  public static void addralign(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + ADDRALIGN, value);
  }

  public static long entsize(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + ENTSIZE);
  }

  public static void entsize(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + ENTSIZE, value);
  }
}
