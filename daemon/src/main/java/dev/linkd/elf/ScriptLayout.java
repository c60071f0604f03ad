package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.LinkException;
import dev.linkd.mapped.GapFiller;
import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.Policy;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutCommand.Sort;
import dev.linkd.object.LayoutScript;
import dev.linkd.output.OrphanHandling;
import dev.linkd.output.ScriptText;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The output sections of an image that a linker script lays out, and the places of atoms in them.
 * Contents are packed: a section is a DENSE container in which a marker node stands before what
 * each statement takes, so that the end of one statement's contents is where the next marker is.
 */
final class ScriptLayout {

  /** What makes tables and boundaries, in place of an input. */
  static final String LINKER = "<linker>";

  private static final int NONE = -1;

  private static final long KEPT_FLAGS = SHF_WRITE | SHF_ALLOC | SHF_EXECINSTR | SHF_TLS;

  private final LinkState state;
  private final Layout layout;
  private final MappedFile file;
  final LayoutScript script;
  private final ScriptPatterns patterns;

  /** There are sections that are not loaded. */
  private final boolean unloads;

  /** How wildcards without an order of their own are sorted. */
  private final Sort usualSort;

  /** Sections that the script does not name, by name. */
  private final Map<String, ScriptSection> orphans = new LinkedHashMap<>();

  private final ScriptTables tables;

  /** By number of the output section. */
  private final Map<Integer, ScriptSection> byOutput = new LinkedHashMap<>();

  ScriptLayout(LinkState state, Layout layout, LayoutScript script) {
    this.state = state;
    this.layout = layout;
    this.file = state.file;
    this.script = script;
    this.patterns = new ScriptPatterns(script.commands(), directory());
    this.tables = new ScriptTables(state, layout, this, patterns);
    this.unloads = patterns.sections.values().stream().anyMatch(ScriptSection::unloaded);
    this.usualSort =
        switch (state.spec.layout().placement().sort()) {
          case INPUTS -> Sort.NONE;
          case NAME -> Sort.NAME;
          case ALIGNMENT -> Sort.ALIGNMENT;
        };
  }

  /** The script is an order of sections. */
  boolean ordered() {
    return state.spec.layout().script().map(ScriptText::ordered).orElse(false);
  }

  private String directory() {
    return state.spec.layout().script().map(ScriptText::directory).orElse("");
  }

  static LayoutScript parse(ScriptText text) {
    try {
      return LayoutScript.parse(text.name(), text.text());
    } catch (LinkException e) {
      throw new IllegalStateException("a script that was accepted before", e);
    }
  }

  /**
   * Makes the sections that take room without any input. Those without numbers have no bytes: they
   * wait until it is known that no input has any for them.
   */
  void begin() {
    for (ScriptSection section : patterns.sections.values()) {
      if (section.hasData() && section.output == null) {
        create(section, section.zeroes() ? SHT_NOBITS : SHT_PROGBITS, SHF_ALLOC, false);
      }
    }
  }

  /** Makes the sections that no input is in and that take room all the same. */
  void complete() {
    tables.fit();
    for (ScriptSection section : patterns.sections.values()) {
      if (section.occupies() && section.output == null) {
        create(section, SHT_NOBITS, SHF_ALLOC, true);
      }
    }
  }

  Iterable<ScriptSection> sections() {
    return patterns.sections.values();
  }

  Iterable<ScriptSection> orphans() {
    return orphans.values();
  }

  @Nullable ScriptSection named(String name) {
    ScriptSection section = patterns.named(name);
    return section == null ? orphans.get(name) : section;
  }

  @Nullable ScriptSection home(Section command) {
    return patterns.home(command);
  }

  ScriptSection of(OutputSection section) {
    ScriptSection found = byOutput.get(section.number);
    if (found == null) {
      throw new IllegalStateException("section " + section.name + " is not in the script's layout");
    }
    return found;
  }

  /** Gives a section that the linker makes whole its place among the others. */
  void enter(OutputSection section, ScriptSection home) {
    home.output = section;
    byOutput.put(section.number, home);
  }

  void addOrphan(ScriptSection home) {
    String key = home.name;
    while (orphans.putIfAbsent(key, home) != null) {
      key += ScriptPatterns.SAME_NAME;
    }
  }

  ScriptTables tables() {
    return tables;
  }

  /** The output section of a section of the script for something with bytes. */
  OutputSection withBytes(ScriptSection home, int type, long flags) {
    if (onlyRoom(home)) {
      replace(home);
    }
    OutputSection output = home.output;
    if (output == null) {
      output = create(home, type, flags, false);
    }
    output.flags |= home.flags(flags) & KEPT_FLAGS;
    return output;
  }

  boolean discards(String input, String name, long flags) {
    ScriptPatterns.Candidate taker = patterns.find(input, name, flags);
    if (taker == null) {
      boolean loaded = (flags & SHF_ALLOC) != 0;
      return loaded && state.spec.layout().placement().orphans() == OrphanHandling.DISCARD;
    }
    return taker.section() == null;
  }

  /** The output section for an input section, created on first use. */
  OutputSection sectionFor(String input, String name, int type, long flags) {
    ScriptPatterns.Candidate taker = taker(input, name, flags);
    String kind = ScriptSection.blockName(name, type, flags);
    ScriptSection home = taker == null ? untaken(kind) : taker.section();
    if (home != null && onlyRoom(home) && type != SHT_NOBITS) {
      replace(home);
    }
    if (home == null || !fits(home, type)) {
      home = orphanFor(kind, type);
    }
    OutputSection output = home.output;
    output = output == null ? create(home, type, flags, false) : output;
    if (output.atoms == 0 && output.type != SHT_NOBITS && type != SHT_NOBITS) {
      output.type = SectionRule.of(home.name, type, flags).type();
    }
    output.flags |= home.flags(flags) & KEPT_FLAGS;
    return output;
  }

  private ScriptPatterns.@Nullable Candidate taker(String input, String name, long flags) {
    ScriptPatterns.Candidate taker = patterns.find(input, name, flags);
    return taker == null && name.equals(Commons.SECTION)
        ? patterns.find(input, ".bss", flags)
        : taker;
  }

  /** Address of the PT_TLS block; 0 without one. */
  long threadLocalStart() {
    OutputSection data = layout.find(".tdata");
    OutputSection zeros = layout.find(".tbss");
    if (data != null && data.atoms > 0) {
      return data.address;
    }
    return zeros == null ? 0 : zeros.address;
  }

  /** Whether the script wants the section although nothing may lead to it (KEEP). */
  boolean keeps(String input, String name, long flags) {
    ScriptPatterns.Candidate taker = taker(input, name, flags);
    return taker != null && taker.inputs().keep();
  }

  /** The name id of what is not loaded, which sections at address 0 take under their own name. */
  int nameOf(Input input, int name, long flags) {
    ScriptPatterns.Candidate taker = taker(input.name, state.names.string(name), flags);
    ScriptSection home = taker == null ? null : taker.section();
    return home != null && home.forUnloaded() ? state.names.intern(home.name) : name;
  }

  /** Whether the script takes the section into one that is not loaded. */
  boolean unloaded(String input, String name, long flags) {
    ScriptPatterns.Candidate taker = unloads ? taker(input, name, flags) : null;
    ScriptSection home = taker == null ? null : taker.section();
    return home != null && home.unloaded();
  }

  /**
   * Where sections go that the script does not take: to the end of the section with their name.
   * Common symbols are zeros like others.
   */
  private ScriptSection untaken(String name) {
    String kind = name.equals(Commons.SECTION) ? ".bss" : name;
    ScriptSection same = patterns.sections.get(kind);
    return same == null || same.unloaded() || same.apart() ? orphan(kind) : same;
  }

  private ScriptSection orphan(String name) {
    return orphans.computeIfAbsent(name, key -> new ScriptSection(key, null));
  }

  /** A section of its own for an input that the section where it belongs has no place for. */
  private ScriptSection orphanFor(String name, int type) {
    ScriptSection found = orphan(name);
    for (String key = name + ScriptPatterns.SAME_NAME;
        !fits(found, type);
        key += ScriptPatterns.SAME_NAME) {
      found = orphans.computeIfAbsent(key, other -> new ScriptSection(name, null));
    }
    return found;
  }

  /** Tables are written whole, and zeros have no bytes: neither can hold what an input contains. */
  private static boolean fits(ScriptSection home, int type) {
    OutputSection output = home.output;
    return output == null || (output.dense && (output.type != SHT_NOBITS || type == SHT_NOBITS));
  }

  /** The alignment of an atom, which SUBALIGN decides for all of a section. */
  static int alignmentLog2(Layout layout, OutputSection section, int own) {
    ScriptLayout script = layout.script();
    ScriptSection home = script == null ? null : script.byOutput.get(section.number);
    int forced = home == null ? NONE : home.inputAlignmentLog2;
    return forced == NONE ? own : forced;
  }

  /** Whether a section has no bytes only because no input has any for it so far. */
  private static boolean onlyRoom(ScriptSection home) {
    OutputSection output = home.output;
    return output != null
        && output.dense
        && output.type == SHT_NOBITS
        && output.atoms == 0
        && !home.zeroes();
  }

  /** Leaves the room of a section, which gets one with bytes instead. */
  private void replace(ScriptSection home) {
    OutputSection output = home.output;
    if (output == null) {
      return;
    }
    try {
      for (int marker : home.markers) {
        file.resize(marker, 0);
      }
    } catch (WindowFullException e) {
      throw new TableTooLargeException(home.name, e);
    }
    byOutput.remove(output.number);
    home.output = null;
    state.headersDoubtful();
  }

  /**
   * @param empty nothing but room is there, which needs no bytes
   */
  private OutputSection create(ScriptSection home, int type, long flags, boolean empty) {
    boolean zeroes = type == SHT_NOBITS && !home.apart() && (empty || home.zeroes());
    int made = zeroes ? SHT_NOBITS : type == SHT_NOBITS ? SHT_PROGBITS : type;
    int outputType = zeroes ? made : home.type(SectionRule.of(home.name, made, flags).type());
    long kept = home.flags(flags) & KEPT_FLAGS;
    OutputSection output = layout.scripted(tables.key(home), home.name, outputType, kept, zeroes);
    home.output = output;
    byOutput.put(output.number, home);
    GapFiller fill = home.filler((flags & SHF_EXECINSTR) != 0);
    if (fill != null && !zeroes) {
      file.setFiller(output.node, fill);
    }
    home.markers = new int[home.statements.size()];
    for (int i = 0; i < home.markers.length; i++) {
      home.markers[i] = marker(output);
    }
    return output;
  }

  private int marker(OutputSection output) {
    try {
      return file.add(output.node, Policy.FIXED, 0, 0, Owners.HEADERS);
    } catch (WindowFullException e) {
      throw new TableTooLargeException(output.name, e);
    }
  }

  /** Places an atom where the script wants it: in its statement, by its sort keys, by input. */
  int add(
      OutputSection section,
      Input input,
      int nameId,
      long flags,
      int atom,
      long size,
      int alignment)
      throws WindowFullException {
    ScriptSection home = of(section);
    String name = state.names.string(nameId);
    ScriptPatterns.Candidate taker = taker(input.name, name, flags);
    int first = NONE;
    int sibling = file.last(section.node);
    Sort sort = Sort.NONE;
    Sort inner = Sort.NONE;
    boolean byFile = false;
    if (taker != null && taker.section() == home) {
      int statement = taker.statement();
      first = home.markers[statement];
      boolean last = statement + 1 == home.markers.length;
      sibling = last ? sibling : file.prev(home.markers[statement + 1]);
      sort = taker.pattern().sort();
      if (sort == Sort.NONE && Glob.wild(taker.pattern().name())) {
        sort = usualSort;
      }
      inner = taker.pattern().inner();
      byFile = taker.inputs().byFile();
    }
    while (sibling != NONE && sibling != first && Owners.isAtom(file.owner(sibling))) {
      int other = file.owner(sibling);
      int compared =
          byFile ? input.name.compareTo(state.inputs.get(state.atoms.input(other)).name) : 0;
      compared = compared == 0 ? compare(sort, name, alignment, other) : compared;
      compared = compared == 0 ? compare(inner, name, alignment, other) : compared;
      if (compared > 0 || (compared == 0 && !comesBefore(input, atom, other))) {
        break;
      }
      sibling = file.prev(sibling);
    }
    return file.addAfter(section.node, sibling, Policy.FIXED, size, alignment, atom);
  }

  /** By inputs; those of an object that are found to be needed late stand in its order, too. */
  private boolean comesBefore(Input input, int atom, int other) {
    int otherInput = state.atoms.input(other);
    return otherInput == input.number
        ? input instanceof ObjectInput && atom < other
        : placeOrder(input) < placeOrder(state.inputs.get(otherInput));
  }

  /** Shared pieces and what the linker makes come last, so that adding one moves nothing. */
  private static long placeOrder(Input input) {
    return input instanceof ObjectInput || input instanceof Stream ? input.order : Long.MAX_VALUE;
  }

  private int compare(Sort sort, String name, int alignment, int other) {
    String otherName = state.names.string(state.atoms.sectionName(other));
    int priority =
        Integer.compare(OrderedPlacement.priority(name), OrderedPlacement.priority(otherName));
    return switch (sort) {
      case NONE, INPUTS -> 0;
      case NAME -> name.compareTo(otherName);
      case ALIGNMENT -> Integer.compare(state.atoms.alignmentLog2(other), alignment);
      case INIT_PRIORITY -> priority == 0 ? name.compareTo(otherName) : priority;
    };
  }
}
