package dev.linkd.oracle;

import dev.linkd.oracle.image.DynamicRelocation;
import dev.linkd.oracle.image.Elf;
import dev.linkd.oracle.image.ElfImage;
import dev.linkd.oracle.model.Atom;
import dev.linkd.oracle.model.Relocation;
import java.util.Map;
import java.util.Optional;

/**
 * A relocated field of a published atom, read backwards: from the bytes to the address of the
 * symbol that they refer to.
 *
 * @param implied the address of the symbol, as far as the field can tell
 * @param mask bits of the address that the field determines
 * @param from first byte of the atom that the relocation may change
 * @param to end of those bytes
 * @param direct whether the field is the displacement of a direct call or jump
 */
record Field(long implied, long mask, long from, long to, boolean direct) {

  /** The field does not have the form that its kind demands. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    Unreadable(String reason) {
      super(reason);
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }

  boolean refersTo(long address) {
    return ((implied ^ address) & mask) == 0;
  }

  /** Decodes one field by the formulas of the psABI: S symbol, A addend, P place. */
  static Field read(
      ElfImage image,
      Map<Long, DynamicRelocation> dynamic,
      long atomAddress,
      Atom atom,
      Relocation relocation)
      throws Unreadable {
    long offset = relocation.offset();
    long addend = relocation.addend();
    long place = atomAddress + offset;
    long at = image.fileOffset(place);
    if (at < 0) {
      throw new Unreadable("is not in the file");
    }
    return switch (relocation.kind()) {
      case Elf.R_X86_64_64 ->
          new Field(word(image, dynamic, place) - addend, -1L, offset, offset + 8, false);
      case Elf.R_X86_64_PC64 ->
          new Field(image.u64(at) + place - addend, -1L, offset, offset + 8, false);
      case Elf.R_X86_64_PC32, Elf.R_X86_64_PLT32 ->
          new Field(image.s32(at) + place - addend, -1L, offset, offset + 4, branch(atom, offset));
      case Elf.R_X86_64_32 -> new Field(image.u32(at) - addend, -1L, offset, offset + 4, false);
      case Elf.R_X86_64_32S -> new Field(image.s32(at) - addend, -1L, offset, offset + 4, false);
      case Elf.R_X86_64_16 -> new Field(image.u16(at) - addend, 0xffffL, offset, offset + 2, false);
      case Elf.R_X86_64_8 -> new Field(image.u8(at) - addend, 0xffL, offset, offset + 1, false);
      case Elf.R_X86_64_GOTPCREL -> slot(image, dynamic, place, relocation);
      case Elf.R_X86_64_GOTPCRELX, Elf.R_X86_64_REX_GOTPCRELX -> {
        Optional<Field> relaxed = new RelaxedField(image, atomAddress, atom, relocation).read();
        yield relaxed.isPresent() ? relaxed.get() : slot(image, dynamic, place, relocation);
      }
      default -> throw new Unreadable("has the unknown kind " + relocation.kind());
    };
  }

  /** Whether the byte before the displacement is that of call or jmp. */
  private static boolean branch(Atom atom, long offset) {
    if (offset < 1 || !atom.executable()) {
      return false;
    }
    int opcode = atom.bytes()[(int) offset - 1] & 0xff;
    return opcode == 0xe8 || opcode == 0xe9;
  }

  /** The word that a program sees at an address after the dynamic linker is done. */
  private static long word(ElfImage image, Map<Long, DynamicRelocation> dynamic, long address)
      throws Unreadable {
    DynamicRelocation relocation = dynamic.get(address);
    if (relocation == null) {
      return image.wordAt(address);
    }
    return switch (relocation.kind()) {
      case Elf.R_X86_64_RELATIVE -> relocation.addend();
      case Elf.R_X86_64_64, Elf.R_X86_64_GLOB_DAT ->
          image.dynamicSymbols().get(relocation.symbol()).value() + relocation.addend();
      default -> throw new Unreadable("has the dynamic relocation " + relocation);
    };
  }

  private static Field slot(
      ElfImage image, Map<Long, DynamicRelocation> dynamic, long place, Relocation relocation)
      throws Unreadable {
    long slot = image.s32(image.fileOffset(place)) + place - relocation.addend();
    boolean inTable =
        image.sections().stream()
            .anyMatch(
                s -> s.name().startsWith(".got") && slot >= s.address() && slot + 8 <= s.end());
    if (!inTable || slot % 8 != 0) {
      throw new Unreadable(String.format("leads to %x, which is no slot of a GOT", slot));
    }
    long value = word(image, dynamic, slot);
    return new Field(value, -1L, relocation.offset(), relocation.offset() + 4, false);
  }
}
