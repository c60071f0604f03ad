package dev.linkd.elf;

import dev.linkd.table.PairIndex;

/**
 * Finds the atoms of an input by their keys. What was read once and never again is never looked up,
 * so that an object is indexed only when somebody asks.
 */
final class AtomIndex implements AutoCloseable {

  static final int NONE = -1;

  private final LinkState state;

  /** (input, key) to atom, of inputs that are indexed. */
  private final PairIndex atoms = new PairIndex("atoms by key");

  AtomIndex(LinkState state) {
    this.state = state;
  }

  /** The atom that an indexed input knows by a key, NONE when it has none. */
  int get(int input, int key) {
    return atoms.get(input, key);
  }

  /** Reads what {@link #get} is going to look at first; see {@link PairIndex#touch}. */
  int touch(int input, int key) {
    return atoms.touch(input, key);
  }

  void put(int input, int key, int atom) {
    atoms.put(input, key, atom);
  }

  void remove(int input, int key) {
    atoms.remove(input, key);
  }

  /** The atom that any input knows by a key, NONE when it has none. */
  int find(Input input, int key) {
    index(input);
    return atoms.get(input.number, key);
  }

  /** Makes the atoms of an input, and the symbols that stand for them, be found by their keys. */
  void index(Input input) {
    if (input.atomsIndexed) {
      return;
    }
    input.atomsIndexed = true;
    int scope = Scopes.anchor(input.number);
    for (int atom = input.firstAtom; atom != NONE; atom = state.atoms.next(atom)) {
      int key = state.atoms.key(atom);
      atoms.put(input.number, key, atom);
      if (state.atoms.anchor(atom) != NONE) {
        state.symbolIndex.put(scope, key, state.atoms.anchor(atom));
      }
      state.work.atoms++;
    }
  }

  /** Number of atoms that are found by their keys. */
  int size() {
    return atoms.size();
  }

  long bytes() {
    return atoms.bytes();
  }

  @Override
  public void close() {
    atoms.close();
  }
}
