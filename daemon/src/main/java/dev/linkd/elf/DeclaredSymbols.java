package dev.linkd.elf;

import dev.linkd.output.Output.ImportedSymbol;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The symbols of a library that a client has declared instead of giving its file. */
final class DeclaredSymbols implements LibrarySymbols {

  /** Alignment of copies: enough for every type of the psABI. */
  private static final int ALIGNMENT_LOG2 = 5;

  private final List<ImportedSymbol> symbols;
  private final Map<String, Integer> byName = new HashMap<>();

  DeclaredSymbols(List<ImportedSymbol> symbols) {
    this.symbols = List.copyOf(symbols);
    for (int i = 0; i < symbols.size(); i++) {
      byName.putIfAbsent(name(i), i);
    }
  }

  List<ImportedSymbol> symbols() {
    return symbols;
  }

  @Override
  public int find(MemorySegment bytes, long offset, int length) {
    byte[] name = new byte[length];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, name, 0, length);
    return byName.getOrDefault(new String(name, StandardCharsets.UTF_8), NONE);
  }

  @Override
  public int find(MemorySegment bytes, long offset, int length, String version) {
    int found = find(bytes, offset, length);
    return found != NONE && version(found).equals(version) ? found : NONE;
  }

  @Override
  public boolean withholds(MemorySegment bytes, long offset, int length) {
    return false;
  }

  @Override
  public boolean hiddenVersion(int symbol) {
    return false;
  }

  @Override
  public boolean mentions(MemorySegment bytes, long offset, int length) {
    return find(bytes, offset, length) != NONE;
  }

  @Override
  public boolean bound(int symbol) {
    return false;
  }

  @Override
  public List<String> needed() {
    return List.of();
  }

  /** A declaration says nothing about what the library requires. */
  @Override
  public String audit() {
    return "";
  }

  @Override
  public void undefined(NameVisitor visitor) {}

  @Override
  public int[] aliases(int symbol) {
    return new int[] {symbol};
  }

  @Override
  public String name(int symbol) {
    String full = symbols.get(symbol).name();
    int at = full.indexOf('@');
    return at < 0 ? full : full.substring(0, at);
  }

  @Override
  public String version(int symbol) {
    String full = symbols.get(symbol).name();
    int at = full.lastIndexOf('@');
    return at < 0 ? "" : full.substring(at + 1);
  }

  @Override
  public int info(int symbol) {
    return symbols.get(symbol).info();
  }

  /** Declared symbols have no address: each is an object of its own. */
  @Override
  public long value(int symbol) {
    return symbol;
  }

  @Override
  public long size(int symbol) {
    return symbols.get(symbol).size();
  }

  @Override
  public int alignmentLog2(int symbol) {
    return ALIGNMENT_LOG2;
  }

  @Override
  public boolean readOnly(int symbol) {
    return false;
  }
}
