package dev.linkd.elf;

import dev.linkd.object.Glob;
import dev.linkd.symbol.Symbols;
import java.util.List;

/**
 * Why symbols are part of an image from which sections are left out: the chain of sections from the
 * symbol up to what is wanted in any case.
 */
final class LivenessReport {

  private static final int NONE = -1;
  private static final String BECAUSE = ">>> alive because of ";

  private final LinkState state;

  LivenessReport(Link link) {
    this.state = link.state;
  }

  String text(List<String> patterns) {
    List<Glob> globs = patterns.stream().map(Glob::new).toList();
    StringBuilder text = new StringBuilder();
    for (int symbol = 0; symbol < state.symbols.highWater(); symbol++) {
      if (state.symbols.live(symbol)
          && state.symbols.state(symbol) == Symbols.DEFINED
          && !state.buried(symbol)) {
        String name = name(symbol);
        if (!name.isEmpty() && globs.stream().anyMatch(glob -> glob.matches(name))) {
          chain(text, symbol);
        }
      }
    }
    return text.toString();
  }

  private void chain(StringBuilder text, int symbol) {
    int atom = state.symbols.atom(symbol);
    text.append("live symbol: ").append(place(atom, name(symbol))).append('\n');
    if (!state.marking.collects()) {
      text.append(BECAUSE).append("no section is left out\n");
      return;
    }
    int cause = state.marking.cause(atom);
    while (cause >= 0) {
      int source = state.relocations.atom(cause);
      text.append(BECAUSE).append(place(source, section(source))).append('\n');
      cause = state.marking.cause(source);
    }
    text.append(BECAUSE).append(reason(cause)).append('\n');
  }

  private String reason(int cause) {
    return cause == LiveTree.SECTION_ROOT
        ? "the kind of its section, or KEEP"
        : "the entry, an option, or other modules, which want " + name(LiveTree.rootSymbol(cause));
  }

  private String place(int atom, String what) {
    return state.inputs.get(state.atoms.input(atom)).name + ":(" + what + ")";
  }

  private String section(int atom) {
    return state.names.string(state.atoms.sectionName(atom));
  }

  /** Up to the NUL behind which equal local names of one input differ. */
  private String name(int symbol) {
    String name = state.symbols.name(symbol) == NONE ? "" : state.name(symbol);
    int end = name.indexOf('\0');
    return end < 0 ? name : name.substring(0, end);
  }
}
