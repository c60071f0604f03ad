package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.object.LayoutCommand.NoCrossReferences;
import dev.linkd.object.LayoutScript;
import dev.linkd.symbol.Symbols;
import java.util.List;

/**
 * References between sections of a script that {@code NOCROSSREFS} forbids. Looks at all
 * relocations of the image, and only when there is such a command.
 */
final class CrossingChecks {

  private final LinkState state;
  private final Layout layout;
  private final List<NoCrossReferences> rules;

  CrossingChecks(LinkState state, Layout layout, LayoutScript script) {
    this.state = state;
    this.layout = layout;
    this.rules = script.all(NoCrossReferences.class).toList();
  }

  void report() {
    if (rules.isEmpty()) {
      return;
    }
    for (int row = 0; row < state.relocations.highWater(); row++) {
      if (state.relocations.live(row)) {
        check(row);
      }
    }
  }

  private void check(int row) {
    int atom = state.relocations.atom(row);
    int symbol = state.relocations.symbol(row);
    if (!state.placed(atom) || state.symbols.state(symbol) != Symbols.DEFINED) {
      return;
    }
    int target = state.home(state.symbols.atom(symbol));
    if (target < 0) {
      return;
    }
    String from = layout.section(state.atoms.section(atom)).name;
    String to = layout.section(state.atoms.section(target)).name;
    if (!from.equals(to) && rules.stream().anyMatch(rule -> forbids(rule, from, to))) {
      complain(row, atom, symbol, to);
    }
  }

  private static boolean forbids(NoCrossReferences rule, String from, String to) {
    List<String> sections = rule.sections();
    return rule.toFirst()
        ? to.equals(sections.getFirst()) && sections.indexOf(from) > 0
        : sections.contains(from) && sections.contains(to);
  }

  private void complain(int row, int atom, int symbol, String to) {
    String section = state.names.string(state.atoms.sectionName(atom));
    String name = state.name(symbol).replace('\0', ' ');
    Place place =
        new Place(
            state.inputs.get(state.atoms.input(atom)).name,
            section,
            name,
            state.relocations.offset(row));
    state.problems.add(
        Diagnostic.error(
            Code.RELOCATION_NOT_ALLOWED,
            place,
            "prohibited cross reference from " + section + " to `" + name + "' in " + to));
  }
}
