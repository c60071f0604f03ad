package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.object.ElfObject;
import dev.linkd.object.MergePieces;
import dev.linkd.output.AtomUpdate;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Translates the symbols of an object into rows of the output's symbol table. Local names that
 * occur more than once get a number behind a NUL, which no tool shows.
 */
final class ObjectSymbols {

  private static final int NONE = -1;

  /** The symbol lies in a discarded section. */
  static final int DISCARDED = -2;

  private final LinkState state;
  private final ElfParts parts;
  private final ObjectSections sections;

  /** Row of each symbol; NONE for those that have none, such as section symbols of pieces. */
  private int[] rows = new int[256];

  /** Symbols by section: head of the list of each section, and next of each symbol. */
  private int[] heads = new int[64];

  private int[] nexts = new int[256];
  private final IntQueue marked = new IntQueue();
  private final ObjectVersions versions;

  ObjectSymbols(LinkState state, ElfParts parts, ObjectSections sections) {
    this.state = state;
    this.parts = parts;
    this.sections = sections;
    this.versions = new ObjectVersions(state);
  }

  /** Makes the rows of all symbols that belong to an atom, are global, or are absolute. */
  void translate(ObjectInput input, ElfObject object) throws LinkException {
    int count = object.symbols();
    if (rows.length < count) {
      rows = new int[count * 2];
      nexts = new int[count * 2];
    }
    if (heads.length < object.sections()) {
      heads = new int[object.sections()];
    }
    Arrays.fill(heads, 0, object.sections(), NONE);
    versions.clear();
    for (int y = count - 1; y > 0; y--) {
      rows[y] = y < object.firstGlobal() ? local(input, object, y) : global(object, y);
    }
    versions.finish(object, rows);
    for (int y = count - 1; y > 0; y--) {
      int s = object.symbolSection(y);
      if (s > 0
          && rows[y] >= 0
          && sections.fate(s) == ObjectSections.ATOM
          && !versions.repeated(y)) {
        nexts[y] = heads[s];
        heads[s] = y;
      }
    }
    for (int i = 0; i < marked.size(); i++) {
      state.symbols.setFlag(marked.get(i), Symbols.SEEN, false);
    }
    marked.clear();
  }

  private int local(ObjectInput input, ElfObject object, int y) {
    int type = SymbolView.type(object.symbolInfo(y));
    int s = object.symbolSection(y);
    if (type == STT_FILE || s == ElfObject.UNDEF || s == ElfObject.COMMON) {
      return NONE;
    }
    if (s > 0) {
      byte fate = sections.fate(s);
      if (fate == ObjectSections.DISCARDED) {
        return DISCARDED;
      }
      if (fate != ObjectSections.ATOM) {
        return NONE;
      }
      if (type == STT_SECTION) {
        return parts.editor.anchor(input, sections.key(s));
      }
    }
    return localRow(input, object, y);
  }

  private int localRow(ObjectInput input, ElfObject object, int y) {
    int scope = LinkState.localScope(input.number);
    int length = object.symbolNameLength(y);
    int row =
        state.symbol(scope, state.names.intern(object.bytes(), object.symbolNameOffset(y), length));
    for (int i = 1; state.symbols.flag(row, Symbols.SEEN); i++) {
      row = state.symbol(scope, state.names.intern(object.symbolName(y) + '\0' + i));
    }
    state.symbols.setFlag(row, Symbols.SEEN, true);
    marked.add(row);
    return row;
  }

  private int global(ElfObject object, int y) {
    MemorySegment bytes = object.bytes();
    long at = object.symbolNameOffset(y);
    int length = object.symbolNameLength(y);
    int base = VersionedNames.base(bytes, at, length);
    if (VersionedNames.isDefault(bytes, at, length, base)) {
      return versions.symbol(object, y, base);
    }
    int name = state.names.intern(bytes, at, length);
    boolean defined = object.symbolSection(y) != ElfObject.UNDEF;
    return state.symbol(Symbols.GLOBAL, defined ? name : parts.wrapping.of(name));
  }

  /** Rows for symbols that belong to the input as a whole: references, commons, absolutes. */
  void defineLoose(ObjectInput input, ElfObject object) throws LinkException {
    for (int y = 1; y < object.symbols(); y++) {
      int row = rows[y];
      if (row < 0 || versions.repeated(y)) {
        continue;
      }
      int s = object.symbolSection(y);
      int info = object.symbolInfo(y) | (object.symbolOther(y) & 3) << 8;
      boolean discarded = s > 0 && sections.fate(s) != ObjectSections.ATOM;
      if (s == ElfObject.UNDEF || discarded) {
        put(input, row, Definitions.REFERENCE, 0, 0, info);
      } else if (s == ElfObject.COMMON) {
        put(input, row, Definitions.COMMON, commonAlignment(object, y), object.symbolSize(y), info);
      } else if (s == ElfObject.ABS) {
        put(input, row, Definitions.ABSOLUTE, object.symbolValue(y), object.symbolSize(y), info);
      }
    }
    versions.define(input, object, parts.streamSymbols);
  }

  /** Makes the versions of the new version of an input count; returns whether they are others. */
  boolean commitVersions(ObjectInput input) {
    return versions.commit(input);
  }

  /** Marks the aliases that {@link #defineLoose} has made. */
  void markAliases(boolean seen) {
    versions.mark(seen);
  }

  private static long commonAlignment(ElfObject object, int y) throws LinkException {
    long alignment = Math.max(1, object.symbolValue(y));
    boolean valid = alignment > 0 && Long.bitCount(alignment) == 1;
    if (!valid || alignment > 1L << AtomUpdate.ALIGNMENT_LOG2_MAX) {
      throw new LinkException(
          valid ? Code.UNSUPPORTED_INPUT : Code.MALFORMED_INPUT,
          Place.symbol(object.name(), object.symbolName(y)),
          "alignment " + Long.toUnsignedString(alignment) + " of a common symbol");
    }
    return alignment;
  }

  private void put(ObjectInput input, int row, int kind, long value, long size, int info) {
    parts.streamSymbols.put(input, row, kind, NONE, value, size, info);
  }

  /** First symbol that is defined in a section, NONE when there is none. */
  int first(int s) {
    return heads[s];
  }

  int next(int y) {
    return nexts[y];
  }

  int row(int y) {
    return rows[y];
  }

  /** The piece that a symbol plus an offset lies in; only section symbols look at the offset. */
  static int piece(ElfObject object, MergePieces pieces, int y, long addend) {
    boolean section = SymbolView.type(object.symbolInfo(y)) == STT_SECTION;
    return pieces.pieceAt(object.symbolValue(y) + (section ? addend : 0));
  }
}
