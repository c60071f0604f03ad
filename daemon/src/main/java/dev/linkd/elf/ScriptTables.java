package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.Policy;
import dev.linkd.mapped.WindowFullException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a linker script has the tables that the linker makes. A section of the script with the name
 * of a table, and nothing else in it, is that table. In other sections a table lies among the
 * inputs, behind the marker of the statement that takes it. What is discarded has neither a header
 * nor a place in the image.
 */
final class ScriptTables {

  /** What .dynamic leads to. */
  private static final Set<String> DYNAMIC =
      Set.of(".dynsym", ".hash", ".gnu.hash", ".gnu.version", ".gnu.version_r", ".gnu.version_d");

  /** What code goes through. */
  private static final Set<String> SLOTS = Set.of(".got", ".plt", ".got.plt");

  /** Tables that a section with the name of one of them may contain as well. */
  private static final List<String> NAMES =
      Stream.of(DYNAMIC, SLOTS, Set.of(".dynamic", ".dynstr", ".interp", ".rela.plt", ".rela.dyn"))
          .flatMap(Set::stream)
          .toList();

  /** What the tables of a program without a dynamic linker are called in GNU ld's scripts. */
  private static final Map<String, String> STATIC_NAMES =
      Map.of(".plt", ".iplt", ".rela.plt", ".rela.iplt");

  /** Records of inputs that become one table, which begins with what they share and has an end. */
  private static final String UNWIND = ".eh_frame";

  private static final int NONE = -1;

  private final LinkState state;
  private final Layout layout;
  private final MappedFile file;
  private final ScriptLayout places;
  private final ScriptPatterns patterns;

  /** Tables inside of sections of the script. */
  private final List<OutputSection> hosted = new ArrayList<>();

  private final List<OutputSection> discarded = new ArrayList<>();

  ScriptTables(LinkState state, Layout layout, ScriptLayout places, ScriptPatterns patterns) {
    this.state = state;
    this.layout = layout;
    this.file = state.file;
    this.places = places;
    this.patterns = patterns;
  }

  private ScriptPatterns.@Nullable Candidate taker(String name, long flags) {
    String called = state.spec.kind().dynamic() ? name : STATIC_NAMES.getOrDefault(name, name);
    return patterns.find(ScriptLayout.LINKER, called, flags);
  }

  /** Makes a section of the script the host of a table; null when the table is a section. */
  @Nullable OutputSection host(String name, int type, long flags, Policy policy) {
    boolean records = name.equals(UNWIND);
    if (policy != Policy.FIXED && !records) {
      return null;
    }
    ScriptPatterns.Candidate taker = taker(name, flags);
    ScriptSection home = taker == null ? null : taker.section();
    if (home == null || home.zeroes()) {
      return null;
    }
    boolean shared = records ? home.hasData() : shared(home, flags);
    if (home.name.equals(name) && !shared) {
      return null;
    }
    OutputSection output = home.output;
    if (output != null && !output.dense) {
      return null;
    }
    boolean typed = type == SHT_NOTE || home.name.startsWith(".rela");
    home.holdsOwn = true;
    return places.withBytes(home, typed ? type : SHT_PROGBITS, flags);
  }

  /** The key of a section with contents: with its name alone, the table inside of it is found. */
  String key(ScriptSection home) {
    return home.name.equals(UNWIND) ? home.key + ScriptPatterns.SAME_NAME : home.key;
  }

  private boolean shared(ScriptSection home, long flags) {
    int taken = 0;
    for (String name : NAMES) {
      ScriptPatterns.Candidate taker = taker(name, flags);
      taken += taker != null && taker.section() == home ? 1 : 0;
    }
    return taken > 1;
  }

  /** Adds the node of a table to its host. */
  int addNode(OutputSection host, String name, long flags, Policy policy, int owner) {
    ScriptPatterns.Candidate taker = taker(name, flags);
    ScriptSection home = places.of(host);
    int marker = taker == null ? NONE : home.markers[taker.statement()];
    try {
      return file.addAfter(host.node, marker, policy, 0, 0, owner);
    } catch (WindowFullException e) {
      throw new TableTooLargeException(name, e);
    }
  }

  /** Gives a section that the linker makes whole its place among the others. */
  void enter(OutputSection table, @Nullable OutputSection host) {
    if (host == null) {
      adopt(table);
      return;
    }
    table.host = host;
    table.omitted = true;
    table.index = host.index;
    hosted.add(table);
  }

  /** Gives hosted tables the room that they need and no more. */
  void fit() {
    for (OutputSection table : hosted) {
      OutputSection host = table.host;
      if (host == null) {
        continue;
      }
      try {
        int alignmentLog2 = layout.size(table) > 0 ? table.alignmentLog2 : 0;
        if (file.alignment(table.node) != alignmentLog2) {
          file.realign(table.node, alignmentLog2);
        }
        if (table.tableSize >= 0 && file.size(table.node) != table.tableSize) {
          file.resize(table.node, table.tableSize);
        }
        layout.align(host, alignmentLog2);
        if (host.type == SHT_RELA) {
          host.entrySize = table.entrySize;
          host.link = table.link;
        }
      } catch (WindowFullException e) {
        throw new TableTooLargeException(table.name, e);
      }
    }
  }

  private void adopt(OutputSection section) {
    ScriptPatterns.Candidate taker = taker(section.name, section.flags);
    if (taker != null && taker.section() == null && discardable(section)) {
      section.discarded = true;
      section.omitted = true;
      section.flags &= ~SHF_ALLOC;
      discarded.add(section);
      return;
    }
    ScriptSection home = patterns.sections.get(section.name);
    if (home == null || home.output != null) {
      home = new ScriptSection(section.name, null);
      ScriptSection around = taker == null ? null : taker.section();
      if (around != null) {
        around.attached.add(home);
      } else {
        places.addOrphan(home);
      }
    }
    section.flags = section.flags & ~SHF_ALLOC | home.flags(SHF_ALLOC) & SHF_ALLOC;
    places.enter(section, home);
  }

  /** GNU ld calls the parts of .rela.dyn by other names: who names that one discards nothing. */
  private boolean discardable(OutputSection table) {
    if (!table.name.equals(".rela.dyn")) {
      return true;
    }
    ScriptPatterns.Candidate taker = taker(".rela.got", table.flags);
    return taker != null && taker.section() == null;
  }

  /** Complains about tables that are discarded although something leads to them. */
  void check(ScriptEvaluator evaluator) {
    if (state.spec.content().buildId().present() && !BuildIdNote.wanted(state, layout)) {
      evaluator.warn(0, BuildIdNote.DISCARDED);
    }
    OutputSection dynamic = layout.find(".dynamic");
    for (OutputSection table : discarded) {
      boolean listed = dynamic != null && !dynamic.discarded && DYNAMIC.contains(table.name);
      long unused = table.name.equals(".got.plt") ? Plt.RESERVED_BYTES : 0;
      if (table.tableSize > unused && (listed || SLOTS.contains(table.name))) {
        String user = listed ? ".dynamic" : "code";
        evaluator.fault(
            places.script.fault(
                0, "section " + table.name + " is discarded, but " + user + " refers to it"));
      }
    }
  }

  /**
   * Makes room for a note of the linker's own in the section that takes it.
   *
   * @return its node; -1 when the script has no section for it, or one with its name
   */
  int noteRoom(String name, long size, int alignmentLog2) {
    ScriptPatterns.Candidate taker = taker(name, SHF_ALLOC);
    ScriptSection home = taker == null ? null : taker.section();
    if (taker == null || home == null || home.zeroes() || patterns.sections.containsKey(name)) {
      return NONE;
    }
    OutputSection output = places.withBytes(home, SHT_NOTE, SHF_ALLOC);
    home.holdsOwn = true;
    int before = home.markers[taker.statement()];
    try {
      layout.align(output, alignmentLog2);
      return file.addAfter(output.node, before, Policy.FIXED, size, alignmentLog2, Owners.HEADERS);
    } catch (WindowFullException e) {
      throw new TableTooLargeException(output.name, e);
    }
  }
}
