package dev.linkd.object;

import static dev.linkd.object.ElfConstants.ELFCLASS32;
import static dev.linkd.object.ElfConstants.ELFDATA2MSB;
import static dev.linkd.object.ElfConstants.EM_386;
import static dev.linkd.object.ElfConstants.EM_AARCH64;
import static dev.linkd.object.ElfConstants.EM_ARM;
import static dev.linkd.object.ElfConstants.EM_RISCV;
import static dev.linkd.object.ElfConstants.EM_X86_64;

/** Says in words what an ELF file was made for, for diagnostics about mixed inputs. */
final class MachineNames {
  private MachineNames() {}

  /** What is wrong with an input for another machine; the first 20 bytes must exist. */
  static String unexpected(InputBytes in) {
    boolean bigEndian = in.u8(5) == ELFDATA2MSB;
    int machine = bigEndian ? in.u8(18) << 8 | in.u8(19) : in.u16(18);
    String wide = in.u8(4) == ELFCLASS32 && machine == EM_X86_64 ? "x32" : name(machine);
    String found = (bigEndian ? "big-endian " : "") + wide;
    return "incompatible file type: x86_64 is expected but got " + found;
  }

  private static String name(int machine) {
    return switch (machine) {
      case EM_386 -> "i386";
      case EM_ARM -> "Arm";
      case EM_X86_64 -> "x86-64";
      case EM_AARCH64 -> "AArch64";
      case EM_RISCV -> "RISC-V";
      case 8 -> "MIPS";
      case 20 -> "PowerPC";
      case 21 -> "PowerPC64";
      case 22 -> "S/390";
      case 43 -> "SPARC";
      case 258 -> "LoongArch";
      default -> "machine " + machine;
    };
  }
}
