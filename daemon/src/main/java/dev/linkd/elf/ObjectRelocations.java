package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.object.ElfObject;
import dev.linkd.object.MergePieces;
import dev.linkd.output.AtomUpdate;
import dev.linkd.symbol.Symbols;

/** Translates the relocations of an object into those of atoms. */
final class ObjectRelocations {

  private static final int NONE = -1;

  private final LinkState state;
  private final ElfParts parts;
  private final ObjectSections sections;
  private final ObjectSymbols symbols;
  private final SharedPieces shared;

  /** Uses of shared pieces by the version being read. */
  private final IntQueue pieces;

  private final HeldRelocations held;

  ObjectRelocations(
      LinkState state,
      ElfParts parts,
      ObjectSections sections,
      ObjectSymbols symbols,
      IntQueue pieces,
      HeldRelocations held) {
    this.state = state;
    this.parts = parts;
    this.sections = sections;
    this.symbols = symbols;
    this.shared = parts.shared;
    this.pieces = pieces;
    this.held = held;
  }

  /** Adds the relocations of a section that is an atom to its update. */
  void translate(ObjectInput input, ElfObject object, int s, AtomUpdate update)
      throws LinkException {
    int count = object.relocationCount(s);
    held.begin(input, object, s);
    update.sameRelocations = held.sameEntries(object, s) && sameTargets(input, object, s, update);
    if (update.sameRelocations) {
      return;
    }
    for (int r = 0; r < count; r++) {
      relocation(input, object, s, r, update);
    }
  }

  /** Whether every symbol of entries that are the same leads to what it led to before. */
  private boolean sameTargets(ObjectInput input, ElfObject object, int s, AtomUpdate update)
      throws LinkException {
    int count = object.relocationCount(s);
    boolean same = true;
    for (int r = 0; r < count && same; r++) {
      int y = object.relocationSymbol(s, r);
      if (held.first(y)) {
        same = sameTarget(input, object, s, r, update);
      }
    }
    update.relocations = 0;
    return same;
  }

  /** Answers for all relocations with the symbol: all of them depend on it in the same way. */
  private boolean sameTarget(ObjectInput input, ElfObject object, int s, int r, AtomUpdate update)
      throws LinkException {
    int y = object.relocationSymbol(s, r);
    int home = y == 0 ? 0 : object.symbolSection(y);
    byte fate = home > 0 ? sections.fate(home) : ObjectSections.ATOM;
    if (fate == ObjectSections.PIECES) {
      return false; // the addend decides on the piece
    }
    if (fate == ObjectSections.STRINGS) {
      return held.sameStrings(object, y, r);
    }
    update.relocations = 0;
    relocation(input, object, s, r, update);
    return held.holds(r, update);
  }

  private void relocation(ObjectInput input, ElfObject object, int s, int r, AtomUpdate update)
      throws LinkException {
    int y = object.relocationSymbol(s, r);
    long addend = object.relocationAddend(s, r);
    int kind = object.relocationKind(s, r);
    long offset = object.relocationOffset(s, r);
    if (kind == R_X86_64_NONE) {
      return;
    }
    int home = object.symbolSection(y);
    if (y != 0 && home > 0 && sections.fate(home) == ObjectSections.STRINGS) {
      if (held.take(object, s, r, update)) {
        return;
      }
      MergePieces split = sections.pieces(object, home);
      int piece = ObjectSymbols.piece(object, split, y, addend);
      long inside = object.symbolValue(y) + addend;
      boolean contained = split.contains(piece, inside);
      boolean named = SymbolView.type(object.symbolInfo(y)) != STT_SECTION;
      if (!contained && (!named || piece < 0)) {
        throw new LinkException(
            Code.MALFORMED_INPUT,
            Place.section(object.name(), object.sectionName(s), offset),
            "refers to no string of section " + object.sectionName(home));
      }
      int first = sections.firstPiece(home);
      long at = (long) held.strings.place(first, piece) - split.start(piece);
      int number = held.strings.pool(first);
      int pool = contained ? parts.strings.symbol(number) : parts.strings.besideStrings(number);
      update.addRelocation(offset, kind, AtomUpdate.TARGET_GLOBAL, pool, at + inside);
      return;
    }
    if (y != 0 && home > 0 && sections.fate(home) == ObjectSections.PIECES) {
      MergePieces split = sections.pieces(object, home);
      int piece = ObjectSymbols.piece(object, split, y, addend);
      int atom = pieces.get(sections.firstPiece(home) + piece);
      long inside = object.symbolValue(y) + addend - split.start(piece);
      update.addRelocation(offset, kind, AtomUpdate.TARGET_GLOBAL, shared.anchor(atom), inside);
      return;
    }
    int row = y == 0 ? NONE : symbols.row(y);
    if (row < 0) {
      unresolvable(input, object, s, r, row, update);
      return;
    }
    byte space = dispensable(object, y, home) ? AtomUpdate.TARGET_WEAK : AtomUpdate.TARGET_GLOBAL;
    update.addRelocation(offset, kind, space, row, addend);
  }

  /**
   * Whether a program does without the symbol. As in GNU ld and lld, a weak definition in a group
   * that does not count is as good as a weak reference.
   */
  private boolean dispensable(ElfObject object, int y, int home) {
    if (SymbolView.binding(object.symbolInfo(y)) != STB_WEAK) {
      return false;
    }
    return home == ElfObject.UNDEF
        || (home > 0
            && sections.fate(home) == ObjectSections.DISCARDED
            && object.groupOf(home) >= 0);
  }

  /** Debug information about discarded code refers to nothing. */
  private void unresolvable(
      ObjectInput input, ElfObject object, int s, int r, int row, AtomUpdate update)
      throws LinkException {
    int y = object.relocationSymbol(s, r);
    int kind = object.relocationKind(s, r);
    long offset = object.relocationOffset(s, r);
    int home = object.symbolSection(y);
    if (y != 0 && home > 0 && sections.fate(home) == ObjectSections.UNWIND) {
      // crtbeginT.o registers the records of the program, wherever its own section would be
      int start = state.symbol(Symbols.GLOBAL, state.names.intern(LinkerSymbols.EH_FRAME_START));
      update.addRelocation(offset, kind, AtomUpdate.TARGET_GLOBAL, start, 0);
      return;
    }
    boolean loaded = (object.sectionFlags(s) & SHF_ALLOC) != 0;
    if (!loaded || y == 0) {
      int absent = state.symbol(Symbols.GLOBAL, state.names.intern(Tombstones.ABSENT));
      update.addRelocation(offset, kind, AtomUpdate.TARGET_WEAK, absent, 0);
      return;
    }
    Place place = Place.section(object.name(), object.sectionName(s), offset);
    if (row == ObjectSymbols.DISCARDED) {
      throw new DiscardedReferences(state, sections).fault(input, object, y, place);
    }
    throw new LinkException(
        Code.UNDEFINED_SYMBOL,
        place,
        "relocation refers to a section that is not linked: "
            + object.sectionName(Math.max(0, home)));
  }
}
