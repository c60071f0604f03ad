package dev.linkd.elf;

import dev.linkd.object.ElfConstants;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import dev.linkd.table.Names;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Archives and shared libraries in command-line order: who may define what no input defines. The
 * first that has the name decides.
 */
final class Providers {

  private static final int NONE = -1;

  /** An archive that can add a member. The hash is that of the name, see {@link NameSet#hash}. */
  interface Lazy {
    /** Whether a member defines the symbol. */
    boolean has(int symbol, int hash);

    /** Whether a member defines a name. */
    boolean has(MemorySegment bytes, long offset, int length, int hash);

    /** Whether it does so with contents: such a definition replaces a tentative one. */
    boolean hasDefinition(int symbol, int hash);

    /**
     * Extracts the member that defines the symbol.
     *
     * @return whether there is one
     */
    boolean extract(int symbol, int hash);
  }

  /** Exactly one of the two is set. */
  private record Entry(long place, @Nullable Lazy archive, @Nullable Library library) {}

  private final LinkState state;
  private final List<Entry> order = new ArrayList<>();
  private final List<@Nullable Library> libraries = new ArrayList<>();
  private int changes;

  Providers(LinkState state) {
    this.state = state;
  }

  /**
   * Adds a library.
   *
   * @param place in the order of resolution
   */
  Library addLibrary(long place, String soname, boolean asNeeded, LibrarySymbols symbols) {
    return addLibrary(place, soname, asNeeded, false, symbols);
  }

  /**
   * Adds a library.
   *
   * @param indirect see {@link Library#indirect}
   */
  Library addLibrary(
      long place, String soname, boolean asNeeded, boolean indirect, LibrarySymbols symbols) {
    int number = libraries.indexOf(null);
    if (number < 0) {
      number = libraries.size();
      libraries.add(null);
    }
    Library library = new Library(number, place, soname, asNeeded, indirect, symbols);
    libraries.set(number, library);
    add(new Entry(place, null, library));
    return library;
  }

  /** Puts another version of a library in the place of one. */
  Library replaceLibrary(Library old, LibrarySymbols symbols) {
    Library library =
        new Library(old.number, old.place, old.soname, old.asNeeded, old.indirect, symbols);
    libraries.set(old.number, library);
    order.replaceAll(e -> old.equals(e.library()) ? new Entry(e.place(), null, library) : e);
    reconsider();
    return library;
  }

  void removeLibrary(Library library) {
    order.removeIf(e -> library.equals(e.library()));
    libraries.set(library.number, null);
    reconsider();
  }

  void addArchive(long place, Lazy archive) {
    add(new Entry(place, archive, null));
  }

  private void add(Entry entry) {
    int at = order.size();
    while (at > 0 && order.get(at - 1).place() > entry.place()) {
      at--;
    }
    order.add(at, entry);
    reconsider();
  }

  /**
   * The archive that defines a name which no input defines; null when a library does, or none.
   *
   * @param imports as for {@link #provide}
   */
  @Nullable Lazy archive(int symbol, boolean imports) {
    int hash = hash(symbol);
    for (Entry entry : order) {
      Lazy archive = entry.archive();
      Library library = entry.library();
      if (archive != null && archive.has(symbol, hash)) {
        return archive;
      }
      if (library != null && imports && find(library, symbol) != NONE) {
        return null;
      }
    }
    return null;
  }

  /**
   * The archive that defines a name; null when a library in front of it does, or none.
   *
   * @param hash see {@link NameSet#hash}
   */
  @Nullable Lazy archive(MemorySegment bytes, long offset, int length, int hash) {
    for (Entry entry : order) {
      Lazy archive = entry.archive();
      Library library = entry.library();
      if (archive != null && archive.has(bytes, offset, length, hash)) {
        return archive;
      }
      if (library != null
          && !library.indirect
          && library.symbols.find(bytes, offset, length) != NONE) {
        return null;
      }
    }
    return null;
  }

  /**
   * The first archive that replaces a tentative definition; null when none does. As in other
   * linkers, one in front of all tentative definitions does so only if a reference was there even
   * before these: whoever reads the inputs in order has what it needs when nothing but the
   * definition asks for the archive.
   *
   * @param counts which inputs are there
   */
  @Nullable Lazy archiveOfDefinition(int symbol, IntPredicate counts) {
    long tentative = firstMention(symbol, Definitions.COMMON, counts);
    boolean asked = firstMention(symbol, Definitions.REFERENCE, counts) < tentative;
    int hash = hash(symbol);
    for (Entry entry : order) {
      Lazy archive = entry.archive();
      if (archive != null
          && (asked || entry.place() > tentative)
          && archive.hasDefinition(symbol, hash)) {
        return archive;
      }
    }
    return null;
  }

  /** Order of the first input with a row of that kind that is not weak. */
  private long firstMention(int symbol, int kind, IntPredicate counts) {
    Definitions definitions = state.definitions;
    long first = Long.MAX_VALUE;
    int row = state.symbols.firstDefinition(symbol);
    for (; row != NONE; row = definitions.next(row)) {
      boolean weak = SymbolView.binding(definitions.info(row)) == ElfConstants.STB_WEAK;
      if (definitions.kind(row) == kind && !weak && counts.test(definitions.input(row))) {
        first = Math.min(first, state.inputs.get(definitions.input(row)).order);
      }
    }
    return first;
  }

  /** Hash of the symbol's name. */
  int hash(int symbol) {
    int name = state.symbols.name(symbol);
    return NameSet.hash(state.names.bytes(), state.names.offset(name), state.names.length(name));
  }

  private int find(Library library, int symbol) {
    if (library.indirect) {
      return NONE;
    }
    Names names = state.names;
    int name = state.symbols.name(symbol);
    if (state.symbols.flag(symbol, Symbols.VERSIONED)) {
      return library.symbols.find(
          names.bytes(),
          names.offset(name),
          state.nameLength(symbol),
          VersionedNames.version(state, symbol));
    }
    return library.symbols.find(names.bytes(), names.offset(name), names.length(name));
  }

  /** The first library that defines the name. */
  Optional<Library> definer(int symbol) {
    for (Entry entry : order) {
      Library library = entry.library();
      if (library != null && find(library, symbol) != NONE) {
        return Optional.of(library);
      }
    }
    return Optional.empty();
  }

  /** st_info of the definition in a library that has one. */
  int info(Library library, int symbol) {
    return library.symbols.info(find(library, symbol));
  }

  void removeArchive(Lazy archive) {
    order.removeIf(e -> archive.equals(e.archive()));
    reconsider();
  }

  Library library(int number) {
    Library library = libraries.get(number);
    if (library == null) {
      throw new IllegalStateException("no library " + number);
    }
    return library;
  }

  /** Libraries in command-line order. */
  List<Library> libraries() {
    List<Library> list = new ArrayList<>();
    for (Entry entry : order) {
      Library library = entry.library();
      if (library != null) {
        list.add(library);
      }
    }
    return list;
  }

  /** How often the set of providers has changed. */
  int changes() {
    return changes;
  }

  /** The set of providers changed: what no input defines may come from elsewhere now. */
  private void reconsider() {
    changes++;
    state.membersDoubtful = true;
    Symbols symbols = state.symbols;
    for (int symbol = 0; symbol < symbols.highWater(); symbol++) {
      if (symbols.live(symbol) && symbols.global(symbol)) {
        state.queueSymbol(symbol);
      }
    }
  }

  /**
   * Looks for a definition of a name that no input defines.
   *
   * @param strong a weak reference does not extract archive members
   * @param imports a reference that is not of default visibility means something in this image, so
   *     an archive may define it but no shared library
   * @return whether the symbol is resolved now; an extracted member resolves it later
   */
  boolean provide(Resolver resolver, int symbol, boolean strong, boolean imports) {
    int hash = hash(symbol);
    for (Entry entry : order) {
      Lazy archive = entry.archive();
      Library library = entry.library();
      if (archive != null && strong && archive.extract(symbol, hash)) {
        return false;
      }
      if (library != null && imports) {
        LibrarySymbols provided = library.symbols;
        int found = find(library, symbol);
        if (found != NONE) {
          int info = provided.info(found) & 0xf | (strong ? 1 : 2) << 4;
          resolver.set(
              symbol, Symbols.IMPORTED, library.number, found, provided.size(found), info, NONE);
          return true;
        }
      }
    }
    return false;
  }

  boolean mentioned(int symbol) {
    int name = state.symbols.name(symbol);
    for (int i = 0; i < libraries.size(); i++) { // in no order, and without the archives
      Library library = libraries.get(i);
      if (library != null
          && library.symbols.mentions(
              state.names.bytes(), state.names.offset(name), state.nameLength(symbol))) {
        return true;
      }
    }
    return false;
  }
}
