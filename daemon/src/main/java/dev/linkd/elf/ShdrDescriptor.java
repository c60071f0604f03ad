package dev.linkd.elf;

import dev.linkd.table.Layouts;
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
    segment.set(Layouts.INT, at + NAME, name);
    segment.set(Layouts.INT, at + TYPE, type);
    segment.set(Layouts.LONG, at + FLAGS, flags);
    segment.set(Layouts.LONG, at + ADDR, addr);
    segment.set(Layouts.LONG, at + OFFSET, offset);
    segment.set(Layouts.LONG, at + SIZE, size);
    segment.set(Layouts.INT, at + LINK, link);
    segment.set(Layouts.INT, at + INFO, info);
    segment.set(Layouts.LONG, at + ADDRALIGN, addralign);
    segment.set(Layouts.LONG, at + ENTSIZE, entsize);
  }

  public static int name(MemorySegment segment, long at) {
    return segment.get(Layouts.INT, at + NAME);
  }

  public static void name(MemorySegment segment, long at, int value) {
    segment.set(Layouts.INT, at + NAME, value);
  }

  public static int type(MemorySegment segment, long at) {
    return segment.get(Layouts.INT, at + TYPE);
  }

  public static void type(MemorySegment segment, long at, int value) {
    segment.set(Layouts.INT, at + TYPE, value);
  }

  public static long flags(MemorySegment segment, long at) {
    return segment.get(Layouts.LONG, at + FLAGS);
  }

  public static void flags(MemorySegment segment, long at, long value) {
    segment.set(Layouts.LONG, at + FLAGS, value);
  }

  public static long addr(MemorySegment segment, long at) {
    return segment.get(Layouts.LONG, at + ADDR);
  }

  public static void addr(MemorySegment segment, long at, long value) {
    segment.set(Layouts.LONG, at + ADDR, value);
  }

  public static long offset(MemorySegment segment, long at) {
    return segment.get(Layouts.LONG, at + OFFSET);
  }

  public static void offset(MemorySegment segment, long at, long value) {
    segment.set(Layouts.LONG, at + OFFSET, value);
  }

  public static long size(MemorySegment segment, long at) {
    return segment.get(Layouts.LONG, at + SIZE);
  }

  public static void size(MemorySegment segment, long at, long value) {
    segment.set(Layouts.LONG, at + SIZE, value);
  }

  public static int link(MemorySegment segment, long at) {
    return segment.get(Layouts.INT, at + LINK);
  }

  public static void link(MemorySegment segment, long at, int value) {
    segment.set(Layouts.INT, at + LINK, value);
  }

  public static int info(MemorySegment segment, long at) {
    return segment.get(Layouts.INT, at + INFO);
  }

  public static void info(MemorySegment segment, long at, int value) {
    segment.set(Layouts.INT, at + INFO, value);
  }

  public static long addralign(MemorySegment segment, long at) {
    return segment.get(Layouts.LONG, at + ADDRALIGN);
  }

  public static void addralign(MemorySegment segment, long at, long value) {
    segment.set(Layouts.LONG, at + ADDRALIGN, value);
  }

  public static long entsize(MemorySegment segment, long at) {
    return segment.get(Layouts.LONG, at + ENTSIZE);
  }

  public static void entsize(MemorySegment segment, long at, long value) {
    segment.set(Layouts.LONG, at + ENTSIZE, value);
  }
}
