package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.object.Bytes;
import dev.linkd.output.HeaderRules;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Symbols that the linker defines when something refers to them and no input defines them: the
 * boundaries of sections.
 */
final class LinkerSymbols {

  private static final int NONE = -1;
  private static final String START = "__start_";

  /** The first unwind record, as lld names it. */
  static final String EH_FRAME_START = "__eh_frame_start";

  /** The table for unwinding, as GNU ld names it. */
  static final String EH_FRAME_HDR = "__GNU_EH_FRAME_HDR";

  /** The start of the thread-local block, as the psABI names it. */
  static final String TLS_MODULE_BASE = "_TLS_MODULE_BASE_";

  private static final String STOP = "__stop_";

  /** What stands before a section's name in the names of its boundaries. */
  static final List<String> START_STOP = List.of(START, STOP);

  /** The same where the physical addresses are meant, as mold names them. */
  private static final String PHYSICAL = "__phys_";

  private static final List<String> PHYSICAL_START_STOP =
      START_STOP.stream().map(LinkerSymbols::physical).toList();

  private final LinkState state;
  private final Layout layout;
  private final ExportChoice exports;
  private final Map<Integer, Boundary> byName = new HashMap<>();

  /** Of the names that are being added. */
  private int visibility = STV_HIDDEN;

  private int type = STT_NOTYPE;

  /**
   * @param atEnd the end of the section, not its start
   * @param info type and visibility of the symbol
   * @param open other modules may see it
   * @param distance from the address to that which is meant
   */
  private record Boundary(
      OutputSectionSource section, boolean atEnd, int info, boolean open, long distance) {
    Boundary(OutputSectionSource section, boolean atEnd, int info, boolean open) {
      this(section, atEnd, info, open, 0);
    }
  }

  private interface OutputSectionSource {
    OutputSection get();
  }

  /** Null without a linker script. */
  private final @Nullable ScriptSymbols script;

  LinkerSymbols(
      LinkState state,
      Layout layout,
      Plt plt,
      ExportChoice exports,
      @Nullable OutputSection dynamic,
      @Nullable ScriptSymbols script) {
    this.exports = exports;
    this.state = state;
    this.script = script;
    this.layout = layout;
    array("preinit_array", SHT_PREINIT_ARRAY);
    array("init_array", SHT_INIT_ARRAY);
    array("fini_array", SHT_FINI_ARRAY);
    visibility = executable(state) ? STV_DEFAULT : STV_HIDDEN;
    end(".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, "etext", "_etext", "__etext");
    end(".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, "edata", "_edata");
    end(".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, "end", "_end");
    add("__bss_start", source(".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE), false);
    visibility = STV_HIDDEN;
    add(EH_FRAME_START, source(".eh_frame", SHT_PROGBITS, SHF_ALLOC), false);
    add(
        "_GLOBAL_OFFSET_TABLE_",
        () -> {
          plt.requireBase();
          return plt.words();
        },
        false);
    if (dynamic != null) {
      add("_DYNAMIC", () -> dynamic, false);
    } else {
      add("__rela_iplt_start", plt::relocations, false);
      add("__rela_iplt_end", plt::relocations, true);
    }
    threadLocals();
    add("_PROCEDURE_LINKAGE_TABLE_", plt::section, false);
    headers();
  }

  private static boolean executable(LinkState state) {
    return state.spec.kind().executable();
  }

  /** The start of the thread-local block, which the local-dynamic model counts from. */
  private void threadLocals() {
    type = STT_TLS;
    add(TLS_MODULE_BASE, source(".tdata", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE | SHF_TLS), false);
    type = STT_NOTYPE;
  }

  private void headers() {
    OutputSection headers = layout.headers();
    add("__ehdr_start", () -> headers, false);
    add("__dso_handle", () -> headers, false);
    visibility = executable(state) ? STV_DEFAULT : STV_HIDDEN;
    add("__executable_start", () -> headers, false);
    visibility = STV_HIDDEN;
  }

  private void array(String name, int type) {
    OutputSectionSource source = source("." + name, type, SHF_ALLOC | SHF_WRITE);
    add("__" + name + "_start", source, false);
    add("__" + name + "_end", source, true);
  }

  private void end(String section, int type, long flags, String... names) {
    for (String name : names) {
      add(name, source(section, type, flags), true);
    }
  }

  private OutputSectionSource source(String section, int type, long flags) {
    return () -> layout.sectionFor(state.names.intern(section), type, flags);
  }

  private void add(String name, OutputSectionSource section, boolean atEnd) {
    int id = state.names.intern(name);
    state.names.retain(id);
    byName.put(id, new Boundary(section, atEnd, type | visibility << 8, false));
  }

  /**
   * Defines the symbol if its name is one of the linker's.
   *
   * @param mentioned visibility of its references
   */
  boolean define(Resolver resolver, int symbol, int mentioned) {
    ScriptSymbols assigned = script;
    if (assigned != null) {
      unbind(symbol);
      if (assigned.define(resolver, symbol)) {
        return true;
      }
    }
    Boundary boundary = byName.get(state.symbols.name(symbol));
    if (boundary == null) {
      boundary = ofPresentSection(symbol);
    }
    if (boundary == null) {
      release(symbol);
      return false;
    }
    OutputSection section = boundary.section().get();
    release(symbol);
    section.boundaries.add(symbol);
    state.headersDoubtful();
    int resolution = boundary.atEnd() ? Symbols.SECTION_END : Symbols.SECTION_START;
    int shown = boundary.open() ? exports.boundary(symbol, mentioned) << 8 : boundary.info();
    int info = STB_GLOBAL << 4 | shown;
    resolver.set(symbol, resolution, section.number, boundary.distance(), 0, info, NONE);
    return true;
  }

  /**
   * Whether a name may be one that the linker defines. Of those that begin as the names of
   * boundaries do, only some are.
   */
  boolean mayDefine(MemorySegment bytes, long offset, int length) {
    return script != null || defines(bytes, offset, length);
  }

  /** The same for names of which it is known whether a linker script defines them. */
  boolean defines(MemorySegment bytes, long offset, int length) {
    int name = state.names.find(bytes, offset, length);
    ScriptSymbols assigned = script;
    long end = offset + length;
    return (name != NONE && byName.containsKey(name))
        || (name != NONE && assigned != null && assigned.assigns(name))
        || Bytes.startsWith(bytes, offset, end, START)
        || Bytes.startsWith(bytes, offset, end, STOP)
        || Bytes.startsWith(bytes, offset, end, PHYSICAL);
  }

  /** Whether a linker script defines the symbol whatever the inputs say. */
  boolean overrides(int symbol) {
    ScriptSymbols assigned = script;
    return assigned != null && assigned.overrides(symbol);
  }

  private @Nullable Boundary ofPresentSection(int symbol) {
    String name = state.name(symbol);
    if (name.startsWith(PHYSICAL) && physical(state, layout)) {
      Boundary virtual = ofPresentSection("__" + name.substring(PHYSICAL.length()));
      long distance = state.spec.layout().headers().physicalBase() - layout.base();
      return virtual == null
          ? null
          : new Boundary(virtual.section(), virtual.atEnd(), virtual.info(), false, distance);
    }
    return ofPresentSection(name);
  }

  private static String physical(String name) {
    return PHYSICAL + name.substring(2);
  }

  /** Whether sections have physical addresses, all at one distance from the others. */
  private static boolean physical(LinkState state, Layout layout) {
    boolean other = state.spec.layout().headers().physicalBase() != HeaderRules.SAME;
    return other && !layout.scripted();
  }

  private @Nullable Boundary ofPresentSection(String name) {
    if (name.equals(EH_FRAME_HDR)) {
      OutputSection table = layout.find(".eh_frame_hdr");
      return table == null ? null : new Boundary(() -> table, false, STV_HIDDEN << 8, false);
    }
    boolean start = name.startsWith(START);
    if (!start && !name.startsWith(STOP)) {
      return null;
    }
    String sectionName = name.substring(start ? START.length() : STOP.length());
    int atom = state.marking.keepsNamed(sectionName) ? state.marking.anyNamed(sectionName) : NONE;
    if (atom != NONE && (state.atoms.sectionFlags(atom) & SHF_ALLOC) != 0) {
      // A reference to the symbol keeps the section, so the symbol cannot wait for the section.
      OutputSection kept =
          layout.sectionFor(
              state.atoms.sectionName(atom),
              state.atoms.sectionType(atom),
              state.atoms.sectionFlags(atom));
      return new Boundary(() -> kept, !start, STT_NOTYPE, true);
    }
    OutputSection section = layout.find(sectionName);
    if (section == null && state.spec.layout().placement().boundaries()) {
      return layout.sections().stream()
          .filter(s -> named(s, sectionName))
          .findFirst()
          .map(s -> ofAny(s, start))
          .orElse(null);
    }
    return section == null || !section.allocated() || section.atoms == 0
        ? null
        : new Boundary(() -> section, !start, STT_NOTYPE, true);
  }

  /** Boundaries of a section are defined as long as it has atoms. */
  static void doubtBoundaries(LinkState state, OutputSection section) {
    if (!SectionRule.isIdentifier(section.name)) {
      return;
    }
    doubt(state, section, START_STOP);
    doubt(state, section, PHYSICAL_START_STOP);
  }

  private static void doubt(LinkState state, OutputSection section, List<String> prefixes) {
    for (String prefix : prefixes) {
      int name = state.names.find(prefix + section.name);
      int symbol = name < 0 ? NONE : state.global(name);
      if (symbol >= 0) {
        state.queueSymbol(symbol);
      }
    }
  }

  private static boolean named(OutputSection section, String name) {
    return section.allocated() && !section.pseudo() && identifier(section).equals(name);
  }

  private static Boundary ofAny(OutputSection section, boolean start) {
    return new Boundary(() -> section, !start, STT_NOTYPE | STV_HIDDEN << 8, false);
  }

  /** The name of a section as a name of C: without the dot in front, {@code _} for other signs. */
  static String identifier(OutputSection section) {
    String name = section.name.startsWith(".") ? section.name.substring(1) : section.name;
    return name.replaceAll("[^A-Za-z0-9_]", "_");
  }

  /** Names of the boundaries of a section. */
  static List<String> boundaries(OutputSection section) {
    return START_STOP.stream().map(prefix -> prefix + identifier(section)).toList();
  }

  /** Names of its boundaries in physical memory; none when there is no such memory. */
  static List<String> physicalBoundaries(LinkState state, Layout layout, OutputSection section) {
    return physical(state, layout) && SectionRule.isIdentifier(section.name)
        ? PHYSICAL_START_STOP.stream().map(prefix -> prefix + section.name).toList()
        : List.of();
  }

  /** Forgets a symbol that an input defines now, or that is removed. */
  void release(int symbol) {
    ScriptSymbols assigned = script;
    if (assigned != null) {
      assigned.release(symbol);
    }
    unbind(symbol);
  }

  private void unbind(int symbol) {
    int resolution = state.symbols.state(symbol);
    if (resolution != Symbols.SECTION_START && resolution != Symbols.SECTION_END) {
      return;
    }
    IntQueue boundaries = layout.section(state.symbols.atom(symbol)).boundaries;
    for (int i = 0; i < boundaries.size(); i++) {
      if (boundaries.get(i) == symbol) {
        boundaries.removeAt(i);
        state.headersDoubtful();
        return;
      }
    }
  }
}
