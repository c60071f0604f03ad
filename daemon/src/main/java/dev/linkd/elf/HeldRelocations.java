package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHF_LINK_ORDER;
import static dev.linkd.object.ElfConstants.STT_SECTION;

import dev.linkd.object.ElfObject;
import dev.linkd.output.AtomUpdate;
import dev.linkd.reloc.Relocations;
import dev.linkd.table.Segments;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Relocations that the version before had as well. Debug information has tens of thousands, which
 * an edit seldom changes, and most refer to strings, in no order: looking up each of them costs
 * more than all the rest of an edit, going through two lists side by side costs little.
 */
final class HeldRelocations {

  private static final int NONE = -1;

  /** Fewer are translated. */
  private static final int RELOCATIONS_MIN = 64;

  final StringUses strings;

  private final LinkState state;
  private final ObjectSections sections;

  /** The version before, and its section; null when there is none to compare with. */
  private @Nullable ElfObject before;

  private int sectionBefore;
  private int count;

  /** Row of the first relocation that is held of the section. */
  private int first;

  /** Symbols that were compared last: of the new version, and of the one before. */
  private int symbol;

  private int symbolBefore;
  private boolean sameSymbol;

  /** Symbols of the section's relocations that were looked at. */
  private final BitSet seen = new BitSet();

  HeldRelocations(LinkState state, StringUses strings, ObjectSections sections) {
    this.state = state;
    this.strings = strings;
    this.sections = sections;
  }

  /** Begins with a section that becomes an atom. */
  void begin(ObjectInput input, ElfObject object, int s) {
    before = null;
    symbol = NONE;
    if (!input.atomsIndexed
        || object.relocationCount(s) < RELOCATIONS_MIN
        || sections.key(s) != sections.name(s)
        || (object.sectionFlags(s) & SHF_ALLOC) != 0
        || dependent(object, s)) {
      return;
    }
    int old = section(input.object, object, s);
    int atom = state.atomIndex.get(input.number, sections.key(s));
    if (old == NONE || atom == NONE || dependent(input.object, old)) {
      return;
    }
    count = input.object.relocationCount(old);
    // Then each has a row, in the same order.
    if (state.atoms.relocations(atom) == count) {
      before = input.object;
      sectionBefore = old;
      first = state.atoms.firstRelocation(atom);
    }
  }

  /** Such sections have rows that say what they need beside their relocations. */
  private static boolean dependent(ElfObject object, int s) {
    return object.groupOf(s) >= 0 || (object.sectionFlags(s) & SHF_LINK_ORDER) != 0;
  }

  /** The only section of the version before that has the name, NONE when there are others. */
  private static int section(ElfObject held, ElfObject object, int s) {
    int found = NONE;
    for (int old = 1; old < held.sections(); old++) {
      int length = held.sectionNameLength(old);
      if (length == object.sectionNameLength(s)
          && Segments.equal(
              held.bytes(),
              held.sectionNameOffset(old),
              object.bytes(),
              object.sectionNameOffset(s),
              length)) {
        if (found != NONE) {
          return NONE;
        }
        found = old;
      }
    }
    return found;
  }

  /** Whether the entries of the two tables are the same bytes; their symbols may differ. */
  boolean sameEntries(ElfObject object, int s) {
    ElfObject held = before;
    if (held == null || object.relocationCount(s) != count) {
      return false;
    }
    int table = object.relocationSection(s);
    long size = object.sectionSize(table);
    long old = held.sectionOffset(held.relocationSection(sectionBefore));
    if (!Segments.equal(object.bytes(), object.sectionOffset(table), held.bytes(), old, size)) {
      return false;
    }
    seen.clear();
    return true;
  }

  /** Whether a symbol occurs for the first time in entries that are the same. */
  boolean first(int y) {
    boolean first = !seen.get(y);
    seen.set(y);
    return first;
  }

  /** Whether a relocation is held as it was translated. */
  boolean holds(int r, AtomUpdate translated) {
    Relocations relocations = state.relocations;
    int row = first + r;
    boolean weak = translated.relocationSpaces[0] == AtomUpdate.TARGET_WEAK;
    return translated.relocations == 1
        && relocations.symbol(row) == translated.relocationTargets[0]
        && relocations.addend(row) == translated.relocationAddends[0]
        && relocations.flag(row, Relocations.WEAK) == weak
        && !relocations.flag(row, Relocations.OWNER);
  }

  /** Adds a relocation to a string as it is held; returns false when it has to be translated. */
  boolean take(ElfObject object, int s, int r, AtomUpdate update) {
    ElfObject held = before;
    if (held == null
        || r >= count
        || object.relocationAddend(s, r) != held.relocationAddend(sectionBefore, r)
        || !sameStrings(object, object.relocationSymbol(s, r), r)) {
      return false;
    }
    Relocations relocations = state.relocations;
    update.addRelocation(
        object.relocationOffset(s, r),
        object.relocationKind(s, r),
        AtomUpdate.TARGET_GLOBAL,
        relocations.symbol(first + r),
        relocations.addend(first + r));
    return true;
  }

  /** Whether the symbol of a relocation and that of the one before lead into the same strings. */
  boolean sameStrings(ElfObject object, int y, int r) {
    ElfObject held = before;
    if (held == null) {
      return false;
    }
    int old = held.relocationSymbol(sectionBefore, r);
    if (symbol != y || symbolBefore != old) {
      symbol = y;
      symbolBefore = old;
      int home = strings.sectionBefore(sections.firstPiece(object.symbolSection(y)));
      sameSymbol =
          home != NONE
              && held.symbolSection(old) == home
              && held.symbolValue(old) == object.symbolValue(y)
              && standsForSection(held, old) == standsForSection(object, y);
    }
    return sameSymbol;
  }

  private static boolean standsForSection(ElfObject object, int y) {
    return SymbolView.type(object.symbolInfo(y)) == STT_SECTION;
  }
}
