package dev.linkd.elf;

/** A shared library that the output uses. */
final class Library {
  final int number;

  /** In the order of resolution. */
  final long place;

  final String soname;

  /** The library is only listed in DT_NEEDED when something refers to it. */
  final boolean asNeeded;

  final LibrarySymbols symbols;

  Library(int number, long place, String soname, boolean asNeeded, LibrarySymbols symbols) {
    this.number = number;
    this.place = place;
    this.soname = soname;
    this.asNeeded = asNeeded;
    this.symbols = symbols;
  }
}
