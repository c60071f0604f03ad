package dev.linkd.elf;

import dev.linkd.object.ElfConstants;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which inputs define a global symbol and which refer to it. */
final class CrossReferences {

  private static final int NONE = -1;
  private static final int NAME_COLUMNS = 50;

  private final LinkState state;
  private final ElfParts parts;

  CrossReferences(Link link) {
    this.state = link.state;
    this.parts = link.parts;
  }

  /** All symbols by name; the input that defines a symbol comes first. */
  String table() {
    Map<String, Integer> byName = new TreeMap<>();
    Symbols symbols = state.symbols;
    for (int symbol = 0; symbol < symbols.highWater(); symbol++) {
      if (symbols.live(symbol)
          && symbols.global(symbol)
          && symbols.firstDefinition(symbol) != NONE
          && symbols.state(symbol) != Symbols.UNDEFINED) {
        byName.put(state.name(symbol), symbol);
      }
    }
    StringBuilder text = new StringBuilder("\nCross Reference Table\n\n");
    text.append(padded("Symbol")).append("File\n");
    byName.forEach((name, symbol) -> row(text, name, symbol));
    return text.toString();
  }

  private void row(StringBuilder text, String name, int symbol) {
    String start = padded(name);
    for (String file : files(symbol)) {
      text.append(start).append(file).append('\n');
      start = " ".repeat(NAME_COLUMNS);
    }
  }

  private static String padded(String name) {
    return name.length() < NAME_COLUMNS
        ? name + " ".repeat(NAME_COLUMNS - name.length())
        : name + "\n" + " ".repeat(NAME_COLUMNS);
  }

  private Set<String> files(int symbol) {
    Set<String> files = new LinkedHashSet<>();
    if (state.symbols.state(symbol) == Symbols.IMPORTED) {
      files.add(library(symbol));
    }
    int winner = state.symbols.winner(symbol);
    if (winner >= 0) {
      files.add(input(winner));
    }
    rows(symbol).forEach(row -> files.add(input(row)));
    return files;
  }

  /** Lines of an input, the input that defines what it refers to, and the symbol. */
  String dependencies() {
    StringBuilder text = new StringBuilder();
    for (int symbol = 0; symbol < state.symbols.highWater(); symbol++) {
      if (state.symbols.live(symbol) && state.symbols.global(symbol)) {
        dependencies(text, symbol);
      }
    }
    return text.toString();
  }

  private void dependencies(StringBuilder text, int symbol) {
    int winner = state.symbols.winner(symbol);
    boolean imported = state.symbols.state(symbol) == Symbols.IMPORTED;
    if (winner < 0 && !imported) {
      return;
    }
    String home = imported ? library(symbol) : input(winner);
    for (int row : rows(symbol)) {
      boolean reference = state.definitions.kind(row) == Definitions.REFERENCE;
      if (reference && !input(row).equals(home)) {
        boolean weak = SymbolView.binding(state.definitions.info(row)) == ElfConstants.STB_WEAK;
        text.append(input(row)).append('\t').append(home).append('\t');
        text.append(weak ? 'w' : 'u').append('\t').append(state.name(symbol)).append('\n');
      }
    }
  }

  private String library(int symbol) {
    return parts.providers.library(state.symbols.atom(symbol)).soname;
  }

  private String input(int row) {
    return state.inputs.get(state.definitions.input(row)).name;
  }

  /** Definitions and references of a symbol in the order of the inputs. */
  private List<Integer> rows(int symbol) {
    List<Integer> rows = new ArrayList<>();
    int row = state.symbols.firstDefinition(symbol);
    for (; row != NONE; row = state.definitions.next(row)) {
      rows.add(row);
    }
    rows.sort(Comparator.comparingLong(r -> state.inputs.get(state.definitions.input(r)).order));
    return rows;
  }

  /** One line for each input that mentions one of the names. */
  String trace(List<String> names) {
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      int id = state.names.find(name);
      int symbol = id == NONE ? NONE : state.global(id);
      if (symbol != NONE) {
        trace(text, name, symbol);
      }
    }
    return text.toString();
  }

  private void trace(StringBuilder text, String name, int symbol) {
    for (int row : rows(symbol)) {
      String what =
          switch (state.definitions.kind(row)) {
            case Definitions.REFERENCE -> "reference to ";
            case Definitions.COMMON -> "common definition of ";
            default -> "definition of ";
          };
      text.append("trace-symbol: ")
          .append(input(row))
          .append(": ")
          .append(what)
          .append(name)
          .append('\n');
    }
    if (state.symbols.state(symbol) == Symbols.IMPORTED) {
      text.append("trace-symbol: ")
          .append(library(symbol))
          .append(": definition of ")
          .append(name)
          .append('\n');
    }
  }
}
