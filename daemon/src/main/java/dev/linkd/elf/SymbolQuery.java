package dev.linkd.elf;

import dev.linkd.elf.x86_64.RelocationKinds;
import dev.linkd.output.Output.QueryVisitor;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;

/** Answers who defines a name and who refers to it. */
final class SymbolQuery {

  private static final int NONE = -1;

  private final LinkState state;
  private final ElfParts parts;

  SymbolQuery(LinkState state, ElfParts parts) {
    this.state = state;
    this.parts = parts;
  }

  boolean visit(String name, QueryVisitor visitor) {
    int id = state.names.find(name);
    int symbol = id == NONE ? NONE : state.global(id);
    if (symbol == NONE) {
      return false;
    }
    Symbols symbols = state.symbols;
    if (symbols.state(symbol) == Symbols.IMPORTED) {
      Library library = parts.providers.library(symbols.atom(symbol));
      long address = parts.view.address(symbol);
      visitor.definition(
          true, library.soname, "", address, symbols.size(symbol), symbols.info(symbol));
    }
    int winner = symbols.winner(symbol);
    if (winner >= 0) {
      definition(visitor, winner, true);
    }
    int row = symbols.firstDefinition(symbol);
    for (; row != NONE; row = state.definitions.next(row)) {
      if (row != winner && state.definitions.kind(row) != Definitions.REFERENCE) {
        definition(visitor, row, false);
      }
    }
    references(visitor, symbol);
    return true;
  }

  private void definition(QueryVisitor visitor, int row, boolean chosen) {
    Definitions definitions = state.definitions;
    String input = state.inputs.get(definitions.input(row)).name;
    String section = "";
    long address = definitions.value(row);
    if (definitions.kind(row) == Definitions.IN_ATOM) {
      int atom = definitions.owner(row);
      section = state.names.string(state.atoms.key(atom));
      int home = state.home(atom);
      address = home == NONE ? 0 : address + parts.layout.address(home);
    }
    visitor.definition(
        chosen, input, section, address, definitions.size(row), definitions.info(row));
  }

  private void references(QueryVisitor visitor, int symbol) {
    Relocations relocations = state.relocations;
    int row = state.symbols.firstReference(symbol);
    for (; row != NONE; row = relocations.next(row)) {
      int atom = relocations.atom(row);
      visitor.reference(
          state.inputs.get(state.atoms.input(atom)).name,
          state.names.string(state.atoms.key(atom)),
          relocations.offset(row),
          relocations.kind(row),
          kindName(relocations.kind(row)),
          relocations.addend(row));
    }
  }

  private static String kindName(int kind) {
    return kind == Dependency.KIND ? "dependency without a field" : RelocationKinds.name(kind);
  }
}
