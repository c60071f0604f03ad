package dev.linkd.elf;

import dev.linkd.object.LayoutCommand;
import dev.linkd.object.LayoutCommand.Assign;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutScript;
import dev.linkd.symbol.Definitions;
import org.jspecify.annotations.Nullable;

/**
 * Definitions of inputs that an assignment of a script replaces and refers to, as in {@code foo =
 * foo + 1}. Nothing resolves to them, but they have to have a place.
 */
final class ReplacedDefinitions {

  private static final int NONE = -1;

  private final LinkState state;
  private final DefinitionRanks ranks;
  private final IntSet names = new IntSet();
  private boolean any;

  ReplacedDefinitions(LinkState state, @Nullable LayoutScript script) {
    this.state = state;
    this.ranks = new DefinitionRanks(state);
    if (script != null) {
      script.commands().forEach(this::collect);
    }
  }

  private void collect(LayoutCommand command) {
    if (command instanceof Section section && !section.discards()) {
      section.body().forEach(this::collect);
    } else if (command instanceof Assign assign && !assign.dot() && !assign.scope().onDemand()) {
      assign
          .value()
          .symbols(
              name -> {
                if (name.equals(assign.symbol())) {
                  int id = state.names.intern(name);
                  any = true;
                  if (names.add(id)) {
                    state.names.retain(id);
                  }
                }
              });
    }
  }

  /** Whether there may be one of a symbol. */
  boolean of(int symbol) {
    return any && state.symbols.global(symbol) && names.contains(state.symbols.name(symbol));
  }

  /** The definition; NONE without one. */
  int row(int symbol) {
    return of(symbol) ? ranks.placedByInput(symbol) : NONE;
  }

  /** The atom that contains the definition, NONE when none does. */
  int atom(int symbol) {
    int row = row(symbol);
    boolean contained = row != NONE && state.definitions.kind(row) == Definitions.IN_ATOM;
    return contained ? state.definitions.owner(row) : NONE;
  }

  /** A symbol with such a definition in an atom, NONE without one. */
  int symbolIn(int atom) {
    if (!any) {
      return NONE;
    }
    int row = state.atoms.firstDefinition(atom);
    for (; row != NONE; row = state.definitions.nextOfOwner(row)) {
      int symbol = state.definitions.symbol(row);
      if (atom(symbol) == atom) {
        return symbol;
      }
    }
    return NONE;
  }
}
