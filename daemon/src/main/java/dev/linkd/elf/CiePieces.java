package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;

import dev.linkd.diag.LinkException;
import dev.linkd.output.AtomUpdate;
import dev.linkd.symbol.Symbols;
import dev.linkd.table.Segments;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The CIEs of an output: each different one is a piece, and every FDE is a use of one. */
final class CiePieces {

  private static final int NONE = -1;

  /** Offset of the CIE pointer in an FDE. */
  private static final int POINTER_OFFSET = 4;

  private static final int RECORD_ALIGNMENT = 4;

  /** What names of CIEs begin with; no other name has a NUL. */
  private static final byte[] HEAD = {0, 'c', 'i', 'e'};

  private static final int RELOCATION_BYTES = 24;
  private static final int IDENTITY_BYTES = 1024;

  private final LinkState state;
  private final SharedPieces shared;
  private final UnwindTable table;
  private final CieArea area;

  /** Where the name of a CIE is put together; those of compilers fit. */
  private final MemorySegment identity = Arena.ofAuto().allocate(IDENTITY_BYTES);

  CiePieces(LinkState state, ElfParts parts) {
    this.state = state;
    this.shared = parts.shared;
    this.table = parts.unwindTable;
    this.area = new CieArea(state, parts.unwindTable, parts.layout);
  }

  /** Begins an update of a record of {@code section}, which lies there in {@code bytes}. */
  static void start(AtomUpdate record, int section, MemorySegment bytes, long offset, long size) {
    record.clear();
    record.section = section;
    record.sectionType = SHT_PROGBITS;
    record.sectionFlags = SHF_ALLOC;
    record.alignment = RECORD_ALIGNMENT;
    record.size = size;
    record.bytes = bytes;
    record.bytesOffset = offset;
  }

  /**
   * Counts a use of a CIE, which is added when no equal one is held.
   *
   * @param cie bytes and relocations; its key is set here
   * @return its atom
   */
  int acquire(AtomUpdate cie) throws LinkException {
    table.require();
    cie.key = identity(cie);
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

  /** Makes a name of what tells a CIE from others: its bytes, and what its relocations say. */
  private int identity(AtomUpdate cie) {
    long size = HEAD.length + (long) cie.relocations * RELOCATION_BYTES + cie.size;
    MemorySegment name = size <= IDENTITY_BYTES ? identity : Arena.ofAuto().allocate(size);
    Segments.copy(HEAD, name, 0);
    long at = HEAD.length;
    for (int i = 0; i < cie.relocations; i++) {
      Segments.setLong(name, at, cie.relocationOffsets[i]);
      Segments.setLong(name, at + 8, cie.relocationAddends[i]);
      Segments.setInt(name, at + 16, cie.relocationKinds[i]);
      Segments.setInt(name, at + 20, cie.relocationTargets[i]);
      at += RELOCATION_BYTES;
    }
    Segments.copy(cie.bytes, cie.bytesOffset, name, at, cie.size);
    return state.names.intern(name, 0, Math.toIntExact(size));
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
