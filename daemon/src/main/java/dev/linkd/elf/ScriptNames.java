package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ScriptExpressions.Value;
import dev.linkd.object.LayoutCommand.Region;
import dev.linkd.object.LayoutExpression;
import dev.linkd.object.LayoutExpression.Binary;
import dev.linkd.object.LayoutExpression.Call;
import dev.linkd.object.LayoutExpression.Conditional;
import dev.linkd.object.LayoutExpression.Name;
import dev.linkd.object.LayoutScript;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the names in a script's expressions stand for: symbols, sections, regions of memory. */
final class ScriptNames implements ScriptExpressions.Context {

  /** A region of memory with the place that is free. */
  static final class Memory {
    final Region command;
    long origin;
    long length;
    long next;

    Memory(Region command) {
      this.command = command;
    }
  }

  private final LinkState state;
  private final Layout layout;
  private final SymbolView view;
  private final LayoutScript script;
  private final Map<String, Value> values = new HashMap<>();

  private final ReplacedDefinitions replaced;

  /** The symbol whose assignment is followed; empty outside of one. */
  private String target = "";

  /** What this pass has assigned. */
  private final Set<String> assigned = new HashSet<>();

  private final Map<String, Memory> regions = new LinkedHashMap<>();
  private long dot;
  private long relroStart;
  private long relroEnd;

  ScriptNames(LinkState state, Layout layout, SymbolView view, LayoutScript script) {
    this.state = state;
    this.layout = layout;
    this.view = view;
    this.script = script;
    this.replaced = new ReplacedDefinitions(state, script);
    script.all(Region.class).forEach(region -> regions.put(region.name(), new Memory(region)));
  }

  /** Begins a pass; values of symbols stay, for references to what comes later. */
  void begin() {
    assigned.clear();
    dot = 0;
    relroStart = 0;
    relroEnd = 0;
  }

  Iterable<Memory> regions() {
    return regions.values();
  }

  Memory region(int at, String name) throws LinkException {
    Memory region = regions.get(name);
    if (region == null) {
      throw script.fault(at, "memory region `" + name + "' not declared");
    }
    return region;
  }

  void moveDot(long value) {
    dot = value;
  }

  /** What is computed from here on is the value of a symbol, or of none. */
  void target(String name) {
    target = name;
  }

  void assigned(String name, Value value) {
    values.put(name, value);
    assigned.add(name);
  }

  /** Whether a command before this one has assigned the symbol. */
  boolean assigned(String name) {
    return assigned.contains(name);
  }

  long relroStart() {
    return relroStart;
  }

  long relroEnd() {
    return relroEnd;
  }

  @Override
  public long dot() {
    return dot;
  }

  @Override
  public void relroBegins(long address) {
    relroStart = address;
  }

  @Override
  public void relroEnds(long address) {
    relroEnd = address;
  }

  @Override
  public Value symbol(int at, String name) throws LinkException {
    int symbol = find(name);
    if (name.equals(target) && !assigned.contains(name)) {
      return replaced(at, name, symbol);
    }
    Value value = values.get(name);
    if (value != null) {
      return value;
    }
    if (symbol < 0 || !resolved(symbol)) {
      throw script.fault(at, "undefined symbol `" + name + "' referenced in expression");
    }
    boolean number = state.symbols.state(symbol) == Symbols.ABSOLUTE;
    return new Value(view.address(symbol), !number);
  }

  /** What an input says of a symbol that an assignment gives another value. */
  private Value replaced(int at, String name, int symbol) throws LinkException {
    int row = symbol < 0 ? -1 : replaced.row(symbol);
    if (row < 0) {
      throw script.fault(at, "undefined symbol `" + name + "' referenced in expression");
    }
    long value = state.definitions.value(row);
    return switch (state.definitions.kind(row)) {
      case Definitions.ABSOLUTE -> new Value(value, false);
      case Definitions.ALIAS ->
          new Value(view.address(state.definitions.target(row)) + value, true);
      default -> {
        int atom = state.home(state.definitions.owner(row));
        yield new Value(atom < 0 ? 0 : layout.address(atom) + value, true);
      }
    };
  }

  /** The section of the first symbol in an address; the headers when there is none. */
  OutputSection home(LayoutExpression value) {
    int section = sectionOf(value);
    return section < 0 ? layout.headers() : layout.section(section);
  }

  private int sectionOf(LayoutExpression value) {
    return switch (value) {
      case Name name -> sectionOf(find(name.name()));
      case Binary binary -> {
        int left = sectionOf(binary.left());
        yield left < 0 ? sectionOf(binary.right()) : left;
      }
      case Conditional conditional -> sectionOf(conditional.yes());
      default -> -1;
    };
  }

  private int sectionOf(int symbol) {
    if (symbol < 0) {
      return -1;
    }
    int defining = state.name(symbol).equals(target) ? replaced.atom(symbol) : -1;
    int atom = defining < 0 ? -1 : state.home(defining);
    return atom < 0 ? view.section(symbol) : state.atoms.section(atom);
  }

  private int find(String name) {
    int id = state.names.find(name);
    return id < 0 ? -1 : state.global(id);
  }

  /** Whether an input defines the symbol, which is better than what a script provides. */
  boolean definedByInput(String name) {
    int symbol = find(name);
    return symbol >= 0 && state.symbols.winner(symbol) >= 0;
  }

  /** Whether anything refers to the symbol. */
  boolean mentioned(String name) {
    int symbol = find(name);
    return symbol >= 0 && state.symbols.mentioned(symbol);
  }

  private boolean resolved(int symbol) {
    int resolution = state.symbols.state(symbol);
    return resolution != Symbols.UNDEFINED && resolution != Symbols.IMPORTED;
  }

  /** What the script assigns is defined from there on, so that it can ask whether it has. */
  @Override
  public boolean defined(String name) {
    if (name.equals(target)) {
      int own = find(name);
      return assigned.contains(name) || (own >= 0 && replaced.row(own) >= 0);
    }
    if (values.containsKey(name)) {
      return assigned.contains(name) || definedByInput(name);
    }
    int symbol = find(name);
    return symbol >= 0 && resolved(symbol);
  }

  @Override
  public Value named(Call call) throws LinkException {
    return switch (call.function()) {
      case "SIZEOF_HEADERS" -> new Value(Layout.HEADER_BYTES, false);
      case "CONSTANT" -> constant(call);
      case "ORIGIN" -> new Value(region(call.at(), call.name()).origin, false);
      case "LENGTH" -> new Value(region(call.at(), call.name()).length, false);
      default -> section(call);
    };
  }

  private Value constant(Call call) throws LinkException {
    return switch (call.name()) {
      case "MAXPAGESIZE" -> new Value(1L << state.spec.layout().pageLog2(), false);
      case "COMMONPAGESIZE" -> new Value(Layout.PAGE, false);
      default -> throw script.fault(call.at(), "unknown constant `" + call.name() + "'");
    };
  }

  private Value section(Call call) throws LinkException {
    ScriptLayout places = layout.script();
    ScriptSection section = places == null ? null : places.named(call.name());
    OutputSection output = output(section, call.name());
    return switch (call.function()) {
      case "SIZEOF" -> new Value(output == null ? 0 : layout.size(output), false);
      case "ALIGNOF" -> new Value(output == null ? 1 : 1L << output.alignmentLog2, false);
      case "ADDR" -> {
        OutputSection there = required(call, output);
        yield new Value(
            section != null && section.place < 0 ? section.address : address(there), true);
      }
      case "LOADADDR" -> {
        long address = address(required(call, output));
        yield new Value(section == null ? address : section.loadAddress, false);
      }
      default -> throw script.fault(call.at(), "unknown function " + call.function());
    };
  }

  /** A script that places sections plans their addresses; otherwise they have them. */
  private long address(OutputSection section) {
    return layout.scripted() ? section.planned : section.address;
  }

  private @Nullable OutputSection output(@Nullable ScriptSection section, String name) {
    if (section != null) {
      return section.output;
    }
    OutputSection found = layout.find(name);
    return found != null && found.allocated() && !found.omitted ? found : null;
  }

  /** Sections without contents have no address, and nobody minds when they are compared. */
  private OutputSection required(Call call, @Nullable OutputSection output) throws LinkException {
    ScriptLayout places = layout.script();
    if (output == null && (places == null || places.named(call.name()) == null)) {
      throw script.fault(
          call.at(), "undefined section `" + call.name() + "' referenced in expression");
    }
    return output == null ? layout.headers() : output;
  }

  @Override
  public LinkException fault(int at, String message) {
    return script.fault(at, message);
  }
}
