package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.output.Output.ImportedSymbol;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The shared libraries that clients have declared without a file. */
final class DeclaredLibraries {
  private final Link link;
  private final Map<String, Library> libraries = new HashMap<>();

  DeclaredLibraries(Link link) {
    this.link = link;
  }

  Map<String, Library> all() {
    return libraries;
  }

  /** Takes over a library that is a provider of the link already. */
  void adopt(String soname, Library library) {
    libraries.put(soname, library);
  }

  /**
   * Adds or replaces a library.
   *
   * @return whether it changed anything
   */
  boolean put(String soname, List<ImportedSymbol> symbols) throws LinkException {
    if (!link.state.spec.kind().imports()) {
      String kind = link.state.spec.kind().name().toLowerCase(Locale.ROOT);
      throw new LinkException(
          Code.INVALID_REQUEST, Place.input(soname), "a " + kind + " cannot use libraries");
    }
    Library library = libraries.get(soname);
    if (library == null) {
      DeclaredSymbols provided = new DeclaredSymbols(symbols);
      long place = link.state.inputs.nextOrder();
      libraries.put(soname, link.parts.providers.addLibrary(place, soname, false, provided));
      return true;
    }
    if (library.symbols instanceof DeclaredSymbols held && held.symbols().equals(symbols)) {
      return false;
    }
    DeclaredSymbols provided = new DeclaredSymbols(symbols);
    libraries.put(soname, link.parts.providers.replaceLibrary(library, provided));
    return true;
  }

  boolean remove(String soname) {
    Library library = libraries.remove(soname);
    if (library == null) {
      return false;
    }
    link.parts.providers.removeLibrary(library);
    return true;
  }
}
