package dev.linkd.oracle.model;

import java.util.LinkedHashMap;
import java.util.Map;

/** The atoms and symbols that one stream holds, by key and by name. */
public final class StreamModel {
  private final Map<String, Atom> atoms = new LinkedHashMap<>();
  private final Map<String, SymbolDefinition> symbols = new LinkedHashMap<>();

  public Map<String, Atom> atoms() {
    return atoms;
  }

  public Map<String, SymbolDefinition> symbols() {
    return symbols;
  }

  public void put(Atom atom) {
    atoms.put(atom.key(), atom);
  }

  public void put(SymbolDefinition symbol) {
    symbols.put(symbol.name(), symbol);
  }

  StreamModel copy() {
    StreamModel copy = new StreamModel();
    copy.atoms.putAll(atoms);
    copy.symbols.putAll(symbols);
    return copy;
  }
}
