package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.output.BoundarySymbols;
import dev.linkd.symbol.Symbols;
import dev.linkd.table.Glob;
import java.util.ArrayList;
import java.util.List;

/**
 * Names that count as referred to although no relocation does: the entry, {@code -u}, {@code
 * --require-defined}, and what matches {@code --undefined-glob}.
 */
final class DemandedSymbols {

  private final LinkState state;
  private final IntQueue demanded = new IntQueue();
  private final List<String> pinned = new ArrayList<>();
  private final List<Glob> patterns = new ArrayList<>();

  /** Number of output sections whose boundaries were demanded. */
  private int sectionsSeen;

  DemandedSymbols(LinkState state) {
    this.state = state;
    state.spec.symbols().required().forEach(this::pin);
    for (String name : state.spec.names().demanded()) {
      demanded.add(pin(name));
    }
    for (String pattern : state.spec.names().demandedPatterns()) {
      patterns.add(new Glob(pattern));
    }
  }

  /** Makes a name count as referred to, and returns its symbol. */
  int pin(String name) {
    int symbol = state.symbol(Symbols.GLOBAL, state.names.intern(name));
    if (!state.symbols.flag(symbol, Symbols.PINNED)) {
      state.symbols.setFlag(symbol, Symbols.PINNED, true);
      state.queueSymbol(symbol);
      pinned.add(name);
    }
    return symbol;
  }

  /** All names that count as referred to. */
  List<String> pinned() {
    return pinned;
  }

  /** Makes the boundaries of sections count as referred to, if that is asked for. */
  void demandBoundaries(Layout layout) {
    boolean all = state.spec.layout().placement().boundaries();
    boolean exported = state.spec.dynamic().exports().boundaries() == BoundarySymbols.EXPORTED;
    for (; sectionsSeen < layout.sections().size(); sectionsSeen++) {
      OutputSection section = layout.section(sectionsSeen);
      if (!section.allocated() || section.pseudo()) {
        continue;
      }
      if (all || (exported && SectionRule.isIdentifier(section.name))) {
        LinkerSymbols.boundaries(section).forEach(this::pin);
      }
      LinkerSymbols.physicalBoundaries(state, layout, section).forEach(this::pin);
    }
  }

  /** Whether names of archive members are compared with patterns. */
  boolean hasPatterns() {
    return !patterns.isEmpty();
  }

  /** Pins a name that an archive defines if it matches a pattern. */
  void offer(String name) {
    for (Glob pattern : patterns) {
      if (pattern.matches(name)) {
        pin(name);
        return;
      }
    }
  }

  /** Reports names that have to be defined and are not. */
  void report() {
    for (int i = 0; i < demanded.size(); i++) {
      int symbol = demanded.get(i);
      if (state.symbols.state(symbol) == Symbols.UNDEFINED) {
        String name = state.name(symbol);
        state.problems.add(
            Diagnostic.error(
                Code.UNDEFINED_SYMBOL,
                Place.symbol("", name),
                "--require-defined: undefined symbol: " + name,
                "required symbol '" + name + "' not defined"));
      }
    }
  }
}
