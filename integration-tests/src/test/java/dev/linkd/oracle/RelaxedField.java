package dev.linkd.oracle;

import dev.linkd.oracle.image.Elf;
import dev.linkd.oracle.image.ElfImage;
import dev.linkd.oracle.model.Atom;
import dev.linkd.oracle.model.Relocation;
import java.util.Optional;

/**
 * A use of a GOT slot that the linker turned into a use of the address itself (psABI, "Optimize
 * GOTPCRELX relocations"). The instruction is recognised from both its old and its new bytes.
 */
final class RelaxedField {
  private final ElfImage image;
  private final Atom atom;
  private final Relocation relocation;
  private final int offset;
  private final long place;
  private final long at;

  RelaxedField(ElfImage image, long atomAddress, Atom atom, Relocation relocation) {
    this.image = image;
    this.atom = atom;
    this.relocation = relocation;
    offset = Math.toIntExact(relocation.offset());
    place = atomAddress + offset;
    at = image.fileOffset(place);
  }

  /** Empty when the instruction still is the one of the input. */
  Optional<Field> read() {
    int prefix = relocation.kind() == Elf.R_X86_64_REX_GOTPCRELX ? 3 : 2;
    boolean same = true;
    for (int i = 1; i <= prefix; i++) {
      same &= old(i) == now(i);
    }
    if (same) {
      return Optional.empty();
    }
    int opcode = old(2);
    int modRm = old(1);
    if (opcode == 0x8b) {
      return move(prefix, modRm);
    }
    if (opcode == 0xff) {
      return branch(modRm);
    }
    return operation(prefix, opcode, modRm);
  }

  /** {@code mov slot(%rip), reg} as {@code lea} or as {@code mov $address, reg}. */
  private Optional<Field> move(int prefix, int modRm) {
    if (now(2) == 0x8d && now(1) == modRm && samePrefix(prefix)) {
      return relative(prefix, image.s32(at) + place);
    }
    int register = (modRm >> 3) & 7;
    if (now(2) == 0xc7 && now(1) == (0xc0 | register) && immediatePrefix(prefix)) {
      return immediate(prefix);
    }
    return Optional.empty();
  }

  /** {@code call *slot(%rip)} and {@code jmp *slot(%rip)} as direct ones of the same length. */
  private Optional<Field> branch(int modRm) {
    if (modRm == 0x15 && now(2) == 0x67 && now(1) == 0xe8) {
      return relative(2, image.s32(at) + place);
    }
    if (modRm == 0x25 && now(2) == 0xe9 && image.u8(at + 3) == 0x90) {
      return relative(2, image.s32(at - 1) + place - 1);
    }
    return Optional.empty();
  }

  /** {@code test} and the arithmetic operations with an immediate operand. */
  private Optional<Field> operation(int prefix, int opcode, int modRm) {
    int register = (modRm >> 3) & 7;
    boolean test = opcode == 0x85 && now(2) == 0xf7 && now(1) == (0xc0 | register);
    boolean arithmetic =
        (opcode & 0xc7) == 0x03 && now(2) == 0x81 && now(1) == (0xc0 | (opcode & 0x38) | register);
    return (test || arithmetic) && immediatePrefix(prefix) ? immediate(prefix) : Optional.empty();
  }

  private Optional<Field> relative(int prefix, long value) {
    return field(prefix, value - relocation.addend());
  }

  /** The addend -4 of the relative form means nothing to an immediate operand. */
  private Optional<Field> immediate(int prefix) {
    boolean wide = prefix == 3 && (now(3) & 8) != 0;
    long value = wide ? image.s32(at) : image.u32(at);
    return field(prefix, value - (relocation.addend() + 4));
  }

  private Optional<Field> field(int prefix, long implied) {
    return Optional.of(new Field(implied, -1L, offset - prefix, offset + 4, false));
  }

  private boolean samePrefix(int prefix) {
    return prefix == 2 || now(3) == old(3);
  }

  /** The register moves from the reg to the r/m field, and so from REX.R to REX.B. */
  private boolean immediatePrefix(int prefix) {
    if (prefix == 2) {
      return true;
    }
    int expected = (old(3) & ~4) | ((old(3) & 4) >> 2);
    return now(3) == expected || now(3) == (expected & ~8);
  }

  private int old(int back) {
    return atom.bytes()[offset - back] & 0xff;
  }

  private int now(int back) {
    return image.u8(at - back);
  }
}
