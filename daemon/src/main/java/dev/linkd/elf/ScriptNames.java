package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ScriptValue.Home;
import dev.linkd.object.LayoutCommand.Region;
import dev.linkd.object.LayoutExpression;
import dev.linkd.object.LayoutExpression.Binary;
import dev.linkd.object.LayoutExpression.Call;
import dev.linkd.object.LayoutExpression.Conditional;
import dev.linkd.object.LayoutExpression.Name;
import dev.linkd.object.LayoutScript;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
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
  private final Map<String, ScriptValue> values = new HashMap<>();

  private final ReplacedDefinitions replaced;

  /** The symbol whose assignment is followed; empty outside of one. */
  private String target = "";

  /** What this pass has assigned. */
  private final Set<String> assigned = new HashSet<>();

  /** Assertions in expressions that do not hold in this pass. */
  private final List<LinkException> broken = new ArrayList<>();

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
    broken.clear();
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

  void assigned(String name, ScriptValue value) {
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
  public ScriptValue symbol(int at, String name) throws LinkException {
    int symbol = find(name);
    if (name.equals(target) && !assigned.contains(name)) {
      return replaced(at, name, symbol);
    }
    ScriptValue value = values.get(name);
    if (value != null) {
      return value;
    }
    if (symbol < 0 || !resolved(symbol)) {
      throw script.fault(at, "undefined symbol `" + name + "' referenced in expression");
    }
    long address = view.address(symbol);
    if (state.symbols.state(symbol) == Symbols.ABSOLUTE) {
      return ScriptValue.absolute(address);
    }
    return inSection(name, address, view.section(symbol));
  }

  /**
   * @param name tells an address from others that are in no section
   */
  private ScriptValue inSection(String name, long address, int section) {
    if (section < 0) {
      return ScriptValue.address(address, new Home(name, address));
    }
    OutputSection home = layout.section(section);
    return ScriptValue.address(address, new Home(home, home.address));
  }

  /** What an input says of a symbol that an assignment gives another value. */
  private ScriptValue replaced(int at, String name, int symbol) throws LinkException {
    int row = symbol < 0 ? -1 : replaced.row(symbol);
    if (row < 0) {
      throw script.fault(at, "undefined symbol `" + name + "' referenced in expression");
    }
    long value = state.definitions.value(row);
    return switch (state.definitions.kind(row)) {
      case Definitions.ABSOLUTE -> ScriptValue.absolute(value);
      case Definitions.ALIAS -> {
        int target = state.definitions.target(row);
        yield inSection(name, view.address(target) + value, view.section(target));
      }
      default -> {
        int atom = state.home(state.definitions.owner(row));
        yield atom < 0
            ? inSection(name, 0, -1)
            : inSection(name, layout.address(atom) + value, state.atoms.section(atom));
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
  public ScriptValue named(Call call) throws LinkException {
    return switch (call.function()) {
      case "SIZEOF_HEADERS" -> ScriptValue.number(Layout.HEADER_BYTES);
      case "CONSTANT" -> constant(call);
      case "ORIGIN" -> ScriptValue.absolute(region(call.at(), call.name()).origin);
      case "LENGTH" -> ScriptValue.number(region(call.at(), call.name()).length);
      default -> section(call);
    };
  }

  private ScriptValue constant(Call call) throws LinkException {
    return switch (call.name()) {
      case "MAXPAGESIZE" -> ScriptValue.number(1L << state.spec.layout().pageLog2());
      case "COMMONPAGESIZE" -> ScriptValue.number(Layout.PAGE);
      default -> throw script.fault(call.at(), "unknown constant `" + call.name() + "'");
    };
  }

  private ScriptValue section(Call call) throws LinkException {
    ScriptLayout places = layout.script();
    ScriptSection section = places == null ? null : places.named(call.name());
    OutputSection output = output(section, call.name());
    return switch (call.function()) {
      case "SIZEOF" -> ScriptValue.number(output == null ? 0 : layout.size(output));
      case "ALIGNOF" -> ScriptValue.number(output == null ? 1 : 1L << output.alignmentLog2);
      case "ADDR" -> {
        OutputSection there = required(call, output);
        if (section != null && section.place < 0) {
          yield ScriptValue.address(section.address, new Home(call.name(), section.address));
        }
        long address = address(there);
        Object home = there == layout.headers() ? call.name() : there;
        yield ScriptValue.address(address, new Home(home, address));
      }
      case "LOADADDR" -> {
        long address = address(required(call, output));
        yield ScriptValue.absolute(section == null ? address : section.loadAddress);
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
  public void broken(LinkException fault) {
    broken.add(fault);
  }

  List<LinkException> broken() {
    return broken;
  }

  @Override
  public LinkException fault(int at, String message) {
    return script.fault(at, message);
  }
}
