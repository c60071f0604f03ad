package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.mapped.MappedFile;
import dev.linkd.object.ElfObject;
import dev.linkd.object.MergePieces;
import dev.linkd.output.AtomUpdate;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Translates the symbols of an object into rows of the output's symbol table. Local names that
 * occur more than once get a number behind a NUL, which no tool shows.
 */
final class ObjectSymbols {

  static final int NONE = -1;

  /** The symbol lies in a discarded section. */
  static final int DISCARDED = -2;

  /** The symbol stands for a section; its row is made when it is needed. */
  private static final int SECTION = -3;

  private final LinkState state;
  private final ElfParts parts;
  private final ObjectSections sections;

  /** Row of each symbol; NONE for those that have none, such as section symbols of pieces. */
  private int[] rows = new int[256];

  /** Symbols by section: head of the list of each section, and next of each symbol. */
  private int[] heads = new int[64];

  private int[] nexts = new int[256];

  /** Names of the global symbols whose rows are not {@link #held}. */
  private final NameBatch names = new NameBatch();

  private final HeldNames held;

  /** Sum of what was read ahead last. */
  private int sum;

  private final IntQueue marked = new IntQueue();
  private @Nullable ObjectInput input;
  private @Nullable ElfObject object;
  private final ObjectVersions versions;

  ObjectSymbols(LinkState state, ElfParts parts, ObjectSections sections, HeldNames held) {
    this.state = state;
    this.parts = parts;
    this.sections = sections;
    this.held = held;
    this.versions = new ObjectVersions(state);
  }

  /** Begins to read a version of an object, of which nothing is translated yet. */
  void begin() {
    input = null;
    object = null;
  }

  /** Makes the rows of all symbols that belong to an atom, are global, or are absolute. */
  void translate(ObjectInput input, ElfObject object) throws LinkException {
    this.input = input;
    this.object = object;
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
    internGlobals(object);
    int named = names.count();
    for (int y = count - 1; y > 0; y--) {
      if (y < object.firstGlobal()) {
        rows[y] = local(input, object, y);
      } else if (rows[y] == NONE) {
        rows[y] = global(object, y, names.id(--named));
      }
    }
    versions.finish(object, rows);
    readAhead(input, object);
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
    unmark();
  }

  /** Finds the rows that are held of global symbols, and the names of all others at once. */
  private void internGlobals(ElfObject object) {
    names.clear();
    for (int y = Math.max(1, object.firstGlobal()); y < object.symbols(); y++) {
      rows[y] = held.row(object, y);
      if (rows[y] == NONE) {
        names.add(object.symbolNameOffset(y), object.symbolNameLength(y));
      }
    }
    names.intern(state.names, object.bytes());
  }

  /** By symbol: its row, less than 0 when the next version has to look it up. */
  int[] translation(ElfObject object) {
    int[] copy = Arrays.copyOf(rows, object.symbols());
    versions.exclude(copy);
    return copy;
  }

  /**
   * Reads what definitions of global symbols and references to them are going to be linked to: of
   * each its row, and what is first in its lists. One after the other these are two cache misses
   * for each symbol; here those of all symbols are under way at once.
   */
  private void readAhead(ObjectInput input, ElfObject object) {
    int first = Math.max(1, object.firstGlobal());
    int touched = 0;
    for (int y = first; y < object.symbols(); y++) {
      touched += rows[y] < 0 ? 0 : state.symbols.firstDefinition(rows[y]);
      touched += input.saidIndexed ? state.saidIndex.touch(rows[y], input.number) : 0;
    }
    for (int y = first; y < object.symbols(); y++) {
      int definition = rows[y] < 0 ? NONE : state.symbols.firstDefinition(rows[y]);
      int reference = rows[y] < 0 ? NONE : state.symbols.firstReference(rows[y]);
      touched += definition == NONE ? 0 : state.definitions.kind(definition);
      touched += reference == NONE ? 0 : state.relocations.kind(reference);
    }
    sum = touched;
  }

  /** Something that depends on every read ahead, so that no compiler may leave one out. */
  int sum() {
    return sum;
  }

  private void mark(int row) {
    state.symbols.setFlag(row, Symbols.SEEN, true);
    marked.add(row);
  }

  private void unmark() {
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
        return SECTION;
      }
    }
    return localRow(input, object, y);
  }

  private int localRow(ObjectInput input, ElfObject object, int y) {
    int known = held.row(object, y);
    if (known != NONE && !state.symbols.flag(known, Symbols.SEEN)) {
      mark(known);
      return known;
    }
    int scope = Scopes.local(input.number);
    int length = object.symbolNameLength(y);
    int row =
        state.symbol(scope, state.names.intern(object.bytes(), object.symbolNameOffset(y), length));
    for (int i = 1; state.symbols.flag(row, Symbols.SEEN); i++) {
      row = state.symbol(scope, state.names.intern(object.symbolName(y) + '\0' + i));
    }
    mark(row);
    return row;
  }

  /** The symbol that stands for the start of a section that is an atom. */
  int anchor(int s) {
    ObjectInput owner = input;
    int symbol = sections.anchor(s);
    if (symbol == NONE && owner != null) {
      int key = sections.key(s);
      symbol =
          owner.atomsIndexed
              ? parts.editor.anchors.of(owner, key)
              : parts.editor.anchors.add(owner, key);
      sections.setAnchor(s, symbol);
    }
    return symbol;
  }

  /** Makes the new symbols that stand for sections do so, now that all atoms exist. */
  void bindAnchors(ObjectInput input, ElfObject object) {
    for (int s = 1; !input.atomsIndexed && s < object.sections(); s++) {
      if (sections.anchor(s) != NONE) {
        parts.editor.anchors.bind(sections.atom(s), sections.anchor(s));
      }
    }
  }

  /** Lets go of what was begun for a version that cannot be read. */
  void abandon() {
    unmark();
    ElfObject reading = object;
    for (int s = 1; reading != null && s < reading.sections(); s++) {
      if (sections.anchor(s) != NONE) {
        state.queueSymbol(sections.anchor(s));
      }
    }
  }

  private int global(ElfObject object, int y, int name) {
    MemorySegment bytes = object.bytes();
    long at = object.symbolNameOffset(y);
    int length = object.symbolNameLength(y);
    int base = VersionedNames.base(bytes, at, length);
    if (VersionedNames.isDefault(bytes, at, length, base)) {
      return versions.symbol(object, y, base);
    }
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
    unmark();
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
    if (object.symbolSize(y) < 0 || object.symbolSize(y) > MappedFile.MAX_BYTES) {
      throw new LinkException(
          Code.UNSUPPORTED_INPUT,
          Place.symbol(object.name(), object.symbolName(y)),
          "size " + Long.toUnsignedString(object.symbolSize(y)) + " of a common symbol");
    }
    return alignment;
  }

  private void put(ObjectInput input, int row, int kind, long value, long size, int info) {
    if (input.saidIndexed || state.symbols.flag(row, Symbols.SEEN)) {
      parts.streamSymbols.put(input, row, kind, NONE, value, size, info);
    } else {
      mark(row);
      parts.streamSymbols.putFirst(input, row, kind, value, size, info);
    }
  }

  /** First symbol that is defined in a section, NONE when there is none. */
  int first(int s) {
    return heads[s];
  }

  int next(int y) {
    return nexts[y];
  }

  /** Whether the row is one of {@link #anchor}. */
  boolean standsForSection(int y) {
    return rows[y] == SECTION;
  }

  /** Row of a symbol; less than 0 when it has none. */
  int row(int y) {
    int row = rows[y];
    ElfObject reading = object;
    return row == SECTION && reading != null ? anchor(reading.symbolSection(y)) : row;
  }

  /** The piece that a symbol plus an offset lies in; only section symbols look at the offset. */
  static int piece(ElfObject object, MergePieces pieces, int y, long addend) {
    boolean section = SymbolView.type(object.symbolInfo(y)) == STT_SECTION;
    return pieces.pieceAt(object.symbolValue(y) + (section ? addend : 0));
  }
}
