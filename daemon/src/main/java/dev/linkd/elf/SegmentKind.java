package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.PF_R;
import static dev.linkd.object.ElfConstants.PF_W;
import static dev.linkd.object.ElfConstants.PF_X;

/**
 * The PT_LOADs of an image in address order, each with the size of its address window. Sections
 * that grow have a segment of their own, so that growth never moves another section's address;
 * small tables share one. All windows together stay below 2 GiB, the reach of 32-bit relocations;
 * .bss is last and has what is left.
 */
enum SegmentKind {
  /** ELF header and program headers. */
  HEADERS(PF_R, 1),
  /** What the dynamic linker reads: .dynsym, .dynstr, hash, versions, .rela.*, notes. */
  TABLES(PF_R, 31),
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
  BSS(PF_R | PF_W, 1100);

  private static final long MEGABYTE = 1L << 20;

  final int flags;

  /** Bytes of address space. */
  final long window;

  SegmentKind(int flags, long megabytes) {
    this.flags = flags;
    this.window = megabytes * MEGABYTE;
  }

  /** Distance of the window from the image base. */
  long start() {
    long start = 0;
    for (SegmentKind kind : values()) {
      if (kind == this) {
        return start;
      }
      start += kind.window;
    }
    throw new AssertionError(this);
  }
}
