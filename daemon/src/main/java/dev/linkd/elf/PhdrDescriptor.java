package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * Program header (Elf64_Phdr, gABI chapter 5).
 *
 * <pre>
 *   0  4  type        PT_*
 *   4  4  flags       PF_*
 *   8  8  offset      in the file
 *  16  8  vaddr       virtual address
 *  24  8  paddr       physical address
 *  32  8  filesz      bytes in the file
 *  40  8  memsz       bytes in memory
 *  48  8  align       vaddr and offset agree modulo this
 * </pre>
 */
public final class PhdrDescriptor {

  public static final int TYPE = 0;
  public static final int FLAGS = TYPE + Integer.BYTES;
  public static final int OFFSET = FLAGS + Integer.BYTES;
  public static final int VADDR = OFFSET + Long.BYTES;
  public static final int PADDR = VADDR + Long.BYTES;
  public static final int FILESZ = PADDR + Long.BYTES;
  public static final int MEMSZ = FILESZ + Long.BYTES;
  public static final int ALIGN = MEMSZ + Long.BYTES;

  /** Size of a record in bytes. */
  public static final int BYTES = ALIGN + Long.BYTES;

  private PhdrDescriptor() {}

  /** Writes a whole record. */
  public static void put(
      MemorySegment segment,
      long at,
      int type,
      int flags,
      long offset,
      long vaddr,
      long paddr,
      long filesz,
      long memsz,
      long align) {
    Segments.setInt(segment, at + TYPE, type);
    Segments.setInt(segment, at + FLAGS, flags);
    Segments.setLong(segment, at + OFFSET, offset);
    Segments.setLong(segment, at + VADDR, vaddr);
    Segments.setLong(segment, at + PADDR, paddr);
    Segments.setLong(segment, at + FILESZ, filesz);
    Segments.setLong(segment, at + MEMSZ, memsz);
    Segments.setLong(segment, at + ALIGN, align);
  }

  public static int type(MemorySegment segment, long at) {
    return Segments.getInt(segment, at + TYPE);
  }

  public static void type(MemorySegment segment, long at, int value) {
    Segments.setInt(segment, at + TYPE, value);
  }

  public static int flags(MemorySegment segment, long at) {
    return Segments.getInt(segment, at + FLAGS);
  }

  public static void flags(MemorySegment segment, long at, int value) {
    Segments.setInt(segment, at + FLAGS, value);
  }

  public static long offset(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + OFFSET);
  }

  public static void offset(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + OFFSET, value);
  }

  public static long vaddr(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + VADDR);
  }

  public static void vaddr(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + VADDR, value);
  }

  public static long paddr(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + PADDR);
  }

  public static void paddr(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + PADDR, value);
  }

  public static long filesz(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + FILESZ);
  }

  public static void filesz(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + FILESZ, value);
  }

  public static long memsz(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + MEMSZ);
  }

  public static void memsz(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + MEMSZ, value);
  }

  public static long align(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + ALIGN);
  }

  public static void align(MemorySegment segment, long at, long value) {
    Segments.setLong(segment, at + ALIGN, value);
  }
}
