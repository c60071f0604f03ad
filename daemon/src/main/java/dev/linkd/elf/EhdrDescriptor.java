package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * File header (Elf64_Ehdr, gABI chapter 4) of a little-endian 64-bit file.
 *
 * <pre>
 *   0  16  ident       magic, class, byte order, version, OS ABI
 *  16  2   type        ET_*
 *  18  2   machine     EM_*
 *  20  4   version     1
 *  24  8   entry       address
 *  32  8   phoff       program headers, in the file
 *  40  8   shoff       section headers, in the file
 *  48  4   flags       by machine
 *  52  2   ehsize      64
 *  54  2   phentsize   56
 *  56  2   phnum
 *  58  2   shentsize   64
 *  60  2   shnum       0 when it does not fit: then sh_size of section 0
 *  62  2   shstrndx    SHN_XINDEX when it does not fit: then sh_link of section 0
 * </pre>
 */
public final class EhdrDescriptor {

  public static final int IDENT = 0;
  public static final int OS_ABI = IDENT + 7;
  public static final int TYPE = IDENT + 16;
  public static final int MACHINE = TYPE + Short.BYTES;
  public static final int VERSION = MACHINE + Short.BYTES;
  public static final int ENTRY = VERSION + Integer.BYTES;
  public static final int PHOFF = ENTRY + Long.BYTES;
  public static final int SHOFF = PHOFF + Long.BYTES;
  public static final int FLAGS = SHOFF + Long.BYTES;
  public static final int EHSIZE = FLAGS + Integer.BYTES;
  public static final int PHENTSIZE = EHSIZE + Short.BYTES;
  public static final int PHNUM = PHENTSIZE + Short.BYTES;
  public static final int SHENTSIZE = PHNUM + Short.BYTES;
  public static final int SHNUM = SHENTSIZE + Short.BYTES;
  public static final int SHSTRNDX = SHNUM + Short.BYTES;

  /** Size of the header in bytes. */
  public static final int BYTES = SHSTRNDX + Short.BYTES;

  /** Number of sections from which on shnum and shstrndx live in section header 0. */
  public static final int SHN_LORESERVE = 0xff00;

  private static final int SHN_XINDEX = 0xffff;

  /** Bytes 0-6 of ident: 7f 45 4c 46, ELFCLASS64, ELFDATA2LSB, EV_CURRENT. */
  private static final long MAGIC_AND_CLASS = 0x00_01_01_02_46_4c_45_7fL;

  private EhdrDescriptor() {}

  /** Writes the whole header. The tables' positions and numbers follow with their own setters. */
  public static void put(
      MemorySegment segment, long at, int osAbi, int type, int machine, int flags, long entry) {
    Segments.setLong(segment, at + IDENT, MAGIC_AND_CLASS);
    Segments.setLong(segment, at + IDENT + Long.BYTES, 0);
    Segments.setByte(segment, at + OS_ABI, (byte) osAbi);
    Segments.setShort(segment, at + TYPE, (short) type);
    Segments.setShort(segment, at + MACHINE, (short) machine);
    Segments.setInt(segment, at + VERSION, 1);
    Segments.setLong(segment, at + ENTRY, entry);
    Segments.setInt(segment, at + FLAGS, flags);
    Segments.setShort(segment, at + EHSIZE, (short) BYTES);
    programHeaders(segment, at, 0, 0);
    Segments.setLong(segment, at + SHOFF, 0);
    Segments.setShort(segment, at + SHENTSIZE, (short) 0);
    Segments.setShort(segment, at + SHNUM, (short) 0);
    Segments.setShort(segment, at + SHSTRNDX, (short) 0);
  }

  public static void entry(MemorySegment segment, long at, long address) {
    Segments.setLong(segment, at + ENTRY, address);
  }

  public static void type(MemorySegment segment, long at, int type) {
    Segments.setShort(segment, at + TYPE, (short) type);
  }

  public static void osAbi(MemorySegment segment, long at, int osAbi) {
    Segments.setByte(segment, at + OS_ABI, (byte) osAbi);
  }

  /**
   * Where the program headers are.
   *
   * @param count at most 65534; 65535 is the escape PN_XNUM
   */
  public static void programHeaders(MemorySegment segment, long at, long offset, int count) {
    if (count < 0 || count >= 0xffff) {
      throw new IllegalArgumentException("number of program headers: " + count);
    }
    Segments.setLong(segment, at + PHOFF, offset);
    Segments.setShort(segment, at + PHENTSIZE, (short) (count == 0 ? 0 : PhdrDescriptor.BYTES));
    Segments.setShort(segment, at + PHNUM, (short) count);
  }

  /**
   * Where the section headers are. Writes section header 0 too, because numbers that do not fit the
   * file header are kept there.
   *
   * @param headers where section header 0 is in {@code segment}
   * @param offset where it is in the file
   * @param count including header 0, at least 1
   * @param names index of .shstrtab
   */
  public static void sectionHeaders(
      MemorySegment segment, long at, long headers, long offset, int count, int names) {
    if (count < 1 || names < 0 || names >= count) {
      throw new IllegalArgumentException("section headers: " + count + ", names in " + names);
    }
    boolean manySections = count >= SHN_LORESERVE;
    boolean largeIndex = names >= SHN_LORESERVE;
    Segments.setLong(segment, at + SHOFF, offset);
    Segments.setShort(segment, at + SHENTSIZE, (short) ShdrDescriptor.BYTES);
    Segments.setShort(segment, at + SHNUM, (short) (manySections ? 0 : count));
    Segments.setShort(segment, at + SHSTRNDX, (short) (largeIndex ? SHN_XINDEX : names));
    ShdrDescriptor.put(
        segment, headers, 0, 0, 0, 0, 0, manySections ? count : 0, largeIndex ? names : 0, 0, 0, 0);
  }

  public static long entry(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + ENTRY);
  }

  public static long phoff(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + PHOFF);
  }

  public static int phnum(MemorySegment segment, long at) {
    return Short.toUnsignedInt(Segments.getShort(segment, at + PHNUM));
  }

  public static long shoff(MemorySegment segment, long at) {
    return Segments.getLong(segment, at + SHOFF);
  }

  /** As stored: 0 when the number is in section header 0. */
  public static int shnum(MemorySegment segment, long at) {
    return Short.toUnsignedInt(Segments.getShort(segment, at + SHNUM));
  }
}
