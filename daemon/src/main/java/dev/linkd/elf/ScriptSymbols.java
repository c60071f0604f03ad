package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.object.LayoutCommand;
import dev.linkd.object.LayoutCommand.Assertion;
import dev.linkd.object.LayoutCommand.Assign;
import dev.linkd.object.LayoutCommand.Scope;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutExpression;
import dev.linkd.object.LayoutScript;
import dev.linkd.symbol.Symbols;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Symbols that a linker script assigns. Their values are known when the layout is. */
final class ScriptSymbols {

  private static final int NONE = -1;

  private final LinkState state;
  private final ReplacedDefinitions replaced;

  /** By name id. */
  private final Map<Integer, Assigned> byName = new HashMap<>();

  /** Names of the symbols to which the last pass gave another value. */
  private final List<Integer> changed = new ArrayList<>();

  /**
   * Where a symbol is.
   *
   * @param section null for a plain number
   * @param value offset in the section, or the number
   */
  record Position(@Nullable OutputSection section, long value) {}

  private static final class Assigned {
    final Scope scope;
    Position position = new Position(null, 0);

    /**
     * What the script assigned last in this pass; the value is not seen by others before its end.
     */
    Position assigned = position;

    /** The only symbol that it is made of; empty without one. */
    final String alias;

    /** STT_ of that symbol. */
    int type = STT_NOTYPE;

    /** Something mentioned it when it was defined last. */
    boolean mentioned;

    /** How often it stands in expressions whose values are wanted. */
    int uses;

    /** It is pinned because of these expressions alone. */
    boolean pinned;

    final LayoutExpression value;

    Assigned(Assign assign) {
      this.scope = assign.scope();
      this.value = assign.value();
      List<String> names = new ArrayList<>();
      assign.value().symbols(names::add);
      this.alias = names.size() == 1 ? names.getFirst() : "";
    }
  }

  ScriptSymbols(LinkState state, LayoutScript script) {
    this.state = state;
    this.replaced = new ReplacedDefinitions(state, script);
    script.commands().forEach(this::collect);
    byName.forEach(
        (name, assigned) -> {
          if (!assigned.scope.onDemand()) {
            int symbol = state.symbol(Symbols.GLOBAL, name);
            state.symbols.setFlag(symbol, Symbols.PINNED, true);
          }
        });
    script.commands().forEach(this::require);
  }

  /** What is provided is there when an expression that is always followed asks for its value. */
  private void require(LayoutCommand command) {
    if (command instanceof Section section && !section.discards()) {
      section.body().forEach(this::require);
    } else if (command instanceof Assign assign && !assign.scope().onDemand()) {
      use(assign.value(), true);
    } else if (command instanceof Assertion assertion) {
      use(assertion.condition(), true);
    }
  }

  /** Of what is provided, defines what stands in an expression for as long as that is wanted. */
  private void use(LayoutExpression value, boolean wanted) {
    value.symbols(
        text -> {
          int name = state.names.find(text);
          Assigned part = name == NONE ? null : byName.get(name);
          if (part != null && part.scope.onDemand()) {
            part.uses += wanted ? 1 : -1;
            pin(name, part);
          }
        });
  }

  private void pin(int name, Assigned part) {
    if (part.uses == 0 ? !part.pinned : part.pinned) {
      return;
    }
    int symbol = state.symbol(Symbols.GLOBAL, name);
    if (part.uses > 0 && state.symbols.flag(symbol, Symbols.PINNED)) {
      return; // something else wants it for good
    }
    part.pinned = part.uses > 0;
    state.symbols.setFlag(symbol, Symbols.PINNED, part.pinned);
    state.queueSymbol(symbol);
  }

  private void collect(LayoutCommand command) {
    if (command instanceof Section section && !section.discards()) {
      section.body().forEach(this::collect);
    } else if (command instanceof Assign assign && !assign.dot()) {
      int name = state.names.intern(assign.symbol());
      Assigned before = byName.get(name);
      if (before == null) {
        state.names.retain(name);
      }
      if (before == null || !assign.scope().onDemand()) {
        byName.put(name, new Assigned(assign));
      }
    }
  }

  /** Sets the value of a symbol; of several in one pass the last one counts. */
  void assign(String name, Position position) {
    int id = state.names.find(name);
    Assigned assigned = id < 0 ? null : byName.get(id);
    if (assigned != null) {
      assigned.assigned = position;
    }
  }

  /** Ends a pass over the script; returns whether it gave a symbol another value. */
  boolean passed() {
    changed.clear();
    for (Map.Entry<Integer, Assigned> entry : byName.entrySet()) {
      Assigned assigned = entry.getValue();
      int type = type(assigned.alias);
      if (!assigned.position.equals(assigned.assigned) || assigned.type != type) {
        assigned.position = assigned.assigned;
        assigned.type = type;
        queue(entry.getKey());
        changed.add(entry.getKey());
      }
    }
    return !changed.isEmpty();
  }

  /** The first symbol by name that the last pass changed; empty when it changed none. */
  String unsettled() {
    return changed.stream().map(state.names::string).min(Comparator.naturalOrder()).orElse("");
  }

  private void queue(int name) {
    int symbol = name == NONE ? NONE : state.global(name);
    if (symbol != NONE) {
      state.queueSymbol(symbol);
    }
  }

  /** As in GNU ld, what is made of the address of a function is one, too. */
  private int type(String alias) {
    int name = alias.isEmpty() ? NONE : state.names.find(alias);
    int symbol = name == NONE ? NONE : state.global(name);
    if (symbol == NONE) {
      return STT_NOTYPE;
    }
    int row = replaced.row(symbol);
    return SymbolView.type(row == NONE ? state.symbols.info(symbol) : state.definitions.info(row));
  }

  /** Whether the script assigns or provides the symbol with a name. */
  boolean assigns(int name) {
    return byName.containsKey(name);
  }

  /** Whether the script defines the name whatever the inputs say. */
  boolean overrides(int symbol) {
    Assigned assigned = byName.get(state.symbols.name(symbol));
    return assigned != null && !assigned.scope.onDemand();
  }

  /** Nothing mentions a symbol any more. */
  void release(int symbol) {
    Assigned assigned = byName.get(state.symbols.name(symbol));
    if (assigned != null) {
      mentioned(assigned, false);
    }
  }

  /** What a symbol is made of is wanted only as long as it is. */
  private void mentioned(Assigned assigned, boolean mentioned) {
    if (assigned.mentioned != mentioned) {
      assigned.mentioned = mentioned;
      if (assigned.scope.onDemand()) {
        use(assigned.value, mentioned);
      }
      queueParts(assigned, 0);
    }
  }

  private void queueParts(Assigned assigned, int depth) {
    assigned.value.symbols(
        text -> {
          int name = state.names.find(text);
          Assigned part = name == NONE ? null : byName.get(name);
          queue(name);
          if (part != null && part.scope.onDemand() && depth < LiveRoots.DEPTH_MAX) {
            queueParts(part, depth + 1);
          }
        });
  }

  /** Defines a symbol that the script assigns or provides; returns whether it does. */
  boolean define(Resolver resolver, int symbol) {
    Assigned assigned = byName.get(state.symbols.name(symbol));
    if (assigned == null) {
      return false;
    }
    mentioned(assigned, state.symbols.mentioned(symbol));
    int visibility = assigned.scope.hidden() ? STV_HIDDEN : STV_DEFAULT;
    int info = STB_GLOBAL << 4 | assigned.type | visibility << 8;
    OutputSection section = assigned.position.section();
    long value = assigned.position.value();
    if (section == null) {
      resolver.set(symbol, Symbols.ABSOLUTE, NONE, value, 0, info, NONE);
    } else {
      section.boundaries.add(symbol);
      state.headersDoubtful();
      resolver.set(symbol, Symbols.SECTION_START, section.number, value, 0, info, NONE);
    }
    return true;
  }
}
