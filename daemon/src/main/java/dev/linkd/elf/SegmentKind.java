package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.PF_R;
import static dev.linkd.object.ElfConstants.PF_W;
import static dev.linkd.object.ElfConstants.PF_X;
import static dev.linkd.object.ElfConstants.SHF_EXECINSTR;
import static dev.linkd.object.ElfConstants.SHF_WRITE;

/**
 * The PT_LOADs of an image in address order, each with the size that its address window begins
 * with. Sections that grow have a segment of their own, so that growth never moves another
 * section's address; small tables share one. All windows together stay below 2 GiB, the reach of
 * 32-bit relocations; .bss is the last of them and has what is left. Sections of the large code
 * model (psABI, "Large code model") come behind.
 */
enum SegmentKind {
  /**
   * ELF header, program headers, .interp and the usual notes: one page. Who looks at the memory of
   * a program, or at its core, finds them there, where address and file offset differ by the base.
   */
  HEADERS(PF_R, 0),
  /** What the dynamic linker reads: .dynsym, .dynstr, hash, versions, .rela.*, other notes. */
  TABLES(PF_R, 32),
  RODATA(PF_R, 128),
  EH_FRAME_HDR(PF_R, 16),
  EH_FRAME(PF_R, 64),
  GCC_EXCEPT_TABLE(PF_R, 32),
  /** Read-only sections with names of their own. */
  OTHER_READ(PF_R, 32),
  PLT(PF_R | PF_X, 16),
  /** .init, .fini and code sections with names of their own. */
  OTHER_CODE(PF_R | PF_X, 32),
  TEXT(PF_R | PF_X, 256),
  /** .tdata; .tbss has addresses behind it. */
  TLS(PF_R | PF_W, 32),
  /** Written during relocation, read-only afterwards. */
  RELRO(PF_R | PF_W, 96),
  GOT_PLT(PF_R | PF_W, 16),
  DATA(PF_R | PF_W, 128),
  /** Writable sections with names of their own. */
  OTHER_WRITE(PF_R | PF_W, 32),
  /** Sections of writable code, which only their names bring together. */
  WRITABLE_CODE(PF_R | PF_W | PF_X, 1),
  BSS(PF_R | PF_W, 0),
  LARGE_RODATA(PF_R, 0),
  LARGE_TEXT(PF_R | PF_X, 0),
  LARGE_DATA(PF_R | PF_W, 0),
  LARGE_BSS(PF_R | PF_W, 0);

  private static final long MEGABYTE = 1L << 20;

  /** Of a text in the first page, so that two fit. */
  private static final int TEXT_BYTES_MAX = 192;

  final int flags;

  /** Bytes of address space at the beginning. */
  final long window;

  SegmentKind(int flags, long megabytes) {
    this.flags = flags;
    this.window = megabytes * MEGABYTE;
  }

  /** Where a table with a text goes that the first page should have. */
  static SegmentKind forText(long bytes) {
    return bytes <= TEXT_BYTES_MAX ? HEADERS : TABLES;
  }

  /** Where sections with names of their own go. */
  static SegmentKind other(long sectionFlags) {
    boolean written = (sectionFlags & SHF_WRITE) != 0;
    if ((sectionFlags & SHF_EXECINSTR) != 0) {
      return written ? WRITABLE_CODE : OTHER_CODE;
    }
    return written ? OTHER_WRITE : OTHER_READ;
  }

  /** Whether it holds sections with names of their own. */
  boolean other() {
    return this == OTHER_READ || this == OTHER_CODE || this == OTHER_WRITE || this == WRITABLE_CODE;
  }

  /** Its sections are the usual ones, which grow with each edit: their ends move in steps. */
  boolean stepped() {
    return this == TEXT || this == RODATA || this == DATA || this == BSS;
  }

  /** Only code of the large model refers to it. */
  boolean large() {
    return compareTo(BSS) > 0;
  }

  /** Whether it has bytes in the file. */
  boolean content() {
    return this != BSS && this != LARGE_BSS;
  }
}
