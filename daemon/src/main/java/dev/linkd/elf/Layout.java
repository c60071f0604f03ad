package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.Policy;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.object.LayoutScript;
import dev.linkd.output.LayoutRules;
import dev.linkd.output.PlacementRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Segments and sections of an image: creates them on first use and knows every address. */
final class Layout {

  static final int PAGE_LOG2 = 12;
  static final int PAGE = 1 << PAGE_LOG2;

  /** Address of the ELF header in an image with fixed addresses, as in GNU ld. */
  static final long FIXED_BASE = 0x400000;

  /** File offset of segments without content, behind the headers: zeros that begin them. */
  static final long NO_CONTENT_OFFSET = PAGE;

  /** Room of the ELF header and the program headers; then come .interp and notes. */
  static final int HEADER_BYTES = PAGE - 1024;

  /** Program headers that fit behind the ELF header. */
  static final int PROGRAM_HEADERS_MAX = (HEADER_BYTES - EHDR_SIZE) / PHDR_SIZE;

  private final LinkState state;
  private final MappedFile file;
  private final Segments segments;

  /** The linker script, if any. */
  private final @Nullable LayoutScript commands;

  /** Null unless a linker script lays the image out. */
  private final @Nullable ScriptLayout script;

  private final List<OutputSection> sections = new ArrayList<>();
  private final Map<String, OutputSection> byName = new HashMap<>();
  final SectionJoins joins = new SectionJoins();
  final RangeSetGaps rangeSets;
  private final SectionRules byInput;
  private final long base;
  private final OutputSection headers;
  private final int tbssRoot;
  private final PlacementRules choices;
  final ZeroBounds bounds = new ZeroBounds(this);

  Layout(LinkState state) {
    this.state = state;
    this.file = state.file;
    this.rangeSets = new RangeSetGaps(this, state);
    this.choices = state.spec.layout().placement();
    this.byInput = new SectionRules(state.names, choices);
    long wanted = state.spec.layout().imageBase();
    boolean fixed = !state.spec.kind().positionIndependent();
    this.base = wanted != LayoutRules.USUAL_BASE ? wanted : fixed ? FIXED_BASE : 0;
    this.commands = state.spec.layout().script().map(ScriptLayout::parse).orElse(null);
    LayoutScript given = commands;
    this.script = given != null && given.places() ? new ScriptLayout(state, this, given) : null;
    this.segments = new Segments(state, script == null ? base : FIXED_BASE, script != null);
    this.tbssRoot = file.addRoot(false);
    this.headers = table("", SHT_NULL, 0, SegmentKind.HEADERS, 0);
    headers.index = SHN_ABS;
    resize(headers.node, HEADER_BYTES, "headers");
    headers.tableSize = HEADER_BYTES;
    byName.remove(headers.name); // an input section without a name does not belong there
    if (script == null) {
      segments.reserveNoContent();
    } else {
      script.begin();
    }
  }

  @Nullable LayoutScript commands() {
    return commands;
  }

  @Nullable ScriptLayout script() {
    return script;
  }

  /** Whether a linker script lays the image out. */
  boolean scripted() {
    return script != null;
  }

  /** Adds a section of a linker script, for atoms. */
  OutputSection scripted(String key, String name, int type, long flags, boolean zeroes) {
    SegmentKind kind = zeroes ? SegmentKind.BSS : SegmentKind.TEXT;
    OutputSection section = add(key, name, type, flags, segment(kind), Policy.DENSE);
    if (!zeroes) {
      file.setFiller(section.node, DebugFillers.between((flags & SHF_EXECINSTR) != 0, true));
    }
    return section;
  }

  /** The output section for an input section of a file, created on first use. */
  OutputSection sectionFor(Input input, int inputName, int type, long flags) {
    if (script == null || (flags & SHF_ALLOC) == 0) {
      int name = script == null ? inputName : script.nameOf(input, inputName, flags);
      return sectionFor(name, type, flags);
    }
    String name = state.names.string(inputName);
    return name.equals(".eh_frame")
        ? sectionFor(inputName, type, flags)
        : script.sectionFor(input.name, name, type, flags);
  }

  long base() {
    return base;
  }

  /** The place of the ELF header and the program headers. */
  OutputSection headers() {
    return headers;
  }

  /** Address of the PT_TLS block, which the values of thread-local symbols count from. */
  long threadLocalStart() {
    if (script != null) {
      return script.threadLocalStart();
    }
    OutputSection data = find(".tdata");
    return data == null || !data.anchored() ? segment(SegmentKind.TLS).address : addressOf(data);
  }

  List<OutputSection> sections() {
    return sections;
  }

  OutputSection section(int number) {
    return sections.get(number);
  }

  @Nullable OutputSection find(String name) {
    return byName.get(name);
  }

  Segments segments() {
    return segments;
  }

  Segment segment(SegmentKind kind) {
    return segments.of(kind);
  }

  /** The output section for an input section, created on first use. */
  OutputSection sectionFor(int inputName, int type, long flags) {
    OutputSection section = byInput.find(inputName, type, flags);
    if (section == null) {
      section = sectionFor(SectionRule.of(state.names.string(inputName), type, flags, choices));
      byInput.put(inputName, type, flags, section);
    }
    return section;
  }

  OutputSection sectionFor(SectionRule rule) {
    String key = rule.name();
    ScriptLayout scripted = script;
    if (scripted != null && rule.segment() != null && !key.equals(".eh_frame")) {
      return scripted.sectionFor(ScriptLayout.LINKER, key, rule.type(), rule.flags());
    }
    OutputSection section = byName.get(key);
    if (section != null && !SectionJoins.compatible(section, rule)) {
      if (SectionJoins.possible(section, rule)) {
        return join(section, rule);
      }
      key = rule.name() + ' ' + rule.flags() + ' ' + (rule.type() == SHT_NOBITS);
      section = byName.get(key);
    }
    if (section == null) {
      section = create(key, rule);
    }
    return section;
  }

  private OutputSection join(OutputSection section, SectionRule rule) {
    if (!joins.needed(section, rule)) {
      return section;
    }
    return replace(section, rule.joined(section));
  }

  /** The section that takes name and atoms of one with gaps, and has none. */
  OutputSection dense(OutputSection old) {
    OutputSection successor = old.successor;
    return successor != null
        ? successor
        : replace(old, new SectionRule(old.name, old.type, old.flags, null, true));
  }

  private OutputSection replace(OutputSection old, SectionRule rule) {
    OutputSection section = create(rule.name() + ' ' + sections.size(), rule);
    old.successor = section;
    byInput.replace(old, section);
    byName.replaceAll((key, found) -> found == old ? section : found);
    joins.add(old);
    return section;
  }

  /** The section itself, or the one that takes an atom of that size in its stead. */
  OutputSection suited(OutputSection section, long size) {
    return rangeSets.sectionFor(FirstPage.withRoom(this, section, size), size);
  }

  /** Makes a section that is found by a key of its own. */
  OutputSection create(String key, SectionRule rule) {
    SegmentKind kind = rule.segment();
    Segment segment = kind == null ? null : segments.forSection(kind, rule.name());
    Policy policy = rule.dense() ? Policy.DENSE : Policy.FLOATING;
    OutputSection section = add(key, rule.name(), rule.type(), rule.flags(), segment, policy);
    boolean strings = (rule.flags() & (SHF_STRINGS | SHF_MERGE)) != 0;
    section.entrySize = OldConstructors.array(rule.type()) ? Long.BYTES : strings ? 1 : 0;
    if (!rule.dense() && kind != null && kind.stepped()) {
      file.extents().step(section.node);
    }
    DebugFillers.set(file, section, rule, rangeSets);
    if (StringPool.possible(segment, rule.flags())) {
      StringPool.begin(file, section.node);
    }
    try {
      align(section, choices.alignmentsLog2().getOrDefault(section.name, 0));
    } catch (WindowFullException e) {
      throw new TableTooLargeException(section.name, e);
    }
    return section;
  }

  /** Adds a table: a section without atoms that its owner writes. */
  OutputSection table(String name, int type, long flags, @Nullable SegmentKind kind, int entry) {
    Segment segment = kind == null ? null : segments.forSection(kind, name);
    OutputSection section = add(name, name, type, flags, segment, Policy.FIXED);
    section.tableSize = 0;
    section.entrySize = entry;
    section.alignmentLog2 = 3;
    return section;
  }

  private OutputSection add(
      String key, String name, int type, long flags, @Nullable Segment segment, Policy policy) {
    boolean placed = segment != null && policy != Policy.DENSE && !name.isEmpty();
    ScriptTables tables = script == null || !placed ? null : script.tables();
    OutputSection host = tables == null ? null : tables.host(name, type, flags, policy);
    int number = sections.size();
    int owner = Owners.section(number);
    int alignment = policy == Policy.FIXED && script == null ? 4 : 0;
    int node =
        tables == null || host == null
            ? add(parent(segment, type, flags), policy, 0, alignment, owner)
            : tables.addNode(host, name, flags, policy, owner);
    OutputSection section =
        new OutputSection(number, name, type, flags, segment, node, policy == Policy.DENSE);
    sections.add(section);
    byName.put(key, section);
    bounds.added(section);
    state.headersDoubtful();
    if (segment != null) {
      section.address = addressOf(section);
      if (tables != null) {
        tables.enter(section, host);
      }
    }
    return section;
  }

  /** Adds a container or an empty table; only an exhausted reservation can prevent it. */
  private int add(int parent, Policy policy, long size, int alignmentLog2, int owner) {
    try {
      return file.add(parent, policy, size, alignmentLog2, owner);
    } catch (WindowFullException e) {
      throw new TableTooLargeException("of segment", e);
    }
  }

  private int parent(@Nullable Segment segment, int type, long flags) {
    if (segment == null) {
      return MappedFile.FILE;
    }
    return type == SHT_NOBITS && (flags & SHF_TLS) != 0 ? tbssRoot : segment.node;
  }

  /** Node of the section header table. */
  int addHeaderTable() {
    return add(MappedFile.FILE, Policy.FIXED, 0, 3, Owners.HEADERS);
  }

  /** Counts an atom of a section. */
  void atomAdded(OutputSection section) {
    if (section.atoms++ == 0) {
      state.headersDoubtful();
      LinkerSymbols.doubtBoundaries(state, section);
    }
  }

  /** Counts an atom of a section that goes. */
  void atomRemoved(OutputSection section) {
    if (--section.atoms == 0) {
      state.headersDoubtful();
      LinkerSymbols.doubtBoundaries(state, section);
    }
  }

  /** Makes a section and its segment aligned enough. */
  void align(OutputSection section, int alignmentLog2) throws WindowFullException {
    if (alignmentLog2 <= section.alignmentLog2) {
      return;
    }
    Segment segment = section.segment;
    if (segment != null
        && script == null
        && segment.content()
        && !segment.anchored
        && alignmentLog2 > file.alignment(segment.node)) {
      file.realign(segment.node, alignmentLog2);
    }
    if (script == null) {
      file.realign(section.node, alignmentLog2);
    }
    section.alignmentLog2 = alignmentLog2;
    state.headersDoubtful();
  }

  /** Changes the size of a table's node, with room to grow, and returns whether it moved. */
  void resizeTable(OutputSection section, long size) {
    if (size > file.size(section.node)) {
      resize(section.node, section.host == null ? size + size / 2 : size, section.name);
    }
    if (section.tableSize != size) {
      section.tableSize = size;
      state.headersDoubtful();
    }
  }

  private void resize(int node, long size, String name) {
    try {
      file.resize(node, size);
    } catch (WindowFullException e) {
      throw new TableTooLargeException(name, e);
    }
  }

  /** The address that the section has now; its {@code address} field is from the last settle. */
  long addressOf(OutputSection section) {
    Segment segment = section.segment;
    if (segment == null) {
      return 0;
    }
    OutputSection host = section.host;
    if (script != null) {
      return host == null ? section.planned : host.planned + file.offset(section.node);
    }
    long offset = file.offset(section.node);
    return section.threadLocalZero() ? section.address : segment.address + offset;
  }

  /** Address of an atom; for an atom that is not loaded, its offset in the section. */
  long address(int atom) {
    OutputSection section = sections.get(state.atoms.section(atom));
    return section.address + file.offset(state.atoms.node(atom));
  }

  /** Where an atom's bytes are in the image. */
  long position(int atom) {
    return file.position(state.atoms.node(atom));
  }

  long fileOffset(OutputSection section) {
    if (file.hasContent(section.node)) {
      return file.position(section.node);
    }
    if (section.threadLocalZero() && script == null) {
      Segment home = segment(SegmentKind.TLS);
      return file.position(home.node) + section.address - home.address;
    }
    return script == null ? NO_CONTENT_OFFSET + Segments.NO_CONTENT_BYTES : NO_CONTENT_OFFSET;
  }

  /** Bytes that the section contains. */
  long size(OutputSection section) {
    if (section.discarded) {
      return 0;
    }
    long shown = file.extents().shown(section.node);
    return section.tableSize >= 0 ? section.tableSize : shown + section.trailer;
  }

  /** Length of the file. */
  long fileSize() {
    return file.extent(MappedFile.FILE);
  }
}
