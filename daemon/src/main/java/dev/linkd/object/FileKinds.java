package dev.linkd.object;

import static dev.linkd.object.ElfConstants.ELFDATA2MSB;
import static dev.linkd.object.ElfConstants.ET_DYN;
import static dev.linkd.object.ElfConstants.ET_REL;

import java.lang.foreign.MemorySegment;

/** Tells from the first bytes of a file what kind of input it is. */
public final class FileKinds {
  /** Kinds of input files. */
  public enum Kind {
    /** ELF ET_REL of any machine. */
    OBJECT,
    /** ELF ET_DYN of any machine. */
    SHARED_LIBRARY,
    /** ELF of another type: an executable or a core dump. */
    OTHER_ELF,
    ARCHIVE,
    /** An archive that names its members instead of containing them. */
    THIN_ARCHIVE,
    /** LLVM bitcode, raw or wrapped. */
    BITCODE,
    /** Text: a linker script. */
    SCRIPT,
    EMPTY,
    UNKNOWN
  }

  private static final int PROBE = 512;

  /** As many first bytes tell which kind of ELF file it is. */
  public static final int ELF_BYTES = 18;

  private FileKinds() {}

  public static Kind detect(MemorySegment bytes) {
    long size = bytes.byteSize();
    if (size == 0) {
      return Kind.EMPTY;
    }
    if (Bytes.startsWith(bytes, 0, size, "\u007fELF")) {
      return elf(bytes);
    }
    if (Bytes.startsWith(bytes, 0, size, Archive.MAGIC)) {
      return Kind.ARCHIVE;
    }
    if (Bytes.startsWith(bytes, 0, size, Archive.THIN_MAGIC)) {
      return Kind.THIN_ARCHIVE;
    }
    if (size >= 4 && (Bytes.i32(bytes, 0) == 0xdec04342 || Bytes.i32(bytes, 0) == 0x0b17c0de)) {
      return Kind.BITCODE;
    }
    return text(bytes) ? Kind.SCRIPT : Kind.UNKNOWN;
  }

  private static Kind elf(MemorySegment bytes) {
    if (bytes.byteSize() < ELF_BYTES) {
      return Kind.OTHER_ELF;
    }
    boolean bigEndian = Bytes.u8(bytes, 5) == ELFDATA2MSB;
    return switch (bigEndian ? Bytes.u8(bytes, 17) : Bytes.u16(bytes, 16)) {
      case ET_REL -> Kind.OBJECT;
      case ET_DYN -> Kind.SHARED_LIBRARY;
      default -> Kind.OTHER_ELF;
    };
  }

  /** Whether the beginning has no control characters other than white space. */
  private static boolean text(MemorySegment bytes) {
    long end = Math.min(bytes.byteSize(), PROBE);
    for (long at = 0; at < end; at++) {
      int c = Bytes.u8(bytes, at);
      boolean space = c == '\t' || c == '\n' || c == '\r' || c == '\f';
      if (c == 0x7f || (c < 0x20 && !space)) {
        return false;
      }
    }
    return true;
  }
}
