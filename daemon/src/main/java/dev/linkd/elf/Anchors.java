package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.STT_SECTION;

import dev.linkd.output.Atoms;
import dev.linkd.symbol.Symbols;

/** The symbols that stand for the starts of atoms: what section symbols of objects become. */
final class Anchors {

  private static final int NONE = -1;

  private final LinkState state;
  private final Atoms atoms;

  Anchors(LinkState state) {
    this.state = state;
    this.atoms = state.atoms;
  }

  /** The symbol that stands for the start of an atom that may not exist yet. */
  int of(Input input, int key) {
    int atom = state.atomIndex.find(input, key);
    if (atom != NONE && atoms.anchor(atom) != NONE) {
      return atoms.anchor(atom);
    }
    int symbol = state.symbol(Scopes.anchor(input.number), key);
    if (atom != NONE) {
      set(atom, symbol);
    }
    return symbol;
  }

  /** Makes a symbol stand for the start of an atom. */
  private void set(int atom, int symbol) {
    if (atoms.anchor(atom) != symbol) {
      atoms.setAnchor(atom, symbol);
      state.queueSymbol(symbol);
    }
  }

  /**
   * Lets an atom of an indexed input be found by its key, and by what referred to the key before.
   */
  void index(Input input, int atom, int key) {
    state.atomIndex.put(input.number, key, atom);
    int symbol = state.symbolIndex.get(Scopes.anchor(input.number), key);
    if (symbol != NONE) {
      set(atom, symbol);
    }
  }

  /** Like {@link #of} for an input that is not indexed; {@link #bind} follows. */
  int add(Input input, int key) {
    state.names.retain(key);
    return state.symbols.add(key, Scopes.anchor(input.number));
  }

  /** Makes a symbol that {@link #add} made stand for the start of an atom. */
  void bind(int atom, int symbol) {
    atoms.setAnchor(atom, symbol);
    state.symbols.resolve(symbol, Symbols.DEFINED, atom, 0, 0, STT_SECTION);
  }
}
