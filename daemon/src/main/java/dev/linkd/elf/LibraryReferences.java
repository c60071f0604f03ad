package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Names that shared libraries refer to and that no shared library defines: the output has to, or
 * the dynamic linker will not find them. Nothing is reported while something that a library needs
 * is not known, because that could define them. The list is made again when the set of libraries
 * changes, and usually empty.
 */
final class LibraryReferences {
  private record Reference(int symbol, String library) {}

  private final LinkState state;
  private final Providers providers;
  private final List<Reference> open = new ArrayList<>();
  private int providersSeen;

  /** Whether all that the libraries need is known. */
  private boolean closed;

  LibraryReferences(LinkState state, Providers providers) {
    this.state = state;
    this.providers = providers;
  }

  /** Makes archive members count that define what libraries refer to. */
  void settle() {
    if (providersSeen == providers.changes()) {
      return;
    }
    providersSeen = providers.changes();
    List<Library> libraries = providers.libraries();
    Set<String> sonames = new HashSet<>();
    libraries.forEach(library -> sonames.add(library.soname));
    List<Reference> before = List.copyOf(open);
    open.clear();
    closed = libraries.stream().allMatch(l -> sonames.containsAll(l.symbols.needed()));
    for (Library library : libraries) {
      if (sonames.containsAll(library.symbols.needed())) {
        library.symbols.undefined(
            (bytes, offset, length, version) -> {
              boolean provided =
                  libraries.stream().anyMatch(l -> provides(l, bytes, offset, length, version));
              if (!provided) {
                add(state.names.intern(bytes, offset, length), library);
              }
            });
      }
    }
    Set<Integer> marked = new HashSet<>();
    open.forEach(reference -> marked.add(reference.symbol()));
    before.stream()
        .filter(reference -> !marked.contains(reference.symbol()))
        .forEach(reference -> mark(reference.symbol(), false));
  }

  /** A library that was made without versions refers to any; so does the dynamic linker. */
  static boolean provides(
      Library library, MemorySegment bytes, long offset, int length, String version) {
    return library.symbols.find(bytes, offset, length) != LibrarySymbols.NONE
        || (!version.isEmpty()
            && library.symbols.find(bytes, offset, length, version) != LibrarySymbols.NONE);
  }

  private void add(int name, Library library) {
    int symbol = state.symbol(Symbols.GLOBAL, name);
    mark(symbol, true);
    open.add(new Reference(symbol, library.soname));
  }

  private void mark(int symbol, boolean on) {
    state.symbols.setFlag(symbol, Symbols.USED_BY_LIBRARY, on);
    state.membersDoubtful = true;
    state.queueSymbol(symbol);
    state.symbolMoved(symbol);
  }

  /** Reports what the output does not define either, or does not export. */
  void report() {
    if (open.isEmpty()) {
      return;
    }
    for (Reference reference : open) {
      int symbol = reference.symbol();
      int resolution = state.symbols.state(symbol);
      int visibility = SymbolView.visibility(state.symbols.info(symbol));
      if (resolution == Symbols.UNDEFINED) {
        if (closed && state.spec.dynamic().undefined().ofLibraries()) {
          undefined(reference);
        }
      } else if (SymbolView.hidden(visibility) && state.spec.kind().executable()) {
        hidden(reference);
      }
    }
  }

  private void undefined(Reference reference) {
    String name = state.name(reference.symbol());
    state.problems.add(
        Diagnostic.error(
            Code.UNDEFINED_SYMBOL,
            Place.symbol(reference.library(), name),
            reference.library() + ": --no-allow-shlib-undefined: undefined symbol: " + name,
            "referenced by " + reference.library()));
  }

  private void hidden(Reference reference) {
    int winner = state.symbols.winner(reference.symbol());
    String input =
        winner < 0 ? "the output" : state.inputs.get(state.definitions.input(winner)).name;
    String name = state.name(reference.symbol());
    state.problems.add(
        Diagnostic.error(
            Code.UNDEFINED_SYMBOL,
            Place.symbol(input, name),
            "hidden symbol '"
                + name
                + "' in "
                + input
                + " is referenced by DSO "
                + reference.library(),
            "non-exported symbol '" + name + "' is referenced by DSO '" + reference.library() + "'",
            "when the program starts, "
                + reference.library()
                + " has an undefined symbol: "
                + name));
  }
}
