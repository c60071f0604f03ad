package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;

import dev.linkd.diag.LinkException;
import dev.linkd.output.AtomUpdate;
import dev.linkd.symbol.Symbols;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/** The CIEs of an output: each different one is a piece, and every FDE is a use of one. */
final class CiePieces {

  private static final int NONE = -1;

  /** Offset of the CIE pointer in an FDE. */
  private static final int POINTER_OFFSET = 4;

  private static final int RECORD_ALIGNMENT = 4;

  private final LinkState state;
  private final SharedPieces shared;
  private final UnwindTable table;
  private final CieArea area;

  CiePieces(LinkState state, ElfParts parts) {
    this.state = state;
    this.shared = parts.shared;
    this.table = parts.unwindTable;
    this.area = new CieArea(state, parts.unwindTable, parts.layout);
  }

  /** Begins an update of a record that lies in {@code section}. */
  static void start(AtomUpdate record, int section, MemorySegment bytes) {
    record.clear();
    record.section = section;
    record.sectionType = SHT_PROGBITS;
    record.sectionFlags = SHF_ALLOC;
    record.alignment = RECORD_ALIGNMENT;
    record.size = bytes.byteSize();
    record.bytes = bytes;
  }

  /**
   * Counts a use of a CIE, which is added when no equal one is held.
   *
   * @param cie bytes and relocations; its key is set here
   * @return its atom
   */
  int acquire(AtomUpdate cie) throws LinkException {
    table.require();
    cie.key = state.names.intern(identity(cie));
    int known = shared.find(cie.section, cie.sectionFlags, cie.alignment, cie.key);
    if (known != NONE) {
      shared.use(known);
      return known;
    }
    area.reserve(cie.size);
    return shared.acquireWith(cie);
  }

  void release(int cie) {
    shared.release(cie);
  }

  private static String identity(AtomUpdate cie) {
    StringBuilder identity = new StringBuilder("\0cie");
    for (int i = 0; i < cie.relocations; i++) {
      identity
          .append('\0')
          .append(cie.relocationOffsets[i])
          .append(':')
          .append(cie.relocationKinds[i])
          .append(':')
          .append(cie.relocationTargets[i])
          .append('+')
          .append(cie.relocationAddends[i]);
    }
    identity.append('\0');
    for (long i = 0; i < cie.size; i++) {
      identity.append((char) (Segments.getByte(cie.bytes, i) & 0xff));
    }
    return identity.toString();
  }

  /** Adds the distance to the CIE to the relocations of an FDE, as the first of them. */
  void refer(AtomUpdate fde, int cie) {
    fde.addRelocation(
        POINTER_OFFSET, Unwind.CIE_POINTER, AtomUpdate.TARGET_GLOBAL, shared.anchor(cie), 0);
  }

  /** The CIE of an atom; NONE when the atom is no FDE. */
  int of(int atom) {
    int first = state.atoms.firstRelocation(atom);
    if (first == NONE || state.relocations.kind(first) != Unwind.CIE_POINTER) {
      return NONE;
    }
    Symbols symbols = state.symbols;
    int symbol = state.relocations.symbol(first);
    int owner = Scopes.input(symbols.scope(symbol));
    return state.atomIndex.get(owner, symbols.name(symbol));
  }
}
