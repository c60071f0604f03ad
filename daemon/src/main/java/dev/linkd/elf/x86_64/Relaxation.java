package dev.linkd.elf.x86_64;

import static dev.linkd.object.ElfConstants.*;

/**
 * A way to rewrite an instruction, or a sequence of them, into one that needs no GOT slot or a
 * cheaper TLS model (psABI, "Optimize GOTPCRELX Relocations" and the chapter on linker optimization
 * in the TLS specification).
 *
 * <p>After the rewrite the field is at another place, of another kind, and has another addend than
 * the relocation says; the rest of the work is that of an ordinary relocation. {@link
 * RelaxationShapes} finds the form that an instruction allows, {@link Relaxer} writes it.
 */
public enum Relaxation {
  /** The instruction stays as it is. */
  NONE(R_X86_64_NONE, 0, 0, 0, 0),

  /** {@code mov x@GOTPCREL(%rip), %r} becomes {@code lea x(%rip), %r}. */
  LOAD_TO_LEA(R_X86_64_PC32, 0, 0, -2, 4),

  /** {@code call *x@GOTPCREL(%rip)} becomes {@code addr32 call x}. */
  CALL_DIRECT(R_X86_64_PC32, 0, 0, -2, 4),

  /** {@code jmp *x@GOTPCREL(%rip)} becomes {@code jmp x; nop}. */
  JUMP_DIRECT(R_X86_64_PC32, -1, 0, -2, 4),

  /** An operand of 4 bytes in memory becomes an immediate; no prefix. */
  IMMEDIATE(R_X86_64_32, 0, 4, -2, 4),

  /** The same for a register that needs a prefix. */
  IMMEDIATE_PREFIXED(R_X86_64_32, 0, 4, -3, 4),

  /** An operand of 8 bytes in memory becomes an immediate that the processor sign-extends. */
  IMMEDIATE_SIGNED(R_X86_64_32S, 0, 4, -3, 4),

  /**
   * Initial exec to local exec: the TP offset becomes an immediate of {@code mov} or {@code add}.
   */
  IE_TO_LE(R_X86_64_TPOFF32, 0, 4, -3, 4),

  /** General dynamic to local exec: {@code mov %fs:0, %rax; lea x@tpoff(%rax), %rax}. */
  GD_TO_LE(R_X86_64_TPOFF32, 8, 4, -4, 12),

  /** The same in the large code model, where {@code __tls_get_addr} is called by register. */
  GD_TO_LE_LARGE(R_X86_64_TPOFF32, 9, 4, -3, 19),

  /** General dynamic to initial exec: {@code mov %fs:0, %rax; add x@gottpoff(%rip), %rax}. */
  GD_TO_IE(R_X86_64_GOTTPOFF, 8, 0, -4, 12),

  GD_TO_IE_LARGE(R_X86_64_GOTTPOFF, 9, 0, -3, 19),

  /** Local dynamic to local exec, the call of 5 bytes: {@code mov %fs:0, %rax}. */
  LD_TO_LE(R_X86_64_NONE, 0, 0, -3, 9),

  /** The same with the call of 6 bytes through the GOT. */
  LD_TO_LE_INDIRECT(R_X86_64_NONE, 0, 0, -3, 10),

  LD_TO_LE_LARGE(R_X86_64_NONE, 0, 0, -3, 19),

  /** {@code lea x@tlsdesc(%rip), %r} becomes {@code mov $x@tpoff, %r}. */
  DESC_TO_LE(R_X86_64_TPOFF32, 0, 4, -3, 4),

  /** {@code lea x@tlsdesc(%rip), %r} becomes {@code mov x@gottpoff(%rip), %r}. */
  DESC_TO_IE(R_X86_64_GOTTPOFF, 0, 0, -2, 4),

  /** {@code call *x@tlsdesc(%rax)} becomes a nop; belongs to the two before. */
  DESC_CALL_TO_NOP(R_X86_64_NONE, 0, 0, 0, 2);

  private final int kind;
  private final int fieldShift;
  private final int addendShift;
  private final int start;
  private final int end;

  Relaxation(int kind, int fieldShift, int addendShift, int start, int end) {
    this.kind = kind;
    this.fieldShift = fieldShift;
    this.addendShift = addendShift;
    this.start = start;
    this.end = end;
  }

  /** Kind of the relocation that the rewritten instruction has; R_X86_64_NONE when it has none. */
  public int kind() {
    return kind;
  }

  /** Where the field is afterwards, relative to where it was. P changes with it. */
  public int fieldShift() {
    return fieldShift;
  }

  /** What to add to the addend: undoes the distance from the field to the next instruction. */
  public int addendShift() {
    return addendShift;
  }

  /**
   * First byte that may change, relative to the field. Copying the input's bytes from here to
   * {@link #end} undoes the rewrite.
   */
  public int start() {
    return start;
  }

  /** Behind the last byte that may change, relative to the field. */
  public int end() {
    return end;
  }

  /**
   * Where the relocation of the call to {@code __tls_get_addr} is, relative to the field; it must
   * not be applied. 0 when the sequence has no call.
   */
  public int callField() {
    return switch (this) {
      case GD_TO_LE, GD_TO_IE -> 8;
      case LD_TO_LE -> 5;
      case LD_TO_LE_INDIRECT, GD_TO_LE_LARGE, GD_TO_IE_LARGE, LD_TO_LE_LARGE -> 6;
      default -> 0;
    };
  }
}
