package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.STB_WEAK;

import dev.linkd.symbol.Definitions;

/**
 * Which of the definitions of a name counts: those of the command line, strong, common, weak; among
 * equals that of the input that came first. The lower a rank, the better.
 */
final class DefinitionRanks {

  private static final int NONE = -1;
  private static final int COMMAND_LINE = -1;
  static final int STRONG = 0;
  static final int COMMON = 1;
  private static final int WEAK = 2;
  static final int REFERENCE = 3;

  private final LinkState state;
  private final Definitions definitions;

  DefinitionRanks(LinkState state) {
    this.state = state;
    this.definitions = state.definitions;
  }

  int rank(int row) {
    switch (definitions.kind(row)) {
      case Definitions.REFERENCE:
        return REFERENCE;
      case Definitions.COMMON:
        return COMMON;
      default:
        if (!Definitions.held(row) && definitions.input(row) == Inputs.LINKER) {
          return COMMAND_LINE;
        }
        return SymbolView.binding(definitions.info(row)) == STB_WEAK ? WEAK : STRONG;
    }
  }

  /** Whether one of two definitions of equal rank is that which counts. */
  boolean earlier(int row, int than) {
    if (than == NONE) {
      return true;
    }
    int input = definitions.input(row);
    int other = definitions.input(than);
    return input == other
        ? earlierInInput(row, than)
        : state.inputs.get(input).order < state.inputs.get(other).order;
  }

  /** What a stream has sent has no order, but the choice must not depend on the order of edits. */
  private boolean earlierInInput(int row, int than) {
    boolean inAtom = definitions.kind(row) == Definitions.IN_ATOM;
    if (inAtom != (definitions.kind(than) == Definitions.IN_ATOM)) {
      return !inAtom;
    }
    int atom = definitions.owner(row);
    int other = definitions.owner(than);
    return inAtom && atom != other
        ? state.names.compare(state.atoms.key(atom), state.atoms.key(other)) < 0
        : definitions.value(row) < definitions.value(than);
  }

  /** The definition of an input that has a place, whatever else decides; NONE without one. */
  int placedByInput(int symbol) {
    int best = NONE;
    int row = state.symbols.firstDefinition(symbol);
    for (; row != NONE; row = definitions.next(row)) {
      int rank = rank(row);
      boolean placed = rank == STRONG || rank == WEAK;
      boolean better =
          best == NONE || rank < rank(best) || rank == rank(best) && earlier(row, best);
      if (placed && better) {
        best = row;
      }
    }
    return best;
  }
}
