package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ScriptValue.Home;
import dev.linkd.object.LayoutCommand;
import dev.linkd.object.LayoutCommand.Assertion;
import dev.linkd.object.LayoutCommand.Assign;
import dev.linkd.object.LayoutCommand.Data;
import dev.linkd.object.LayoutCommand.Fill;
import dev.linkd.object.LayoutCommand.Inputs;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutExpression;
import dev.linkd.object.LayoutExpression.Binary;
import dev.linkd.object.LayoutExpression.Call;
import dev.linkd.object.LayoutExpression.Conditional;
import dev.linkd.object.LayoutExpression.Name;
import dev.linkd.object.LayoutScript;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows the statements of a linker script for a relocatable output. Every section of it begins at
 * address 0, so an address is a place in the section that it comes from.
 */
public final class JoinedStatements implements ScriptExpressions.Context {

  /** Passes until the values of symbols and sections that come later are known. */
  private static final int PASSES_MAX = 8;

  private static final long PAD_MAX = 1L << 30;

  /** What the statements put together. Keys of sections are those of {@link JoinedSections}. */
  public interface Contents {

    /** Begins a section anew; false when the output has no such section. */
    boolean begin(String key);

    /** Adds what a statement takes; returns the size of the section then. */
    long add(String key, int statement);

    /** Adds bytes that are repeated up to an offset. */
    void pad(String key, long to, byte[] pattern);

    /** Adds a number. */
    void number(String key, int bytes, long value);

    /** What gaps between inputs contain from here on; empty for zeros. */
    void fill(String key, byte[] pattern);

    /** Size of the section with a name; 0 when there is none. */
    long size(String name);

    long alignment(String name);

    /** Where the inputs define a symbol; null when they do not. */
    @Nullable Position symbol(String name);

    /** Whether the inputs only refer to a symbol. */
    boolean wanted(String name);
  }

  /**
   * The value of a symbol.
   *
   * @param key of the section that it is an offset in; empty for a number
   * @param like the symbol that it has its type from; empty for none
   */
  public record Position(String key, long value, boolean hidden, String like) {}

  private final LayoutScript script;
  private final ScriptPatterns patterns;
  private final Contents contents;
  private final ScriptExpressions expressions = new ScriptExpressions(this);
  private final Map<String, Position> values = new LinkedHashMap<>();
  private final Set<String> assigned = new HashSet<>();

  /** The section whose addresses the counter stands for; empty before the first. */
  private String current = "";

  private long dot;
  private String target = "";

  /** In the first pass, what comes later counts as 0. */
  private boolean tentative;

  /** Assertions in expressions that do not hold in this pass. */
  private final List<LinkException> broken = new ArrayList<>();

  JoinedStatements(LayoutScript script, ScriptPatterns patterns, Contents contents) {
    this.script = script;
    this.patterns = patterns;
    this.contents = contents;
  }

  /** Fills all sections of the script; returns what it assigns to symbols. */
  public Map<String, Position> follow() throws LinkException {
    for (int pass = 0; pass < PASSES_MAX; pass++) {
      Map<String, Position> before = Map.copyOf(values);
      Map<String, Long> sizes = sizes();
      tentative = pass == 0;
      pass(false);
      if (pass > 0 && before.equals(values) && sizes.equals(sizes())) {
        pass(true);
        if (!broken.isEmpty()) {
          throw broken.getFirst();
        }
        return values;
      }
    }
    throw script.fault(0, "the addresses of the script do not settle");
  }

  private Map<String, Long> sizes() {
    Map<String, Long> sizes = new LinkedHashMap<>();
    script
        .all(Section.class)
        .forEach(section -> sizes.put(section.name(), contents.size(section.name())));
    return sizes;
  }

  private void pass(boolean last) throws LinkException {
    assigned.clear();
    broken.clear();
    current = "";
    dot = 0;
    for (LayoutCommand command : script.commands()) {
      switch (command) {
        case Section section when patterns.home(section) instanceof ScriptSection home -> {
          if (contents.begin(home.key)) {
            follow(section, home.key, last);
          }
        }
        case Assign assign -> assign(assign);
        case Assertion assertion -> check(assertion, last);
        default -> {}
      }
    }
  }

  private void follow(Section section, String key, boolean last) throws LinkException {
    current = key;
    dot = 0;
    FillPattern fill = FillPattern.ZEROS;
    if (section.fill().isPresent()) {
      fill = filling(key, section.fill().get());
    }
    for (int i = 0; i < section.body().size(); i++) {
      LayoutCommand statement = section.body().get(i);
      expressions.inside(new Home(key, 0));
      try {
        switch (statement) {
          case Assign assign when assign.dot() -> pad(key, assign, fill);
          case Assign assign -> assign(assign);
          case Assertion assertion -> check(assertion, last);
          default -> {}
        }
      } finally {
        expressions.inside(Home.NONE);
      }
      switch (statement) {
        case Inputs _ -> dot = contents.add(key, i);
        case Data data -> {
          contents.number(key, data.bytes(), expressions.number(data.value()));
          dot += data.bytes();
        }
        case Fill filling -> fill = filling(key, filling);
        default -> {}
      }
    }
    dot = contents.add(key, Integer.MAX_VALUE);
  }

  private FillPattern filling(String key, Fill fill) throws LinkException {
    FillPattern pattern = FillPattern.of(fill, expressions);
    contents.fill(key, pattern.bytes());
    return pattern;
  }

  private void pad(String key, Assign assign, FillPattern fill) throws LinkException {
    long to = expressions.counter(assign.at(), assign.value());
    if (tentative && to < dot) {
      return;
    }
    if (to < dot || to - dot > PAD_MAX) {
      throw script.fault(
          assign.at(),
          "cannot move location counter %s (from %016x to %016x)"
              .formatted(to < dot ? "backwards" : "that far", dot, to));
    }
    contents.pad(key, to, fill.bytes());
    dot = to;
  }

  private void assign(Assign assign) throws LinkException {
    String name = assign.symbol();
    if (assign.dot()) {
      dot = expressions.number(assign.value());
      return;
    }
    if (assign.scope().onDemand() && (assigned.contains(name) || !contents.wanted(name))) {
      return;
    }
    target = name;
    ScriptValue value = expressions.assigned(assign.value());
    String home = "";
    if (value.address()) {
      boolean inside = expressions.inside();
      home = inside ? value.home().section().toString() : home(assign.value());
    }
    String like =
        assign.value() instanceof Name same && !same.name().equals(Name.DOT) ? same.name() : "";
    values.put(name, new Position(home, value.number(), assign.scope().hidden(), like));
    assigned.add(name);
    target = "";
  }

  private void check(Assertion assertion, boolean last) throws LinkException {
    if (last && !expressions.truth(assertion.condition())) {
      throw script.fault(assertion.at(), assertion.message());
    }
  }

  /** The section that an address is in: that of the first symbol or section in it. */
  private String home(LayoutExpression expression) {
    String named = named(expression);
    return named.isEmpty() ? current : named;
  }

  private String named(LayoutExpression expression) {
    return switch (expression) {
      case Name name when name.name().equals(Name.DOT) -> current;
      case Name name -> {
        Position position = position(name.name());
        yield position == null ? "" : position.key();
      }
      case Binary binary -> {
        String left = named(binary.left());
        yield left.isEmpty() ? named(binary.right()) : left;
      }
      case Conditional conditional -> named(conditional.yes());
      case Call call when call.function().equals("ADDR") -> call.name();
      case Call call when !call.arguments().isEmpty() -> named(call.arguments().getFirst());
      default -> "";
    };
  }

  private @Nullable Position position(String name) {
    boolean own = name.equals(target) && !assigned.contains(name);
    Position position = own ? null : values.get(name);
    return position == null ? contents.symbol(name) : position;
  }

  @Override
  public long dot() {
    return dot;
  }

  @Override
  public ScriptValue symbol(int at, String name) throws LinkException {
    Position position = position(name);
    if (position == null && tentative) {
      return ScriptValue.ZERO;
    }
    if (position == null) {
      throw script.fault(at, "undefined symbol `" + name + "' referenced in expression");
    }
    long value = position.value();
    return position.key().isEmpty()
        ? ScriptValue.absolute(value)
        : new Home(position.key(), 0).at(value);
  }

  @Override
  public boolean defined(String name) {
    return assigned.contains(name) || contents.symbol(name) != null;
  }

  @Override
  public ScriptValue named(Call call) throws LinkException {
    return switch (call.function()) {
      case "SIZEOF" -> ScriptValue.number(contents.size(call.name()));
      case "ALIGNOF" -> ScriptValue.number(contents.alignment(call.name()));
      case "ADDR" -> new Home(call.name(), 0).at(0);
      case "LOADADDR" -> ScriptValue.absolute(0);
      case "SIZEOF_HEADERS" -> ScriptValue.ZERO;
      default ->
          throw script.fault(call.at(), "in a relocatable output there is no " + call.function());
    };
  }

  @Override
  public void relroBegins(long address) {
    // there are no segments
  }

  @Override
  public void relroEnds(long address) {
    // there are no segments
  }

  @Override
  public void broken(LinkException fault) {
    broken.add(fault);
  }

  @Override
  public LinkException fault(int at, String message) {
    return script.fault(at, message);
  }
}
