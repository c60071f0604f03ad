package dev.linkd.elf;

import static dev.linkd.object.ElfObject.UNDEF;

import dev.linkd.object.ElfObject;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Rows and name ids that the version before had, found by the places of symbols and sections in
 * their tables: most edits change what functions do, and leave names and their order as they are.
 * To compare the bytes of two names at such places costs little; to look a name up in the tables of
 * a large program takes some cache misses.
 */
final class HeldNames {

  private static final int NONE = -1;

  /** So many entries that came or went are stepped over before names are looked up again. */
  private static final int STEPS_MAX = 4;

  /**
   * What an object was translated to. While an input has the object, its atoms and what it says of
   * symbols keep all of these in use.
   *
   * @param rows by symbol: its row; less than 0 when it has none, or has to be looked up
   * @param keys by section: the name id that is its key, NONE when it has to be looked up
   * @param unwindKeys by section: the name id of the first record about it, likewise
   */
  record Translation(int[] rows, int[] keys, int[] unwindKeys) {}

  private @Nullable Translation translation;
  private @Nullable ElfObject before;
  private boolean sameSymbolNames;
  private boolean sameSectionNames;

  /** Where the last symbol was found, counted from its own number. */
  private int symbolShift;

  private int sectionShift;

  /** Begins with a version of an input, which still has the version before. */
  void begin(ObjectInput input, ElfObject object) {
    translation = input.translation;
    before = null;
    symbolShift = 0;
    sectionShift = 0;
    if (translation != null) {
      before = input.object;
      sameSymbolNames = object.sameSymbolNameTable(input.object);
      sameSectionNames = object.sameSectionNameTable(input.object);
    }
  }

  /** The row that a symbol had in the version before; NONE when that cannot be said. */
  int row(ElfObject object, int y) {
    Translation known = translation;
    int old = known == null ? NONE : symbol(object, y);
    return known == null || old == NONE || known.rows[old] < 0 ? NONE : known.rows[old];
  }

  /** The key that a section had in the version before; NONE when that cannot be said. */
  int key(ElfObject object, int s) {
    Translation known = translation;
    int old = known == null ? NONE : section(object, s);
    return known == null || old == NONE ? NONE : known.keys[old];
  }

  /**
   * The key of the first unwind record about a section; NONE when that cannot be said.
   *
   * @param key of the section
   */
  int unwindKey(ElfObject object, int s, int key) {
    Translation known = translation;
    int old = known == null ? NONE : section(object, s);
    return known == null || old == NONE || known.keys[old] != key ? NONE : known.unwindKeys[old];
  }

  private int symbol(ElfObject object, int y) {
    for (int i = 0; i <= 2 * STEPS_MAX; i++) {
      int old = y + symbolShift + step(i);
      if (sameSymbol(object, y, old)) {
        symbolShift = old - y;
        return old;
      }
    }
    return NONE;
  }

  private int section(ElfObject object, int s) {
    for (int i = 0; i <= 2 * STEPS_MAX; i++) {
      int old = s + sectionShift + step(i);
      if (sameSection(object, s, old)) {
        sectionShift = old - s;
        return old;
      }
    }
    return NONE;
  }

  /** 0, 1, -1, 2, -2, ... */
  private static int step(int i) {
    return (i & 1) == 0 ? -(i / 2) : (i + 1) / 2;
  }

  private boolean sameSymbol(ElfObject object, int y, int old) {
    ElfObject held = before;
    if (held == null || old <= 0 || old >= held.symbols()) {
      return false;
    }
    boolean same =
        sameSymbolNames
            ? object.symbolNameIndex(y) == held.symbolNameIndex(old)
            : same(
                object.bytes(),
                object.symbolNameOffset(y),
                object.symbolNameLength(y),
                held.bytes(),
                held.symbolNameOffset(old));
    return same
        && (y < object.firstGlobal()) == (old < held.firstGlobal())
        && (object.symbolSection(y) == UNDEF) == (held.symbolSection(old) == UNDEF);
  }

  private boolean sameSection(ElfObject object, int s, int old) {
    ElfObject held = before;
    if (held == null || old <= 0 || old >= held.sections()) {
      return false;
    }
    return sameSectionNames
        ? object.sectionNameIndex(s) == held.sectionNameIndex(old)
        : same(
            object.bytes(),
            object.sectionNameOffset(s),
            object.sectionNameLength(s),
            held.bytes(),
            held.sectionNameOffset(old));
  }

  /** Whether a name is the one at an offset, which ends with NUL. */
  private static boolean same(
      MemorySegment bytes, long at, int length, MemorySegment others, long other) {
    return length < others.byteSize() - other
        && Segments.equal(bytes, at, others, other, length)
        && Segments.getByte(others, other + length) == 0;
  }
}
