package dev.linkd.elf;

import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Libraries after {@code --as-needed} that no input refers to, but another library does, without
 * saying so itself: without them the dynamic linker would not find the name. GNU ld lists them,
 * too. Whether the set of libraries has such references is found out when it changes; there are
 * few.
 */
final class LibraryNeeds {

  private static final int NONE = -1;

  /** A name that one library refers to and another provides. */
  private record Reference(
      Library from, Library to, MemorySegment bytes, long offset, int length) {}

  private final LinkState state;
  private final Providers providers;
  private final List<Reference> references = new ArrayList<>();
  private int providersSeen = NONE;

  LibraryNeeds(LinkState state, Providers providers) {
    this.state = state;
    this.providers = providers;
  }

  /**
   * Adds the libraries that libraries in use make necessary.
   *
   * @param used numbers of the libraries that the output itself refers to
   */
  void extend(BitSet used) {
    if (providersSeen != providers.changes()) {
      providersSeen = providers.changes();
      collect();
    }
    boolean more = !references.isEmpty();
    while (more) {
      more = false;
      for (Reference reference : references) {
        if (!used.get(reference.to.number)
            && listed(reference.from, used)
            && !comesAlong(reference.to, used)
            && !defined(reference)) {
          used.set(reference.to.number);
          more = true;
        }
      }
    }
  }

  private static boolean listed(Library library, BitSet used) {
    return !library.asNeeded || used.get(library.number);
  }

  /** Whether a library that is in use needs the library itself. */
  private boolean comesAlong(Library library, BitSet used) {
    return providers.libraries().stream()
        .anyMatch(
            other ->
                (other.indirect || listed(other, used))
                    && other.symbols.needed().contains(library.soname));
  }

  /** The dynamic linker looks into the program first. */
  private boolean defined(Reference reference) {
    int name = state.names.find(reference.bytes, reference.offset, reference.length);
    int symbol = name == NONE ? NONE : state.global(name);
    if (symbol == NONE) {
      return false;
    }
    int resolution = state.symbols.state(symbol);
    return resolution != Symbols.UNDEFINED && resolution != Symbols.IMPORTED;
  }

  private void collect() {
    references.clear();
    List<Library> libraries = providers.libraries();
    List<Library> candidates =
        libraries.stream().filter(library -> library.asNeeded && !library.indirect).toList();
    if (candidates.isEmpty()) {
      return;
    }
    for (Library from : libraries) {
      if (!from.indirect) {
        collect(from, libraries, candidates);
      }
    }
  }

  private void collect(Library from, List<Library> libraries, List<Library> candidates) {
    from.symbols.undefined(
        (bytes, offset, length, version) -> {
          for (Library to : candidates) {
            if (to != from
                && !from.symbols.needed().contains(to.soname)
                && LibraryReferences.provides(to, bytes, offset, length, version)) {
              if (first(libraries, bytes, offset, length, version) == to) {
                references.add(new Reference(from, to, bytes, offset, length));
              }
              return;
            }
          }
        });
  }

  /** The first library that provides a name decides, as for references of the output. */
  private static Library first(
      List<Library> libraries, MemorySegment bytes, long offset, int length, String version) {
    for (Library library : libraries) {
      if (LibraryReferences.provides(library, bytes, offset, length, version)) {
        return library;
      }
    }
    throw new IllegalStateException("no library provides a name that one provides");
  }
}
