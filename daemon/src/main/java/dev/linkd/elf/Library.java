package dev.linkd.elf;

/** A shared library that the output uses. */
final class Library {
  final int number;
  final String soname;

  /** The library is only listed in DT_NEEDED when something refers to it. */
  final boolean asNeeded;

  final LibrarySymbols symbols;

  Library(int number, String soname, boolean asNeeded, LibrarySymbols symbols) {
    this.number = number;
    this.soname = soname;
    this.asNeeded = asNeeded;
    this.symbols = symbols;
  }
}
