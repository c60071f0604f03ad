package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;

import dev.linkd.diag.LinkException;
import dev.linkd.object.LayoutCommand;
import dev.linkd.object.LayoutCommand.Assertion;
import dev.linkd.object.LayoutCommand.Assign;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutCommand.Sort;
import dev.linkd.object.LayoutExpression;
import dev.linkd.object.LayoutScript;
import dev.linkd.output.ScriptText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which sections of a relocatable output a linker script joins those of the inputs to. Such an
 * output has no addresses, so sections that a script gives some are refused; the address 0, which
 * scripts give to sections that have none, is not.
 */
public final class JoinedSections {

  /**
   * Where an input section goes.
   *
   * @param key tells sections apart that have one name; empty for those that are left out
   * @param name of the output section
   * @param alignment what the output section is aligned to at least
   * @param rank of the output section among those of the script
   * @param empty the output section has no bytes whatever is in it
   * @param statement number of what took it in the output section
   */
  public record Home(
      String key,
      String name,
      long alignment,
      int rank,
      boolean empty,
      int statement,
      Order order) {

    public boolean discards() {
      return key.isEmpty();
    }
  }

  /**
   * How sections that one statement takes are ordered.
   *
   * @param byFile first by the names of their files
   */
  public record Order(boolean byFile, Sort sort, Sort inner) {
    private static final Order INPUTS = new Order(false, Sort.NONE, Sort.NONE);

    /** Compares what has a file, a name and an alignment. */
    public Comparator<Member> comparator() {
      Comparator<Member> files = byFile ? Comparator.comparing(Member::file) : by(Sort.NONE);
      return files.thenComparing(by(sort)).thenComparing(by(inner));
    }

    private static Comparator<Member> by(Sort sort) {
      return switch (sort) {
        case NONE, INPUTS -> (_, _) -> 0;
        case NAME -> Comparator.comparing(Member::name);
        case ALIGNMENT -> Comparator.comparingLong(Member::alignment).reversed();
        case INIT_PRIORITY ->
            Comparator.<Member>comparingInt(member -> OrderedPlacement.priority(member.name()))
                .thenComparing(Member::name);
      };
    }
  }

  /** A section of an input. */
  public record Member(String file, String name, long alignment) {}

  private static final Home DISCARDED = new Home("", "", 1, -1, false, -1, Order.INPUTS);

  private final LayoutScript script;
  private final ScriptPatterns patterns;
  private final List<String> keys;

  private JoinedSections(LayoutScript script, String directory) throws LinkException {
    this.script = script;
    for (LayoutCommand command : script.commands()) {
      check(command);
    }
    this.patterns = new ScriptPatterns(script.commands(), directory);
    this.keys = new ArrayList<>(patterns.sections.keySet());
  }

  /** Reads a script that was accepted before. */
  public static JoinedSections of(ScriptText text) throws LinkException {
    return new JoinedSections(ScriptLayout.parse(text), text.directory());
  }

  private void check(LayoutCommand command) throws LinkException {
    if (command instanceof Assign || command instanceof Assertion) {
      return;
    }
    if (!(command instanceof Section section)) {
      throw unsupported(command.at(), "this command");
    }
    boolean placed = section.address().isPresent() && !zero(section.address().get());
    if (placed || section.loadAddress().isPresent() || !section.region().isEmpty()) {
      throw unsupported(section.at(), "addresses");
    }
    if (section.alignment().isPresent() && alignment(section) == 0
        || section.inputAlignment().isPresent()) {
      throw unsupported(section.at(), "this alignment");
    }
  }

  private LinkException unsupported(int at, String what) {
    return script.fault(at, "in a relocatable output " + what + " of a script has no effect");
  }

  private static boolean zero(LayoutExpression expression) {
    return expression instanceof LayoutExpression.Number number && number.value() == 0;
  }

  /** 1 when the script says nothing, 0 when it is no number that an alignment can be. */
  private static long alignment(Section section) {
    LayoutExpression said = section.alignment().orElse(new LayoutExpression.Number(1));
    return said instanceof LayoutExpression.Number number && Long.bitCount(number.value()) == 1
        ? Math.max(0, number.value())
        : 0;
  }

  /** Whether the script leaves out what the linker makes under a name. */
  public boolean discards(String name) {
    Home home = find(ScriptLayout.LINKER, name, SHF_ALLOC);
    return home != null && home.discards();
  }

  /** Sections that are there without any input: with numbers, room or symbols of the script. */
  public List<Home> own() {
    List<Home> own = new ArrayList<>();
    for (ScriptSection section : patterns.sections.values()) {
      if (section.occupies() || section.assigns()) {
        own.add(home(section, Integer.MAX_VALUE, Order.INPUTS));
      }
    }
    return own;
  }

  /** The statements of the script, which fill these sections. */
  public JoinedStatements statements(JoinedStatements.Contents contents) {
    return new JoinedStatements(script, patterns, contents);
  }

  /**
   * Where a section goes; null when the script does not say it.
   *
   * @param file path of the input, with the member of an archive in parentheses
   */
  public @Nullable Home find(String file, String name, long flags) {
    ScriptPatterns.Candidate taker = patterns.find(file, name, flags);
    if (taker == null) {
      ScriptSection same = (flags & SHF_ALLOC) == 0 ? null : patterns.sections.get(name);
      return same == null ? null : home(same, Integer.MAX_VALUE, Order.INPUTS);
    }
    ScriptSection section = taker.section();
    if (section == null) {
      return DISCARDED;
    }
    boolean byFile = taker.inputs().byFile();
    Order order = new Order(byFile, taker.pattern().sort(), taker.pattern().inner());
    return home(section, taker.statement(), order);
  }

  private Home home(ScriptSection section, int statement, Order order) {
    Section command = section.command;
    long alignment = command == null ? 1 : alignment(command);
    int rank = keys.indexOf(section.key);
    boolean empty = section.unloaded();
    return new Home(section.key, section.name, alignment, rank, empty, statement, order);
  }
}
