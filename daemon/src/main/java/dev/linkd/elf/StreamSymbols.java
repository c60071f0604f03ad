package dev.linkd.elf;

import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;

/** Definitions and references that belong to an input as a whole, not to one of its atoms. */
final class StreamSymbols {

  private static final int NONE = -1;

  private final LinkState state;
  private final Definitions definitions;

  StreamSymbols(LinkState state) {
    this.state = state;
    this.definitions = state.definitions;
  }

  /** Adds a row, or changes the one that the input has for this symbol. */
  void put(Input input, int symbol, int kind, int target, long value, long size, int info) {
    int row = find(input, symbol);
    if (row != NONE) {
      boolean same =
          definitions.kind(row) == kind
              && definitions.target(row) == target
              && definitions.value(row) == value
              && definitions.size(row) == size
              && definitions.info(row) == info;
      if (same) {
        return;
      }
      unlinkAlias(row);
      count(row, -1);
      definitions.set(row, kind, value, size, info);
      MemberLiveness.doubt(state, symbol, input);
    } else {
      row = add(input, symbol, kind, value, size, info);
      state.saidIndex.put(symbol, input.number, row);
    }
    count(row, 1);
    definitions.setTarget(row, target);
    if (kind == Definitions.ALIAS) {
      linkAlias(row, target);
    }
    state.queueSymbol(symbol);
  }

  private int add(Input input, int symbol, int kind, long value, long size, int info) {
    int row = definitions.add(symbol, input.number, input.number, kind, value, size, info);
    link(input, row);
    if (kind != Definitions.REFERENCE) {
      MemberLiveness.doubt(state, symbol, input);
    }
    return row;
  }

  /**
   * Adds a row for a symbol that the input has said nothing of; not for aliases. An input of which
   * nothing is ever looked up need not be {@linkplain #index indexed}.
   */
  void putFirst(Input input, int symbol, int kind, long value, long size, int info) {
    int row = add(input, symbol, kind, value, size, info);
    if (input.saidIndexed) {
      state.saidIndex.put(symbol, input.number, row);
    }
    count(row, 1);
    state.queueSymbol(symbol);
  }

  /** Makes what an input says be found by its symbols. */
  void index(Input input) {
    if (input.saidIndexed) {
      return;
    }
    input.saidIndexed = true;
    int row = input.firstDefinition;
    for (; row != NONE; row = definitions.nextOfOwner(row)) {
      state.saidIndex.put(definitions.symbol(row), input.number, row);
      state.work.definitions++;
    }
  }

  int find(Input input, int symbol) {
    index(input);
    return state.saidIndex.get(symbol, input.number);
  }

  boolean remove(Input input, int symbol) {
    int row = find(input, symbol);
    if (row == NONE) {
      return false;
    }
    unlink(input, row);
    drop(input, row);
    return true;
  }

  private void link(Input input, int row) {
    int next = input.firstDefinition;
    definitions.setNextOfOwner(row, next);
    if (next != NONE) {
      definitions.setPreviousOfOwner(next, row);
    }
    input.firstDefinition = row;
  }

  private void unlink(Input input, int row) {
    int next = definitions.nextOfOwner(row);
    int previous = definitions.previousOfOwner(row);
    if (previous == NONE) {
      input.firstDefinition = next;
    } else {
      definitions.setNextOfOwner(previous, next);
    }
    if (next != NONE) {
      definitions.setPreviousOfOwner(next, previous);
    }
  }

  void removeAll(Input input) {
    int row = input.firstDefinition;
    input.firstDefinition = NONE;
    while (row != NONE) {
      int next = definitions.nextOfOwner(row);
      drop(input, row);
      row = next;
    }
  }

  /** Removes what the input says about symbols that are not marked as seen. */
  void removeUnseen(Input input) {
    int row = input.firstDefinition;
    while (row != NONE) {
      int next = definitions.nextOfOwner(row);
      if (!state.symbols.flag(definitions.symbol(row), Symbols.SEEN)) {
        unlink(input, row);
        drop(input, row);
      }
      row = next;
    }
  }

  private void count(int row, int by) {
    if (definitions.kind(row) == Definitions.REFERENCE) {
      state.references.add(definitions.symbol(row), definitions.info(row), by);
    }
  }

  private void drop(Input input, int row) {
    int symbol = definitions.symbol(row);
    unlinkAlias(row);
    count(row, -1);
    if (input.saidIndexed) {
      state.saidIndex.remove(symbol, input.number);
    }
    if (definitions.kind(row) == Definitions.REFERENCE) {
      MemberLiveness.doubt(state, symbol, input);
    }
    if (state.symbols.winner(symbol) == row) {
      state.symbols.setWinner(symbol, Symbols.STALE);
    }
    definitions.remove(row);
    state.queueSymbol(symbol);
  }

  private void linkAlias(int row, int target) {
    definitions.setNextAlias(row, state.aliasIndex.get(target, 0));
    state.aliasIndex.put(target, 0, row);
    state.symbols.setFlag(target, Symbols.HAS_ALIASES, true);
    state.queueSymbol(target);
  }

  private void unlinkAlias(int row) {
    if (definitions.kind(row) != Definitions.ALIAS) {
      return;
    }
    int target = definitions.target(row);
    int previous = NONE;
    int other = state.aliasIndex.get(target, 0);
    while (other != row) {
      previous = other;
      other = definitions.nextAlias(other);
    }
    int next = definitions.nextAlias(row);
    if (previous != NONE) {
      definitions.setNextAlias(previous, next);
    } else if (next != NONE) {
      state.aliasIndex.put(target, 0, next);
    } else {
      state.aliasIndex.remove(target, 0);
      state.symbols.setFlag(target, Symbols.HAS_ALIASES, false);
      state.queueSymbol(target);
    }
  }
}
