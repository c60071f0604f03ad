package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.elf.ScriptSymbols.Position;
import dev.linkd.elf.ScriptValue.Home;
import dev.linkd.object.LayoutCommand;
import dev.linkd.object.LayoutCommand.Assertion;
import dev.linkd.object.LayoutCommand.Assign;
import dev.linkd.object.LayoutCommand.Insert;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutScript;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows the commands of a linker script: gives symbols their values and, when the script lays the
 * image out, sections their addresses. Expressions may refer to what comes later, so that the
 * commands are followed until nothing changes any more.
 */
final class ScriptEvaluator {

  private static final int PASSES_MAX = 30;

  /** How often a settled script may be followed again because the rest of the layout changed. */
  private static final int ROUNDS_MAX = 2_000;

  private final LinkState state;
  private final LayoutScript script;
  private final ScriptSymbols symbols;
  private final ScriptNames names;
  private final ScriptExpressions expressions;
  private final CrossingChecks crossings;
  private final OrphanReport orphans;
  private final Layout layout;

  /** Null when the script only assigns symbols. */
  private final @Nullable ScriptPlacement placement;

  /** Faults of the last pass; earlier passes know too little to complain. */
  private final List<Diagnostic> faults = new ArrayList<>();

  /** Rounds since the last report in which something changed. */
  private int rounds;

  /** It was given up: nothing is followed before that is reported. */
  private boolean unsettled;

  ScriptEvaluator(
      LinkState state, Layout layout, SymbolView view, LayoutScript script, ScriptSymbols symbols) {
    this.state = state;
    this.script = script;
    this.symbols = symbols;
    this.names = new ScriptNames(state, layout, view, script);
    this.expressions = new ScriptExpressions(names);
    this.crossings = new CrossingChecks(state, layout, script);
    this.orphans = new OrphanReport(state);
    this.layout = layout;
    ScriptLayout places = layout.script();
    this.placement =
        places == null
            ? null
            : new ScriptPlacement(state, layout, places, names, expressions, this);
  }

  @Nullable ScriptPlacement placement() {
    return placement;
  }

  /** The regions of memory, as full as the layout makes them. */
  Iterable<ScriptNames.Memory> regions() {
    return names.regions();
  }

  /**
   * Follows the script.
   *
   * @return whether an address or a symbol changed
   */
  boolean settle() {
    boolean any = false;
    boolean changed = !unsettled;
    for (int pass = 0; changed; pass++) {
      if (pass == PASSES_MAX || rounds == ROUNDS_MAX) {
        unsettled = true;
        fault(script.fault(0, unsettledMessage()));
        return any;
      }
      changed = pass();
      any |= changed;
    }
    rounds += any ? 1 : 0;
    ScriptPlacement placed = placement;
    if (placed != null && !unsettled) {
      any |= placed.finish();
    }
    return any;
  }

  private String unsettledMessage() {
    String symbol = symbols.unsettled();
    return symbol.isEmpty()
        ? "the addresses of the script do not settle"
        : "assignment to symbol " + symbol + " does not converge";
  }

  private boolean pass() {
    faults.clear();
    names.begin();
    ScriptPlacement placed = placement;
    if (placed != null) {
      placed.begin();
    }
    for (LayoutCommand command : script.commands()) {
      try {
        follow(command);
      } catch (LinkException e) {
        fault(e);
      }
    }
    names.broken().forEach(this::fault);
    boolean changed = placed != null && placed.end();
    return symbols.passed() | changed;
  }

  private void follow(LayoutCommand command) throws LinkException {
    ScriptPlacement placed = placement;
    switch (command) {
      case Assign assign -> {
        if (placed != null && assign.dot()) {
          placed.finishLast();
        }
        assign(assign, placed == null ? null : placed.home());
      }
      case Section section when placed != null && !section.discards() -> placed.place(section);
      case Assertion assertion -> check(assertion);
      case Insert insert ->
          throw script.fault(insert.at(), insert.section() + " not found for INSERT");
      default -> {}
    }
  }

  /** Assigns outside of a section, or in a section whose counter does not move here. */
  void assign(Assign assign, @Nullable OutputSection home) throws LinkException {
    if (assign.dot()) {
      names.moveDot(expressions.counter(assign.at(), assign.value()));
      return;
    }
    String symbol = assign.symbol();
    if (assign.scope().onDemand() && (names.definedByInput(symbol) || names.assigned(symbol))) {
      return;
    }
    names.target(symbol);
    ScriptValue value;
    try {
      value = expressions.assigned(assign.value());
    } catch (LinkException e) {
      if (assign.scope().onDemand() && !names.mentioned(symbol)) {
        return; // nobody asks what it is made of
      }
      throw e;
    }
    Position position = new Position(null, value.number());
    if (value.address()) {
      // Without a layout of its own a script's symbols count from what they are made of.
      OutputSection from = home == null ? names.home(assign.value()) : home;
      long start = home == null ? from.address : from.planned;
      boolean loose = !(value.home().section() instanceof OutputSection);
      if (value.home().section() instanceof OutputSection other) {
        from = other;
        start = value.home().start();
      }
      position = new Position(from, value.number() - start);
      value = ScriptValue.address(value.number(), new Home(from, start, loose));
    }
    names.assigned(symbol, value);
    symbols.assign(symbol, position);
  }

  void fault(LinkException e) {
    if (!faults.contains(e.diagnostic())) {
      faults.add(e.diagnostic());
    }
  }

  /** Says what is done in another way than the script asks for. */
  void warn(int at, String message) {
    Place place = Place.input(script.where(at));
    faults.add(Diagnostic.warning(Code.INVALID_REQUEST, place, message));
  }

  /** Adds what is wrong with the settled layout to the problems. */
  void report() {
    ScriptPlacement placed = placement;
    if (placed != null && !unsettled) {
      placed.check();
    }
    faults.forEach(state.problems::add);
    faults.clear();
    rounds = 0;
    unsettled = false;
    crossings.report();
    ScriptLayout places = layout.script();
    if (places != null) {
      orphans.report(places);
    }
  }

  /** Complains when an assertion does not hold. */
  void check(Assertion assertion) throws LinkException {
    if (!expressions.truth(assertion.condition())) {
      throw script.fault(assertion.at(), assertion.message());
    }
  }
}
