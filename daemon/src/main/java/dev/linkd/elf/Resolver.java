package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what each symbol in the queue stands for. Definitions of a global name are {@linkplain
 * DefinitionRanks ranked}; behind them come what the linker defines, archive members and shared
 * libraries. Symbols that nothing mentions are removed here.
 */
final class Resolver {

  private static final int NONE = -1;

  private static final int PINNED = Symbols.PINNED | Symbols.USED_BY_LIBRARY;

  /** Aliases of aliases further than this are a cycle. */
  static final int ALIAS_DEPTH_MAX = 64;

  private final LinkState state;
  private final Symbols symbols;
  private final Definitions definitions;
  private final Commons commons;
  private final LinkerSymbols linkerSymbols;
  private final Providers providers;
  private final SymbolTable table;
  private final ExportChoice exports;
  private final @Nullable DynamicSymbolTable dynamic;

  private final DoubtfulSymbols doubtful;
  private final DefinitionRanks ranks;
  private final Prefetch prefetch;

  Resolver(
      LinkState state,
      Commons commons,
      LinkerSymbols linkerSymbols,
      Providers providers,
      SymbolTable table,
      ExportChoice exports,
      @Nullable DynamicSymbolTable dynamic,
      SourcePlaces places) {
    this.state = state;
    this.symbols = state.symbols;
    this.definitions = state.definitions;
    this.commons = commons;
    this.linkerSymbols = linkerSymbols;
    this.providers = providers;
    this.table = table;
    this.exports = exports;
    this.dynamic = dynamic;
    this.ranks = new DefinitionRanks(state);
    this.prefetch = new Prefetch(state);
    this.doubtful = new DoubtfulSymbols(state, providers, dynamic, places);
  }

  /** Empties the queue. Extraction of archive members may refill it meanwhile. */
  void drain() {
    IntQueue queue = state.symbolQueue;
    int ahead = 0;
    while (!queue.isEmpty()) {
      if (ahead == 0) {
        ahead = prefetch.touchDefined(queue);
      }
      ahead--;
      int symbol = queue.removeLast();
      state.work.symbols++;
      symbols.setFlag(symbol, Symbols.QUEUED, false);
      if (unused(symbol)) {
        reap(symbol);
      } else {
        resolve(symbol);
      }
    }
    queue.clearAndShrink();
  }

  private boolean unused(int symbol) {
    return symbols.firstReference(symbol) == NONE
        && symbols.firstDefinition(symbol) == NONE
        && symbols.extra(symbol) == NONE
        && !symbols.flag(symbol, PINNED | Symbols.HAS_ALIASES | Symbols.TABLE_QUEUED);
  }

  private void reap(int symbol) {
    state.marking.leaving(symbol);
    doubtful.forget(symbol);
    commons.release(symbol);
    linkerSymbols.release(symbol);
    table.remove(symbol);
    int scope = symbols.scope(symbol);
    int name = symbols.name(symbol);
    if (scope == Symbols.GLOBAL) {
      state.names.setTag(name, NONE);
    } else {
      int atom = Scopes.isAnchor(scope) ? anchored(symbol) : NONE;
      if (atom != NONE && state.atoms.anchor(atom) == symbol) {
        state.atoms.setAnchor(atom, NONE);
      }
      state.symbolIndex.remove(scope, name);
    }
    state.names.release(name);
    symbols.free(symbol);
  }

  private void resolve(int symbol) {
    int scope = symbols.scope(symbol);
    if (scope == Symbols.GLOBAL) {
      resolveGlobal(symbol);
      doubtful.resolved(symbol, dynamic != null && dynamic.consider(symbol));
      state.marking.consider(symbol);
      if (symbols.flag(symbol, Symbols.VERSIONED)) {
        exports.queueUnversioned(symbol);
      }
    } else if (Scopes.isAnchor(scope)) {
      resolveAnchor(symbol);
    } else if (!symbols.flag(symbol, Symbols.PINNED)) {
      resolveTo(symbol, symbols.firstDefinition(symbol), 0);
    }
  }

  /** The atom that a symbol stands for the start of, NONE when there is none. */
  private int anchored(int symbol) {
    int atom = symbols.atom(symbol);
    boolean bound = symbols.state(symbol) == Symbols.DEFINED && state.atoms.live(atom);
    if (bound && state.atoms.anchor(atom) == symbol) {
      return atom;
    }
    int input = (symbols.scope(symbol) - 2) / 2;
    return state.inputs.has(input)
        ? state.atomIndex.find(state.inputs.get(input), symbols.name(symbol))
        : NONE;
  }

  private void resolveAnchor(int symbol) {
    int atom = anchored(symbol);
    if (atom == NONE) {
      set(symbol, Symbols.UNDEFINED, NONE, 0, 0, 0, NONE);
    } else {
      state.atoms.setAnchor(atom, symbol);
      set(symbol, Symbols.DEFINED, atom, 0, 0, STT_SECTION, NONE);
    }
  }

  private void resolveGlobal(int symbol) {
    int best = NONE;
    int bestRank = Integer.MAX_VALUE;
    int strong = 0;
    int visibility = referred(symbol);
    int row = symbols.firstDefinition(symbol);
    for (; definition(row); row = definitions.next(row)) {
      state.work.definitions++;
      visibility = narrower(visibility, SymbolView.visibility(definitions.info(row)));
      int rank = ranks.rank(row);
      if (rank == DefinitionRanks.STRONG) {
        strong++;
      }
      if (rank < bestRank || (rank == bestRank && ranks.earlier(row, best))) {
        best = row;
        bestRank = rank;
      }
    }
    doubtful.decide(symbol, strong);
    if (bestRank == DefinitionRanks.REFERENCE) {
      best = NONE;
    }
    choose(symbol, best, bestRank, visibility);
  }

  /** Of a name with a default version, references to exactly that version are references too. */
  private int referred(int symbol) {
    int visibility = state.references.visibility(symbol);
    if (symbols.flag(symbol, Symbols.HAS_ALIASES) && !state.references.open()) {
      for (int row : aliasRows(symbol)) {
        int alias = definitions.symbol(row);
        if (exports.unversioned(alias) == symbol) {
          visibility = narrower(visibility, state.references.visibility(alias));
        }
      }
    }
    return visibility;
  }

  /** The most constraining visibility of all mentions: hidden, then protected, then default. */
  private static int narrower(int a, int b) {
    if (a == STV_DEFAULT || b == STV_DEFAULT) {
      return Math.max(a, b);
    }
    return Math.min(a, b);
  }

  private void choose(int symbol, int best, int rank, int visibility) {
    if (linkerSymbols.overrides(symbol)) {
      commons.release(symbol);
      doubtful.forget(symbol);
      linkerSymbols.define(this, symbol, visibility);
      return;
    }
    if (rank != DefinitionRanks.COMMON) {
      commons.release(symbol);
    }
    if (best != NONE) {
      visibility = exports.narrowed(symbol, best, visibility);
      if (symbols.winner(symbol) < 0) {
        linkerSymbols.release(symbol);
      }
      if (rank == DefinitionRanks.COMMON) {
        if (replaced(symbol)) {
          return; // the member's definition queued the symbol again
        }
        int atom = commons.place(symbol);
        int type = SymbolView.type(definitions.info(best)) == STT_TLS ? STT_TLS : STT_OBJECT;
        int info = definitions.info(best) & 0xf0 | type | visibility << 8;
        set(symbol, Symbols.DEFINED, atom, 0, state.atoms.size(atom), info, NONE);
        return;
      }
      resolveTo(symbol, best, visibility);
      return;
    }
    boolean strong = symbols.strongReferences(symbol) > 0 || strongRow(symbol);
    int binding = strong ? STB_GLOBAL : STB_WEAK;
    int info = binding << 4 | visibility << 8;
    if (linkerSymbols.define(this, symbol, visibility)) {
      return;
    }
    boolean imports = visibility == STV_DEFAULT;
    if (symbols.mentioned(symbol) && providers.provide(this, symbol, strong, imports)) {
      return;
    }
    set(symbol, Symbols.UNDEFINED, NONE, 0, 0, info, NONE);
  }

  /**
   * An archive member with contents for a tentative definition is taken; not where {@link
   * OrderedExtraction} has taken them all.
   */
  private boolean replaced(int symbol) {
    if (state.spec.names().firstWins()) {
      return false;
    }
    Providers.Lazy archive = providers.archiveOfDefinition(symbol, input -> true);
    return archive != null && archive.extract(symbol, providers.hash(symbol));
  }

  /** Whether a row of a symbol is there and defines it; references are behind the definitions. */
  private boolean definition(int row) {
    return row != NONE && definitions.kind(row) != Definitions.REFERENCE;
  }

  /** Whether an input's symbol table requires the name. */
  private boolean strongRow(int symbol) {
    return state.references.required(symbol) || symbols.flag(symbol, PINNED);
  }

  private void resolveTo(int symbol, int row, int visibility) {
    if (row == NONE) {
      set(symbol, Symbols.UNDEFINED, NONE, 0, 0, 0, NONE);
      return;
    }
    int info = exports.published(definitions.info(row) & 0xff) | visibility << 8;
    switch (definitions.kind(row)) {
      case Definitions.IN_ATOM -> {
        int atom = definitions.owner(row);
        long size = definitions.size(row);
        set(symbol, Symbols.DEFINED, atom, definitions.value(row), size, info, row);
        definitions.absorb(symbols.winner(symbol));
      }
      case Definitions.ABSOLUTE ->
          set(
              symbol,
              Symbols.ABSOLUTE,
              NONE,
              definitions.value(row),
              definitions.size(row),
              info,
              row);
      case Definitions.ALIAS -> resolveAlias(symbol, row, info);
      default -> throw new IllegalStateException("definition of kind " + definitions.kind(row));
    }
  }

  private void resolveAlias(int symbol, int row, int info) {
    int target = definitions.target(row);
    long offset = definitions.value(row);
    int depth = 0;
    int winner = symbols.winner(target);
    while (winner >= 0
        && definitions.kind(winner) == Definitions.ALIAS
        && depth++ < ALIAS_DEPTH_MAX) {
      offset += definitions.value(winner);
      target = definitions.target(winner);
      winner = symbols.winner(target);
    }
    int resolution = symbols.state(target);
    boolean placed = resolution != Symbols.UNDEFINED && resolution != Symbols.IMPORTED;
    if (!placed || depth >= ALIAS_DEPTH_MAX || target == symbol) {
      doubtful.dangling(symbol);
      set(symbol, Symbols.UNDEFINED, NONE, 0, 0, info, row);
      return;
    }
    // What it does not say itself it takes from the symbol that it names, an alias or not: when
    // that one changes, this one is queued.
    int named = definitions.target(row);
    long size = definitions.size(row);
    int type = (info & 0xf) == STT_NOTYPE ? symbols.info(named) & 0xf : 0;
    set(
        symbol,
        resolution,
        symbols.atom(target),
        symbols.value(target) + offset,
        size == 0 ? symbols.size(named) : size,
        info | type,
        row);
  }

  /** Symbols whose definitions have to be reported. */
  DoubtfulSymbols doubtful() {
    return doubtful;
  }

  /** Sets a resolution made elsewhere: a linker-defined symbol or an import. */
  void set(int symbol, int resolution, int atom, long value, long size, int info, int definition) {
    boolean same =
        symbols.state(symbol) == resolution
            && symbols.atom(symbol) == atom
            && symbols.value(symbol) == value
            && symbols.size(symbol) == size
            && symbols.info(symbol) == info;
    int chosen = definitions.prepare(symbol, atom, value, size, info, definition);
    int before = symbols.winner(symbol);
    symbols.setWinner(symbol, chosen);
    if (same && before == chosen) {
      return;
    }
    if (symbols.state(symbol) != resolution || symbols.atom(symbol) != atom) {
      state.marking.leaving(symbol);
    }
    symbols.resolve(symbol, resolution, atom, value, size, info);
    state.symbolMoved(symbol);
    queueAliases(symbol);
  }

  private void queueAliases(int symbol) {
    if (!symbols.flag(symbol, Symbols.HAS_ALIASES)) {
      return;
    }
    state.aliasesMoved(symbol);
    for (int row : aliasRows(symbol)) {
      state.queueSymbol(definitions.symbol(row));
    }
  }

  private List<Integer> aliasRows(int symbol) {
    List<Integer> rows = new ArrayList<>();
    int row = state.aliasIndex.get(symbol, 0);
    while (row != NONE) {
      rows.add(row);
      row = definitions.nextAlias(row);
    }
    return rows;
  }
}
