package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Diagnostic.Severity;
import dev.linkd.diag.Place;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Symbols whose definitions contradict each other, kept up to date so that reports are short. */
final class DoubtfulSymbols {

  private static final int NONE = -1;

  private final LinkState state;
  private final Symbols symbols;
  private final Definitions definitions;
  private final SourcePlaces places;
  private final TypeConflicts types;
  private final DefinitionRanks ranks;

  /** Symbols with more than one strong definition. */
  private final TreeSet<Integer> conflicts = new TreeSet<>();

  /** Symbols defined as an alias of something that has no address in the image. */
  private final TreeSet<Integer> dangling = new TreeSet<>();

  /** Symbols that are common in one input and defined in another, if that is to be reported. */
  private final TreeSet<Integer> mixedCommons = new TreeSet<>();

  DoubtfulSymbols(
      LinkState state,
      Providers providers,
      @Nullable DynamicSymbolTable dynamic,
      SourcePlaces places) {
    this.state = state;
    this.symbols = state.symbols;
    this.definitions = state.definitions;
    this.ranks = new DefinitionRanks(state);
    this.places = places;
    this.types = new TypeConflicts(state, providers, dynamic);
  }

  /** The symbol is not there any more. */
  void forget(int symbol) {
    conflicts.remove(symbol);
    dangling.remove(symbol);
    mixedCommons.remove(symbol);
    types.forget(symbol);
  }

  /**
   * Judges the definitions of a symbol that is being resolved.
   *
   * @param strong number of strong definitions
   */
  void decide(int symbol, int strong) {
    if (strong > 1 && !state.spec.names().firstWins()) {
      conflicts.add(symbol);
    } else if (!conflicts.isEmpty()) {
      conflicts.remove(symbol);
    }
    if (!dangling.isEmpty()) {
      dangling.remove(symbol);
    }
    if (state.spec.names().warnCommon()) {
      watchCommon(symbol);
    }
  }

  /**
   * Looks at what a global symbol has become.
   *
   * @param open other modules may have to do with it
   */
  void resolved(int symbol, boolean open) {
    if (open) {
      types.consider(symbol);
    } else {
      types.forget(symbol);
    }
  }

  /** The symbol is an alias of something without an address. */
  void dangling(int symbol) {
    dangling.add(symbol);
  }

  /** Remembers a name that is common and has another definition as well. */
  private void watchCommon(int symbol) {
    int commons = 0;
    int rows = 0;
    for (int row = symbols.firstDefinition(symbol); row != NONE; row = definitions.next(row)) {
      commons += definitions.kind(row) == Definitions.COMMON ? 1 : 0;
      rows += definitions.kind(row) == Definitions.REFERENCE ? 0 : 1;
    }
    if (commons > 0 && rows > 1) {
      mixedCommons.add(symbol);
    } else {
      mixedCommons.remove(symbol);
    }
  }

  /** Reports all of them; those that are no more than that are not undefined besides. */
  void report(UndefinedSymbols undefined) {
    if (!dangling.isEmpty()) {
      dangling.forEach(this::reportDangling);
      dangling.forEach(undefined::forget);
    }
    if (!conflicts.isEmpty()) {
      conflicts.forEach(this::reportConflict);
    }
    if (!mixedCommons.isEmpty()) {
      mixedCommons.forEach(this::reportCommon);
    }
    types.report();
  }

  private void reportDangling(int symbol) {
    int row = symbols.winner(symbol);
    String input = state.inputs.get(definitions.input(row)).name;
    String target = state.name(definitions.target(row));
    boolean imported = symbols.state(definitions.target(row)) == Symbols.IMPORTED;
    state.problems.add(
        Diagnostic.error(
            Code.UNDEFINED_SYMBOL,
            Place.symbol(input, target),
            imported ? DefinedSymbols.unresolvable(target) : "undefined symbol: " + target,
            "needed by its alias " + state.name(symbol)));
  }

  private void reportConflict(int symbol) {
    List<Integer> strong = new ArrayList<>();
    for (int row = symbols.firstDefinition(symbol); row != NONE; row = definitions.next(row)) {
      if (ranks.rank(row) == DefinitionRanks.STRONG) {
        strong.add(row);
      }
    }
    List<String> notes = new ArrayList<>(places.ofDefinitions("defined at ", strong));
    List<Input> inputs = places.inOrder(strong);
    Input first = inputs.getFirst();
    Input other = inputs.get(1);
    if (first instanceof ObjectInput && other instanceof ObjectInput) {
      notes.add(DuplicateNote.text(state.name(symbol), first.name, other.name));
    }
    state.problems.add(
        new Diagnostic(
            Severity.ERROR,
            Code.DUPLICATE_SYMBOL,
            "duplicate symbol: " + state.name(symbol),
            place(strong.getFirst(), state.name(symbol)),
            notes));
  }

  private Place place(int row, String symbol) {
    String input = state.inputs.get(definitions.input(row)).name;
    if (definitions.kind(row) != Definitions.IN_ATOM) {
      return Place.symbol(input, symbol);
    }
    int section = state.atoms.sectionName(definitions.owner(row));
    return new Place(input, state.names.string(section), symbol, definitions.value(row));
  }

  private void reportCommon(int symbol) {
    List<String> notes = new ArrayList<>();
    boolean defined = false;
    for (int row = symbols.firstDefinition(symbol); row != NONE; row = definitions.next(row)) {
      int kind = definitions.kind(row);
      if (kind != Definitions.REFERENCE) {
        boolean common = kind == Definitions.COMMON;
        defined |= !common;
        String input = state.inputs.get(definitions.input(row)).name;
        notes.addFirst((common ? "common in " : "defined in ") + input + where(row));
      }
    }
    String name = state.name(symbol);
    String what = defined ? "common symbol is defined elsewhere: " : "multiple common symbols: ";
    state.problems.add(
        new Diagnostic(
            Severity.WARNING, Code.DUPLICATE_SYMBOL, what + name, Place.symbol("", name), notes));
  }

  private String where(int row) {
    if (definitions.kind(row) != Definitions.IN_ATOM) {
      return "";
    }
    int section = state.atoms.sectionName(definitions.owner(row));
    return " (" + state.names.string(section) + ")";
  }
}
