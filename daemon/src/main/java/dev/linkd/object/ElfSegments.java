package dev.linkd.object;

import static dev.linkd.object.ElfConstants.PF_W;
import static dev.linkd.object.ElfConstants.PHDR_SIZE;
import static dev.linkd.object.ElfConstants.PT_GNU_RELRO;
import static dev.linkd.object.ElfConstants.PT_LOAD;

import dev.linkd.diag.LinkException;

/**
 * The program header table (gABI chapter 5): where addresses of a loaded file are in its bytes.
 *
 * <pre>
 *  0 p_type   4 p_flags   8 p_offset  16 p_vaddr  24 p_paddr
 * 32 p_filesz 40 p_memsz 48 p_align
 * </pre>
 */
final class ElfSegments {
  static final long NOWHERE = -1;

  private final InputBytes in;
  private final long table;
  private final int count;

  private ElfSegments(InputBytes in, ElfHeader header) {
    this.in = in;
    this.table = header.programTable();
    this.count = header.programHeaders();
  }

  static ElfSegments read(InputBytes in, ElfHeader header) throws LinkException {
    header.checkProgramTable(in);
    ElfSegments segments = new ElfSegments(in, header);
    for (int p = 0; p < segments.count; p++) {
      segments.check(p);
    }
    return segments;
  }

  private void check(int p) throws LinkException {
    if (!in.contains(fileOffset(p), fileSize(p))) {
      throw in.malformed(entry(p), "program header " + p + " reaches beyond the file");
    }
    long end = address(p) + memorySize(p);
    if (address(p) < 0 || memorySize(p) < 0 || end < 0) {
      throw in.malformed(entry(p), "program header " + p + " has an impossible address range");
    }
    if (type(p) == PT_LOAD && fileSize(p) > memorySize(p)) {
      throw in.malformed(entry(p), "program header " + p + " has more bytes than memory");
    }
  }

  private long entry(int p) {
    return table + (long) p * PHDR_SIZE;
  }

  private int type(int p) {
    return in.i32(entry(p));
  }

  private int flags(int p) {
    return in.i32(entry(p) + 4);
  }

  long fileOffset(int p) {
    return in.i64(entry(p) + 8);
  }

  private long address(int p) {
    return in.i64(entry(p) + 16);
  }

  long fileSize(int p) {
    return in.i64(entry(p) + 32);
  }

  private long memorySize(int p) {
    return in.i64(entry(p) + 40);
  }

  /** First program header of that type, or -1. */
  int find(int type) {
    for (int p = 0; p < count; p++) {
      if (type(p) == type) {
        return p;
      }
    }
    return -1;
  }

  /** File offset of an address range that is stored in one segment, else {@link #NOWHERE}. */
  long offsetOf(long address, long size) {
    for (int p = 0; p < count; p++) {
      if (type(p) == PT_LOAD && Bytes.inside(address - address(p), size, fileSize(p))) {
        return fileOffset(p) + (address - address(p));
      }
    }
    return NOWHERE;
  }

  /** Number of stored bytes from an address to the end of its segment; 0 when not stored. */
  long storedFrom(long address) {
    for (int p = 0; p < count; p++) {
      if (type(p) == PT_LOAD && Bytes.inside(address - address(p), 1, fileSize(p))) {
        return fileSize(p) - (address - address(p));
      }
    }
    return 0;
  }

  /** Whether the address cannot be written after start: not writable, or inside PT_GNU_RELRO. */
  boolean readOnly(long address) {
    boolean writable = false;
    for (int p = 0; p < count; p++) {
      if (Bytes.inside(address - address(p), 1, memorySize(p))) {
        if (type(p) == PT_GNU_RELRO) {
          return true;
        }
        writable |= type(p) == PT_LOAD && (flags(p) & PF_W) != 0;
      }
    }
    return !writable;
  }
}
