package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.object.SharedLibrary;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The symbols of a shared library that was read from its file. */
final class LibraryFile implements LibrarySymbols {
  private final SharedLibrary library;
  private final NameSet undefined = new NameSet();

  LibraryFile(SharedLibrary library) {
    this.library = library;
    for (int y = 1; y < library.symbols(); y++) {
      if (library.undefined(y)) {
        undefined.add(library.bytes(), library.symbolNameOffset(y), library.symbolNameLength(y));
      }
    }
  }

  @Override
  public int find(MemorySegment bytes, long offset, int length) {
    return library.find(bytes, offset, length);
  }

  @Override
  public int find(MemorySegment bytes, long offset, int length, String version) {
    return library.find(bytes, offset, length, version);
  }

  @Override
  public boolean withholds(MemorySegment bytes, long offset, int length) {
    return library.withholds(bytes, offset, length);
  }

  @Override
  public boolean hiddenVersion(int symbol) {
    return library.symbolHiddenVersion(symbol);
  }

  @Override
  public boolean mentions(MemorySegment bytes, long offset, int length) {
    return find(bytes, offset, length) != NONE || undefined.contains(bytes, offset, length);
  }

  @Override
  public boolean bound(int symbol) {
    return (library.symbolOther(symbol) & 3) == STV_PROTECTED;
  }

  @Override
  public List<String> needed() {
    List<String> sonames = new ArrayList<>();
    for (int i = 0; i < library.needed(); i++) {
      sonames.add(library.needed(i));
    }
    return sonames;
  }

  @Override
  public String audit() {
    return library.audit();
  }

  @Override
  public void undefined(NameVisitor visitor) {
    for (int y = 1; y < library.symbols(); y++) {
      if (library.undefined(y) && SymbolView.binding(library.symbolInfo(y)) != STB_WEAK) {
        visitor.name(
            library.bytes(), library.symbolNameOffset(y), library.symbolNameLength(y), version(y));
      }
    }
  }

  @Override
  public int[] aliases(int symbol) {
    return library.aliases(symbol);
  }

  @Override
  public String name(int symbol) {
    return library.symbolName(symbol);
  }

  @Override
  public String version(int symbol) {
    int version = library.symbolVersion(symbol);
    return version <= VER_NDX_GLOBAL ? "" : library.versionName(version);
  }

  @Override
  public int info(int symbol) {
    return library.symbolInfo(symbol);
  }

  @Override
  public long value(int symbol) {
    return library.symbolValue(symbol);
  }

  @Override
  public long size(int symbol) {
    return library.symbolSize(symbol);
  }

  @Override
  public int alignmentLog2(int symbol) {
    return Long.numberOfTrailingZeros(library.symbolAlignment(symbol));
  }

  @Override
  public boolean readOnly(int symbol) {
    return library.symbolReadOnly(symbol);
  }
}
