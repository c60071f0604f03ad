package dev.linkd.elf;

/** A shared library that the output uses. */
final class Library {
  final int number;

  /** In the order of resolution. */
  final long place;

  final String soname;

  /** The library is only listed in DT_NEEDED when something refers to it. */
  final boolean asNeeded;

  /** Only other libraries may refer to it. */
  final boolean indirect;

  final LibrarySymbols symbols;

  Library(
      int number,
      long place,
      String soname,
      boolean asNeeded,
      boolean indirect,
      LibrarySymbols symbols) {
    this.indirect = indirect;
    this.number = number;
    this.place = place;
    this.soname = soname;
    this.asNeeded = asNeeded;
    this.symbols = symbols;
  }
}
