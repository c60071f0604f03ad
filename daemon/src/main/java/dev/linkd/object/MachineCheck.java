package dev.linkd.object;

import static dev.linkd.object.ElfConstants.ELFCLASS64;
import static dev.linkd.object.ElfConstants.ELFDATA2LSB;
import static dev.linkd.object.ElfConstants.EM_X86_64;

import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;

/** Whether a file that a search found is for this machine; others are passed over, as by ld. */
public final class MachineCheck {
  private static final String FORMAT = "elf64-x86-64";
  private static final int ELF_HEADER = 20;

  /** An archive member's header: a name of 16 bytes, its size in decimal digits from 48. */
  private static final int MEMBER_HEADER = 60;

  private static final int MEMBER_SIZE = 48;
  private static final int MEMBER_SIZE_END = 58;

  private MachineCheck() {}

  /** False when the file is certainly for another machine. */
  public static boolean fits(String name, MemorySegment bytes) {
    return switch (FileKinds.detect(bytes)) {
      case OBJECT, SHARED_LIBRARY, OTHER_ELF -> elf(bytes, 0);
      case ARCHIVE -> archive(bytes);
      case SCRIPT -> script(name, bytes);
      default -> true;
    };
  }

  private static boolean elf(MemorySegment bytes, long at) {
    return bytes.byteSize() - at < ELF_HEADER
        || (Bytes.u8(bytes, at + 4) == ELFCLASS64
            && Bytes.u8(bytes, at + 5) == ELFDATA2LSB
            && Bytes.u16(bytes, at + 18) == EM_X86_64);
  }

  /** The first member that is an object decides. */
  private static boolean archive(MemorySegment bytes) {
    long at = Archive.MAGIC.length();
    while (at <= bytes.byteSize() - MEMBER_HEADER) {
      long content = at + MEMBER_HEADER;
      long size = 0;
      for (long i = at + MEMBER_SIZE; i < at + MEMBER_SIZE_END; i++) {
        int digit = Bytes.u8(bytes, i) - '0';
        if (digit >= 0 && digit <= 9) {
          size = size * 10 + digit;
        }
      }
      if (Bytes.startsWith(bytes, content, bytes.byteSize(), "\u007fELF")) {
        return elf(bytes, content);
      }
      at = content + size + size % 2;
    }
    return true;
  }

  private static boolean script(String name, MemorySegment bytes) {
    try {
      String format = LinkerScript.parse(name, bytes).outputFormat();
      return format.isEmpty() || format.equals(FORMAT);
    } catch (LinkException e) {
      return true; // what is wrong is said when it is used
    }
  }
}
