package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;

import dev.linkd.diag.LinkException;
import dev.linkd.object.LayoutCommand;
import dev.linkd.object.LayoutCommand.Assertion;
import dev.linkd.object.LayoutCommand.Assign;
import dev.linkd.object.LayoutCommand.Header;
import dev.linkd.object.LayoutCommand.Region;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutCommand.Sort;
import dev.linkd.object.LayoutScript;
import dev.linkd.output.ScriptText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which sections of a relocatable output a linker script joins those of the inputs to. */
public final class JoinedSections {

  /**
   * Where an input section goes.
   *
   * @param key tells sections apart that have one name; empty for those that are left out
   * @param name of the output section
   * @param rank of the output section among those of the script
   * @param empty the output section has no bytes whatever is in it
   * @param statement number of what took it in the output section
   */
  public record Home(String key, String name, int rank, boolean empty, int statement, Order order) {

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

  private static final Home DISCARDED = new Home("", "", -1, false, -1, Order.INPUTS);

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
    switch (command) {
      case Assign _, Assertion _, Section _, Region _, Header _ -> {}
      default -> throw unsupported(command.at(), "this command");
    }
  }

  private LinkException unsupported(int at, String what) {
    return script.fault(at, "in a relocatable output " + what + " of a script has no effect");
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
    int rank = keys.indexOf(section.key);
    boolean empty = section.unloaded();
    return new Home(section.key, section.name, rank, empty, statement, order);
  }
}
