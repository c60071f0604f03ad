package dev.linkd.elf;

import dev.linkd.symbol.Definitions;
import dev.linkd.table.PairIndex;

/**
 * Versions that objects give to their definitions with {@code name@@VERSION}: the symbol is the one
 * without version, and remembers for each input which version it has there.
 */
final class DefaultVersions implements AutoCloseable {

  static final int NONE = -1;

  private final LinkState state;

  /** (symbol, input) to the name of the version. */
  private final PairIndex index = new PairIndex("default versions");

  private int size;

  DefaultVersions(LinkState state) {
    this.state = state;
  }

  /** Name id of the version that the definition has, {@link #NONE} for most. */
  int of(int definition) {
    if (size == 0 || definition < 0) {
      return NONE;
    }
    Definitions definitions = state.definitions;
    return index.get(definitions.symbol(definition), definitions.input(definition));
  }

  /**
   * Makes these the versions of an input.
   *
   * @param symbols rows of the symbols
   * @param versions name ids
   * @return whether anything changed
   */
  boolean replace(ObjectInput input, IntQueue symbols, IntQueue versions) {
    boolean same = input.versionedSymbols.length == symbols.size();
    for (int i = 0; same && i < symbols.size(); i++) {
      same =
          input.versionedSymbols[i] == symbols.get(i)
              && index.get(symbols.get(i), input.number) == versions.get(i);
    }
    if (same) {
      return false;
    }
    for (int i = 0; i < versions.size(); i++) {
      state.names.retain(versions.get(i));
    }
    remove(input);
    input.versionedSymbols = new int[symbols.size()];
    for (int i = 0; i < symbols.size(); i++) {
      input.versionedSymbols[i] = symbols.get(i);
      index.put(symbols.get(i), input.number, versions.get(i));
      state.queueSymbol(symbols.get(i));
    }
    size += symbols.size();
    return true;
  }

  /** Forgets what an input has said. */
  void remove(ObjectInput input) {
    for (int symbol : input.versionedSymbols) {
      state.names.release(index.get(symbol, input.number));
      index.remove(symbol, input.number);
      state.queueSymbol(symbol);
    }
    size -= input.versionedSymbols.length;
    input.versionedSymbols = ObjectInput.NO_ROWS;
  }

  long bytes() {
    return index.bytes();
  }

  @Override
  public void close() {
    index.close();
  }
}
