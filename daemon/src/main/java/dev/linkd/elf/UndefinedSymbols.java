package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Diagnostic.Severity;
import dev.linkd.diag.Place;
import dev.linkd.reloc.Relocations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * References of one settle to what nothing defines. They are collected and reported by symbol: one
 * message names the first places and counts the others.
 */
final class UndefinedSymbols {
  /** So many places are shown. */
  private static final int PLACES_MAX = 3;

  private final LinkState state;
  private final SourcePlaces places;
  private final SpellingHints hints;
  private final UndefinedPolicy policy;
  private final DiscardedDefinitions discarded;

  /** Places that refer to a symbol. */
  private static final class Uses {
    final Severity severity;
    final List<Integer> first = new ArrayList<>(PLACES_MAX);
    int count;

    Uses(Severity severity) {
      this.severity = severity;
    }
  }

  private final Map<Integer, Uses> uses = new LinkedHashMap<>();

  UndefinedSymbols(LinkState state, SourcePlaces places, SpellingHints hints) {
    this.state = state;
    this.places = places;
    this.hints = hints;
    this.policy = new UndefinedPolicy(state);
    this.discarded = new DiscardedDefinitions(state);
  }

  /** Notes a relocation that refers to an undefined symbol. */
  void add(int relocation, Severity severity) {
    if (state.relocations.flag(relocation, Relocations.FAILED)) {
      return; // noted before, in an earlier round of this settle
    }
    Uses of = uses.computeIfAbsent(state.relocations.symbol(relocation), s -> new Uses(severity));
    of.count++;
    if (of.first.size() < PLACES_MAX) {
      of.first.add(relocation);
    }
  }

  /** Somebody else reports the symbol. */
  void forget(int symbol) {
    uses.remove(symbol);
  }

  /** Reports what was noted, and forgets it. */
  void report() {
    if (uses.isEmpty()) {
      return;
    }
    int reported = 0;
    for (Map.Entry<Integer, Uses> entry : uses.entrySet()) {
      int symbol = entry.getKey();
      List<String> notes = new ArrayList<>();
      String kind = "undefined symbol: ";
      if (reported++ < Problems.LIMIT) {
        Optional<DiscardedDefinitions.Found> found = discarded.find(symbol);
        if (found.isPresent()) {
          kind = DiscardedDefinitions.MESSAGE;
          notes.addAll(found.get().notes());
        }
        describe(symbol, entry.getValue(), notes);
        found.ifPresent(definition -> notes.add(definition.place()));
        if (found.isEmpty()) {
          notes.addAll(hints.of(state.name(symbol)));
          keyFunction(state.name(symbol), notes);
        }
      }
      state.problems.add(
          new Diagnostic(
              entry.getValue().severity,
              Code.UNDEFINED_SYMBOL,
              kind + state.name(symbol),
              place(entry.getValue().first.getFirst(), symbol),
              notes));
    }
    uses.clear();
  }

  private void describe(int symbol, Uses of, List<String> notes) {
    Relocations relocations = state.relocations;
    String name = state.name(symbol);
    for (int row : of.first) {
      int atom = relocations.atom(row);
      notes.addAll(places.ofPlace("referenced by ", atom, relocations.offset(row), name));
    }
    if (of.count > of.first.size()) {
      notes.add("referenced " + (of.count - of.first.size()) + " more times");
    }
    String restriction = policy.restriction(symbol);
    if (!restriction.isEmpty()) {
      notes.add(restriction);
    }
  }

  /** Compilers emit a vtable where the key function of the class is defined. */
  private static void keyFunction(String name, List<String> notes) {
    if (name.startsWith("_ZTV")) {
      notes.add(
          "the vtable may be undefined because the class lacks its key function,"
              + " the first virtual function that is neither pure nor inline");
    }
  }

  private Place place(int row, int symbol) {
    int atom = state.relocations.atom(row);
    return new Place(
        state.inputs.get(state.atoms.input(atom)).name,
        state.names.string(state.atoms.sectionName(atom)),
        state.name(symbol),
        state.relocations.offset(row));
  }
}
