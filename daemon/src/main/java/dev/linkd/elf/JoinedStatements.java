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
 * Follows the statements of a linker script for a relocatable output. Its symbols are places in
 * sections, wherever the script puts these.
 */
public final class JoinedStatements implements ScriptExpressions.Context {

  /** Passes until the values of symbols and sections that come later are known. */
  private static final int PASSES_MAX = 8;

  private static final long PAD_MAX = 1L << 30;

  /**
   * What a section has of its inputs.
   *
   * @param bytes it has any in the file
   */
  public record Shape(long flags, boolean bytes, long alignment) {}

  /** What the statements put together. Keys of sections are those of {@link JoinedSections}. */
  public interface Contents {

    /** Whether the output has a section. */
    boolean has(String key);

    /** Begins a section anew. */
    void begin(String key);

    Shape shape(String key);

    /** The address that an option gives to the section with a name; null for none. */
    @Nullable Long chosen(String name);

    /**
     * Says where a section is that has begun.
     *
     * @param alignment of the section at least
     * @param step what all inputs are aligned to in place of their own alignments; 0 for those
     */
    void enter(String key, long address, long alignment, long step);

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
  private final JoinedAddresses addresses;
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
    this.addresses = new JoinedAddresses(script, contents, expressions);
  }

  /** Fills all sections of the script; returns what it assigns to symbols. */
  public Map<String, Position> follow() throws LinkException {
    for (int pass = 0; pass < PASSES_MAX; pass++) {
      Map<String, Position> before = Map.copyOf(values);
      Map<String, Long> sizes = sizes();
      Map<String, ?> places = addresses.snapshot();
      tentative = pass == 0;
      pass(false);
      if (pass > 0 && settled(before, sizes, places)) {
        pass(true);
        if (!broken.isEmpty()) {
          throw broken.getFirst();
        }
        return values;
      }
    }
    throw script.fault(0, "the addresses of the script do not settle");
  }

  private boolean settled(
      Map<String, Position> before, Map<String, Long> sizes, Map<String, ?> places) {
    return before.equals(values) && sizes.equals(sizes()) && places.equals(addresses.snapshot());
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
    dot = 0;
    current = next(0);
    addresses.begin();
    for (int i = 0; i < script.commands().size(); i++) {
      LayoutCommand command = script.commands().get(i);
      switch (command) {
        case Section section when patterns.home(section) instanceof ScriptSection home -> {
          if (contents.has(home.key)) {
            contents.begin(home.key);
            follow(section, home.key, last);
          }
        }
        case Assign assign when assign.dot() -> move(assign, i);
        case Assign assign -> assign(assign);
        case Assertion assertion -> check(assertion, last);
        default -> {}
      }
    }
  }

  /** Moves the counter between sections: then it stands for those that follow. */
  private void move(Assign assign, int command) throws LinkException {
    long before = dot;
    dot = expressions.number(assign.value());
    String next = dot == before ? "" : next(command + 1);
    current = next.isEmpty() ? current : next;
  }

  /** The key of the first section of the commands from one on; empty when there is none. */
  private String next(int command) {
    for (int i = command; i < script.commands().size(); i++) {
      if (script.commands().get(i) instanceof Section section
          && patterns.home(section) instanceof ScriptSection home
          && contents.has(home.key)) {
        return home.key;
      }
    }
    return "";
  }

  private void follow(Section section, String key, boolean last) throws LinkException {
    current = key;
    long start = addresses.enter(section, key, dot);
    dot = start;
    FillPattern fill = FillPattern.ZEROS;
    if (section.fill().isPresent()) {
      fill = filling(key, section.fill().get());
    }
    for (int i = 0; i < section.body().size(); i++) {
      LayoutCommand statement = section.body().get(i);
      expressions.inside(new Home(key, start));
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
        case Inputs _ -> dot = start + contents.add(key, i);
        case Data data -> {
          contents.number(key, data.bytes(), expressions.number(data.value()));
          dot += data.bytes();
        }
        case Fill filling -> fill = filling(key, filling);
        default -> {}
      }
    }
    dot = start + contents.add(key, Integer.MAX_VALUE);
    addresses.leave(section, key, dot, last);
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
    contents.pad(key, to - addresses.start(key), fill.bytes());
    dot = to;
  }

  private void assign(Assign assign) throws LinkException {
    String name = assign.symbol();
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
    long number = value.number() - (home.isEmpty() ? 0 : addresses.start(home));
    values.put(name, new Position(home, number, assign.scope().hidden(), like));
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
    return position.key().isEmpty() ? ScriptValue.absolute(value) : home(position.key()).at(value);
  }

  /** A section as the home of values, by key or name. */
  private Home home(String section) {
    return new Home(section, addresses.start(section));
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
      case "ADDR" -> home(call.name()).at(0);
      case "LOADADDR" -> ScriptValue.absolute(addresses.load(call.name()));
      case "ORIGIN" -> ScriptValue.absolute(addresses.region(call.at(), call.name()).origin);
      case "LENGTH" -> ScriptValue.number(addresses.region(call.at(), call.name()).length);
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
