package dev.linkd.elf;

import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;

/** The symbols that resolve into an atom: what is defined there, its anchor, and their aliases. */
final class AtomSymbols {

  private static final int NONE = -1;

  private final LinkState state;

  AtomSymbols(LinkState state) {
    this.state = state;
  }

  void collect(int atom, IntQueue into) {
    into.clear();
    Definitions definitions = state.definitions;
    int row = state.atoms.firstDefinition(atom);
    for (; row != NONE; row = definitions.nextOfOwner(row)) {
      state.work.definitions++;
      add(definitions.symbol(row), atom, into, 0);
    }
    int anchor = state.atoms.anchor(atom);
    if (anchor != NONE) {
      add(anchor, atom, into, 0);
    }
    int common = state.common(atom);
    if (common != NONE) {
      add(common, atom, into, 0);
    }
  }

  /** Aliases of aliases can be a cycle, which ends at the depth that resolution follows. */
  private void add(int symbol, int atom, IntQueue into, int depth) {
    Symbols symbols = state.symbols;
    if (symbols.state(symbol) != Symbols.DEFINED || symbols.atom(symbol) != atom) {
      return;
    }
    into.add(symbol);
    if (!symbols.flag(symbol, Symbols.HAS_ALIASES) || depth == Resolver.ALIAS_DEPTH_MAX) {
      return;
    }
    int row = state.aliasIndex.get(symbol, 0);
    for (; row != NONE; row = state.definitions.nextAlias(row)) {
      add(state.definitions.symbol(row), atom, into, depth + 1);
    }
  }
}
