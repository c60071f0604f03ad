package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.object.ElfObject;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * The symbols of one object that are called {@code name@@VERSION}. Each becomes a definition of
 * {@code name} with a version, and {@code name@VERSION} an alias of it.
 */
final class ObjectVersions {

  private final LinkState state;

  /** Indices in the object, rows, ids of the versions, and rows of the aliases, in parallel. */
  private final IntQueue indices = new IntQueue();

  private final IntQueue rows = new IntQueue();
  private final IntQueue names = new IntQueue();
  private final IntQueue aliases = new IntQueue();

  /** Symbols that the assembler has left beside the versioned ones of the same name. */
  private final BitSet repeated = new BitSet();

  ObjectVersions(LinkState state) {
    this.state = state;
  }

  void clear() {
    indices.clear();
    rows.clear();
    names.clear();
    aliases.clear();
    repeated.clear();
  }

  /** Row of a symbol with a default version; a reference means the version alone. */
  int symbol(ElfObject object, int y, int base) {
    MemorySegment bytes = object.bytes();
    long at = object.symbolNameOffset(y);
    int length = object.symbolNameLength(y);
    int from = base + 2;
    int version = state.names.intern(bytes, at + from, length - from);
    String exact = object.symbolName(y).replaceFirst("@@", "@");
    int alias = state.symbol(Symbols.GLOBAL, state.names.intern(exact));
    if (object.symbolSection(y) == ElfObject.UNDEF) {
      return alias;
    }
    int row = state.symbol(Symbols.GLOBAL, state.names.intern(bytes, at, base));
    indices.add(y);
    rows.add(row);
    names.add(version);
    aliases.add(alias);
    return row;
  }

  /** Finds symbols that stand for the same rows as versioned ones. */
  void finish(ElfObject object, int[] translated) throws LinkException {
    if (indices.isEmpty()) {
      return;
    }
    mark(rows, true);
    try {
      for (int y = object.firstGlobal(); y < object.symbols(); y++) {
        boolean defined = object.symbolSection(y) != ElfObject.UNDEF;
        if (defined && state.symbols.flag(translated[y], Symbols.SEEN)) {
          compare(object, y, indices.get(place(translated[y])));
        }
      }
    } finally {
      mark(rows, false);
    }
  }

  private int place(int row) {
    int i = 0;
    while (rows.get(i) != row) {
      i++;
    }
    return i;
  }

  private void compare(ElfObject object, int y, int versioned) throws LinkException {
    if (y == versioned) {
      return;
    }
    boolean same =
        object.symbolSection(y) == object.symbolSection(versioned)
            && object.symbolValue(y) == object.symbolValue(versioned);
    if (!same || object.symbolName(y).indexOf('@') > 0) {
      throw new LinkException(
          Code.DUPLICATE_SYMBOL,
          Place.symbol(object.name(), object.symbolName(y)),
          "duplicate symbol: " + object.symbolName(y) + " and " + object.symbolName(versioned));
    }
    repeated.set(y);
  }

  /** Takes the symbols with a version out of what is known of each symbol. */
  void exclude(int[] known) {
    for (int i = 0; i < indices.size(); i++) {
      known[indices.get(i)] = ObjectSymbols.NONE;
    }
  }

  boolean repeated(int y) {
    return repeated.get(y);
  }

  /** Defines the names with their versions. */
  void define(ObjectInput input, ElfObject object, StreamSymbols loose) {
    for (int i = 0; i < indices.size(); i++) {
      int y = indices.get(i);
      int info = object.symbolInfo(y) | (object.symbolOther(y) & 3) << 8;
      loose.put(input, aliases.get(i), Definitions.ALIAS, rows.get(i), 0, 0, info);
    }
  }

  void mark(boolean seen) {
    mark(aliases, seen);
  }

  private void mark(IntQueue symbols, boolean seen) {
    for (int i = 0; i < symbols.size(); i++) {
      state.symbols.setFlag(symbols.get(i), Symbols.SEEN, seen);
    }
  }

  /** Makes the versions count; returns whether they differ from those before. */
  boolean commit(ObjectInput input) {
    return state.defaultVersions.replace(input, rows, names);
  }
}
