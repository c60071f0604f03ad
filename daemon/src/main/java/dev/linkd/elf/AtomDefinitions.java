package dev.linkd.elf;

import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Atoms;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;

/** The symbols that atoms define. */
final class AtomDefinitions {

  private static final int NONE = -1;

  private final LinkState state;
  private final Atoms atoms;
  private final Definitions definitions;

  AtomDefinitions(LinkState state) {
    this.state = state;
    this.atoms = state.atoms;
    this.definitions = state.definitions;
  }

  /** Replaces the atom's definitions; returns whether they were the same. */
  boolean replace(Input input, int atom, AtomUpdate update) {
    int row = atoms.firstDefinition(atom);
    boolean same = true;
    int i = update.definitions;
    while (row != NONE && i > 0 && definitions.symbol(row) == update.definitionNames[i - 1]) {
      i--;
      if (definitions.value(row) != update.definitionOffsets[i]
          || definitions.size(row) != update.definitionSizes[i]
          || definitions.info(row) != update.definitionInfo[i]) {
        definitions.set(
            row,
            Definitions.IN_ATOM,
            update.definitionOffsets[i],
            update.definitionSizes[i],
            update.definitionInfo[i]);
        state.queueSymbol(definitions.symbol(row));
        same = false;
      }
      row = definitions.nextOfOwner(row);
    }
    if (row == NONE && i == 0) {
      return same;
    }
    remove(atom);
    for (i = 0; i < update.definitions; i++) {
      int symbol = update.definitionNames[i];
      int added = add(input, atom, update, i);
      definitions.setNextOfOwner(added, atoms.firstDefinition(atom));
      atoms.setFirstDefinition(atom, added);
      if (state.symbols.global(symbol)) {
        MemberLiveness.doubt(state, symbol, input);
      }
      state.queueSymbol(symbol);
    }
    return false;
  }

  private int add(Input input, int atom, AtomUpdate update, int i) {
    int symbol = update.definitionNames[i];
    long value = update.definitionOffsets[i];
    long size = update.definitionSizes[i];
    int info = update.definitionInfo[i];
    boolean few = update.definitions <= Definitions.SEARCHED_MAX;
    return few && input.number != Inputs.LINKER && input.number == atoms.input(atom)
        ? definitions.addToAtom(symbol, input.number, atom, value, size, info)
        : definitions.add(symbol, input.number, atom, Definitions.IN_ATOM, value, size, info);
  }

  void remove(int atom) {
    int row = atoms.firstDefinition(atom);
    atoms.setFirstDefinition(atom, NONE);
    while (row != NONE) {
      int next = definitions.nextOfOwner(row);
      int symbol = definitions.symbol(row);
      if (state.symbols.winner(symbol) == row) {
        state.symbols.setWinner(symbol, Symbols.STALE);
      }
      definitions.remove(row);
      state.queueSymbol(symbol);
      row = next;
    }
  }
}
