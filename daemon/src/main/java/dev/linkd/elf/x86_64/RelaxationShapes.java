package dev.linkd.elf.x86_64;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * Recognises the instructions that may be rewritten. Every method looks at the bytes of the input
 * as the assembler left them, never at relocated ones, so that the answer for one relocation is
 * always the same; what it answers is allowed by the bytes, and whether it is allowed by the symbol
 * is for the caller to decide. Bytes that are no known shape give {@link Relaxation#NONE}.
 *
 * <p>Parameters: the input section is {@code size} bytes at {@code start} of {@code bytes}; {@code
 * field} is the offset of the relocation in it.
 */
public final class RelaxationShapes {

  /** A field that the instruction ends with: addend of a PC-relative reference to x itself. */
  private static final long AT_END = -4;

  private static final int LEA = 0x8d;
  private static final int MOV = 0x8b;
  private static final int TEST = 0x85;
  private static final int ADD = 0x03;

  private static final int REX_W = 8;

  private RelaxationShapes() {}

  /**
   * A reference through the GOT that can refer to the symbol itself, within 2 GiB: load, call or
   * jump.
   */
  public static Relaxation gotToDirect(
      MemorySegment bytes, long start, long size, long field, int kind, long addend) {
    int prefix = prefixBytes(kind);
    if (addend != AT_END || !fits(size, field, -2 - prefix, 4)) {
      return Relaxation.NONE;
    }
    long at = start + field;
    int opcode = u8(bytes, at - 2);
    int modrm = u8(bytes, at - 1);
    if (opcode == MOV && ripRelative(modrm) && prefixed(bytes, at, kind)) {
      return Relaxation.LOAD_TO_LEA;
    }
    if (opcode == 0xff && kind == R_X86_64_GOTPCRELX) {
      return modrm == 0x15
          ? Relaxation.CALL_DIRECT
          : modrm == 0x25 ? Relaxation.JUMP_DIRECT : Relaxation.NONE;
    }
    return Relaxation.NONE;
  }

  /**
   * An operand in the GOT that can be an immediate, when the symbol's value is known and fits 32
   * bits: {@code mov}, {@code test} or one of {@code add or adc sbb and sub xor cmp}.
   */
  public static Relaxation gotToImmediate(
      MemorySegment bytes, long start, long size, long field, int kind, long addend) {
    int prefix = prefixBytes(kind);
    if (addend != AT_END || !fits(size, field, -2 - prefix, 4)) {
      return Relaxation.NONE;
    }
    long at = start + field;
    int opcode = u8(bytes, at - 2);
    boolean binary = (opcode & 0xc7) == ADD;
    boolean marked = kind != R_X86_64_GOTPCREL;
    boolean known = opcode == MOV || marked && (opcode == TEST || binary);
    if (!known || !ripRelative(u8(bytes, at - 1)) || !prefixed(bytes, at, kind)) {
      return Relaxation.NONE;
    }
    if (prefix == 0) {
      return Relaxation.IMMEDIATE;
    }
    boolean wide = (u8(bytes, at - 3) & REX_W) != 0;
    return wide ? Relaxation.IMMEDIATE_SIGNED : Relaxation.IMMEDIATE_PREFIXED;
  }

  /** {@code mov} or {@code add} of a TP offset in the GOT. */
  public static Relaxation initialToLocalExec(
      MemorySegment bytes, long start, long size, long field, int kind, long addend) {
    if (addend != AT_END || !fits(size, field, -2 - prefixBytes(kind), 4)) {
      return Relaxation.NONE;
    }
    long at = start + field;
    int opcode = u8(bytes, at - 2);
    boolean known = opcode == MOV || opcode == ADD;
    return known && wideOperand(bytes, at, kind) ? Relaxation.IE_TO_LE : Relaxation.NONE;
  }

  /** The sequence of R_X86_64_TLSGD, to local exec. */
  public static Relaxation generalDynamicToLocalExec(
      MemorySegment bytes, long start, long size, long field, long addend) {
    return generalDynamic(
        bytes, start, size, field, addend, Relaxation.GD_TO_LE, Relaxation.GD_TO_LE_LARGE);
  }

  /** The sequence of R_X86_64_TLSGD, to initial exec. */
  public static Relaxation generalDynamicToInitialExec(
      MemorySegment bytes, long start, long size, long field, long addend) {
    return generalDynamic(
        bytes, start, size, field, addend, Relaxation.GD_TO_IE, Relaxation.GD_TO_IE_LARGE);
  }

  private static Relaxation generalDynamic(
      MemorySegment bytes,
      long start,
      long size,
      long field,
      long addend,
      Relaxation small,
      Relaxation large) {
    if (addend != AT_END || !fits(size, field, -3, 4) || !leaRdi(bytes, start + field)) {
      return Relaxation.NONE;
    }
    long at = start + field;
    if (fits(size, field, -4, 12) && u8(bytes, at - 4) == 0x66 && paddedCall(bytes, at + 4)) {
      return small;
    }
    return fits(size, field, -3, 19) && largeCall(bytes, at + 4) ? large : Relaxation.NONE;
  }

  /**
   * The sequence of R_X86_64_TLSLD. When all sequences of a section become local exec, its DTPOFF32
   * and DTPOFF64 relocations are applied as TPOFF32 and TPOFF64.
   */
  public static Relaxation localDynamicToLocalExec(
      MemorySegment bytes, long start, long size, long field, long addend) {
    if (addend != AT_END || !fits(size, field, -3, 9) || !leaRdi(bytes, start + field)) {
      return Relaxation.NONE;
    }
    long call = start + field + 4;
    int opcode = u8(bytes, call);
    if (opcode == 0xe8) {
      return Relaxation.LD_TO_LE;
    }
    if (fits(size, field, -3, 10)) {
      int next = u8(bytes, call + 1);
      if (opcode == 0xff && next == 0x15 || opcode == 0x67 && next == 0xe8) {
        return Relaxation.LD_TO_LE_INDIRECT;
      }
    }
    return fits(size, field, -3, 19) && largeCall(bytes, call)
        ? Relaxation.LD_TO_LE_LARGE
        : Relaxation.NONE;
  }

  /** {@code lea} of a TLS descriptor, to local exec. */
  public static Relaxation descriptorToLocalExec(
      MemorySegment bytes, long start, long size, long field, int kind, long addend) {
    return descriptorLoad(bytes, start, size, field, kind, addend)
        ? Relaxation.DESC_TO_LE
        : Relaxation.NONE;
  }

  /** {@code lea} of a TLS descriptor, to initial exec. */
  public static Relaxation descriptorToInitialExec(
      MemorySegment bytes, long start, long size, long field, int kind, long addend) {
    return descriptorLoad(bytes, start, size, field, kind, addend)
        ? Relaxation.DESC_TO_IE
        : Relaxation.NONE;
  }

  /** {@code call *(%rax)} of R_X86_64_TLSDESC_CALL. */
  public static Relaxation descriptorCall(MemorySegment bytes, long start, long size, long field) {
    long at = start + field;
    return fits(size, field, 0, 2) && u8(bytes, at) == 0xff && u8(bytes, at + 1) == 0x10
        ? Relaxation.DESC_CALL_TO_NOP
        : Relaxation.NONE;
  }

  private static boolean descriptorLoad(
      MemorySegment bytes, long start, long size, long field, int kind, long addend) {
    return addend == AT_END
        && fits(size, field, -2 - prefixBytes(kind), 4)
        && u8(bytes, start + field - 2) == LEA
        && wideOperand(bytes, start + field, kind);
  }

  /** How many bytes of prefix the kind promises before the opcode. */
  static int prefixBytes(int kind) {
    return switch (kind) {
      case R_X86_64_GOTPCRELX -> 0;
      case R_X86_64_CODE_4_GOTPCRELX, R_X86_64_CODE_4_GOTTPOFF, R_X86_64_CODE_4_GOTPC32_TLSDESC ->
          2;
      default -> 1;
    };
  }

  /**
   * Whether the instruction has the prefix of its kind: none, REX, or REX2 with the first opcode
   * map. Without a mark on the kind (GOTPCREL) only a REX.W says that this is a load of an address.
   */
  private static boolean prefixed(MemorySegment bytes, long at, int kind) {
    return switch (kind) {
      case R_X86_64_GOTPCRELX -> true;
      case R_X86_64_REX_GOTPCRELX -> (u8(bytes, at - 3) & 0xf0) == 0x40;
      case R_X86_64_CODE_4_GOTPCRELX -> rex2(bytes, at);
      case R_X86_64_GOTPCREL -> (u8(bytes, at - 3) & 0xf8) == 0x48;
      default -> false;
    };
  }

  /** Whether a RIP-relative operand of 8 bytes precedes the field. */
  private static boolean wideOperand(MemorySegment bytes, long at, int kind) {
    if (!ripRelative(u8(bytes, at - 1))) {
      return false;
    }
    return switch (kind) {
      case R_X86_64_GOTTPOFF, R_X86_64_GOTPC32_TLSDESC -> (u8(bytes, at - 3) & 0xf8) == 0x48;
      case R_X86_64_CODE_4_GOTTPOFF, R_X86_64_CODE_4_GOTPC32_TLSDESC ->
          rex2(bytes, at) && (u8(bytes, at - 3) & REX_W) != 0;
      default -> false;
    };
  }

  private static boolean rex2(MemorySegment bytes, long at) {
    return u8(bytes, at - 4) == 0xd5 && (u8(bytes, at - 3) & 0x80) == 0;
  }

  private static boolean ripRelative(int modrm) {
    return (modrm & 0xc7) == 0x05;
  }

  /** {@code lea x(%rip), %rdi} with the field at {@code at}. */
  private static boolean leaRdi(MemorySegment bytes, long at) {
    return u8(bytes, at - 3) == 0x48 && u8(bytes, at - 2) == LEA && u8(bytes, at - 1) == 0x3d;
  }

  /** A call that is padded to 8 bytes: direct, through the GOT, or direct with addr32. */
  private static boolean paddedCall(MemorySegment bytes, long at) {
    int opcode = u8(bytes, at) << 24 | u8(bytes, at + 1) << 16 | u8(bytes, at + 2) << 8;
    return switch (opcode | u8(bytes, at + 3)) {
      case 0x666648e8, 0x6648ff15, 0x664867e8 -> true;
      default -> false;
    };
  }

  /** {@code movabs $f, %rax; add %rbx or %r15, %rax; call *%rax}. */
  private static boolean largeCall(MemorySegment bytes, long at) {
    int rex = u8(bytes, at + 10);
    int modrm = u8(bytes, at + 12);
    return u8(bytes, at) == 0x48
        && u8(bytes, at + 1) == 0xb8
        && (rex == 0x48 && modrm == 0xd8 || rex == 0x4c && modrm == 0xf8)
        && u8(bytes, at + 11) == 0x01
        && u8(bytes, at + 13) == 0xff
        && u8(bytes, at + 14) == 0xd0;
  }

  /** Whether the bytes [field + from, field + to) are inside the section. */
  private static boolean fits(long size, long field, int from, int to) {
    return field >= -from && field <= size - to;
  }

  private static int u8(MemorySegment bytes, long at) {
    return Byte.toUnsignedInt(Segments.getByte(bytes, at));
  }
}
