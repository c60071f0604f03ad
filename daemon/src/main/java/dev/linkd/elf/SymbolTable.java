package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.output.Stripping;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Symbols;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.util.Set;

/**
 * {@code .symtab} and {@code .strtab}. Locals come first, as the gABI demands, and there are no
 * holes: adding a local sends the first global to the end, and removing one lets the last local and
 * the last global each fill a hole. So every change touches at most three entries.
 */
final class SymbolTable {

  private static final int NONE = -1;

  private final LinkState state;
  private final Layout layout;
  private final SymbolView view;
  private final Symbols symbols;
  private final OutputSection section;
  private final StringTableImage strings;
  private final Prefetch prefetch;

  private final Stripping stripping;

  /** Names of the global symbols that stay; used only when not all do. */
  private final IntSet retained = new IntSet();

  /** Symbol of each entry; entry 0 is the null symbol. */
  private final IntQueue entries = new IntQueue();

  /** Index of the first global. */
  private int firstGlobal = 1;

  private boolean gnuExtensions;

  SymbolTable(LinkState state, Layout layout, SymbolView view) {
    this.state = state;
    this.layout = layout;
    this.view = view;
    this.symbols = state.symbols;
    this.section = layout.table(".symtab", SHT_SYMTAB, 0, null, SYM_SIZE);
    OutputSection names = layout.table(".strtab", SHT_STRTAB, 0, null, 0);
    names.alignmentLog2 = 0;
    section.link = names;
    this.stripping = state.spec.stripping();
    stripping.retained().ifPresent(this::retain);
    section.omitted = stripping.all();
    names.omitted = stripping.all();
    this.prefetch = new Prefetch(state);
    this.strings = new StringTableImage(new SectionStore(state, layout, names));
    entries.add(NONE);
    resize();
  }

  /** Whether an entry has used what only ELFOSABI_GNU defines; stays set. */
  boolean gnuExtensions() {
    return gnuExtensions;
  }

  OutputSection section() {
    return section;
  }

  /** Rewrites the rows of all queued symbols. */
  void drain() {
    IntQueue queue = state.tableQueue;
    int ahead = 0;
    for (int i = 0; i < queue.size(); i++) {
      if (i == ahead) {
        ahead += prefetch.touchNamed(queue, i);
      }
      int symbol = queue.get(i);
      symbols.setFlag(symbol, Symbols.TABLE_QUEUED, false);
      update(symbol);
      if (symbols.firstReference(symbol) == NONE && symbols.firstDefinition(symbol) == NONE) {
        state.queueSymbol(symbol);
      }
    }
    queue.clearAndShrink();
    if (section.infoValue != firstGlobal) {
      section.infoValue = firstGlobal;
      state.headersDoubtful();
    }
  }

  private void update(int symbol) {
    state.work.symbols++;
    boolean global = symbols.global(symbol);
    if (!wanted(symbol, global)) {
      remove(symbol);
      return;
    }
    boolean local = !global || hidden(symbol);
    int slot = symbols.slot(symbol);
    if (slot != NONE && (slot < firstGlobal) != local) {
      remove(symbol);
      slot = NONE;
    }
    if (slot == NONE) {
      add(symbol, local);
    } else {
      write(slot, symbol, SymDescriptor.name(image(), position(slot)));
    }
  }

  private boolean wanted(int symbol, boolean global) {
    int resolution = symbols.state(symbol);
    if (stripping.all()) {
      return false;
    }
    if (!global && symbols.flag(symbol, Symbols.PINNED)) {
      return true;
    }
    boolean listed =
        resolution == Symbols.UNDEFINED
            || stripping.retained().isEmpty()
            || (global && retained.contains(symbols.name(symbol)));
    if (!listed || state.buried(symbol)) {
      return false;
    }
    if (global) {
      if (view.versionAlias(symbol)) {
        return false;
      }
      return state.marking.collects() && !defined(resolution)
          ? symbols.extra(symbol) != NONE || referred(symbol)
          : resolution != Symbols.UNDEFINED
              || symbols.firstReference(symbol) != NONE
              || symbols.extra(symbol) != NONE;
    }
    int scope = symbols.scope(symbol);
    boolean anchor = Scopes.isAnchor(scope);
    if (anchor || resolution == Symbols.UNDEFINED) {
      return false;
    }
    return switch (stripping.locals()) {
      case KEPT -> true;
      case TEMPORARY_DISCARDED -> !temporary(symbol);
      case DISCARDED -> false;
    };
  }

  private void retain(Set<String> names) {
    for (String name : names) {
      int id = state.names.intern(name);
      state.names.retain(id);
      retained.add(id);
    }
  }

  private static boolean defined(int resolution) {
    return resolution != Symbols.UNDEFINED && resolution != Symbols.IMPORTED;
  }

  /** Whether something in the image refers to the symbol; what was found is found first again. */
  private boolean referred(int symbol) {
    Relocations relocations = state.relocations;
    int row = symbols.firstReference(symbol);
    for (; row != NONE; row = relocations.next(row)) {
      state.work.relocations++;
      if (state.placed(relocations.atom(row))) {
        relocations.moveToFront(row);
        return true;
      }
    }
    return false;
  }

  /** Names that begin with .L are the assembler's own. */
  private boolean temporary(int symbol) {
    int name = symbols.name(symbol);
    MemorySegment bytes = state.names.bytes();
    long at = state.names.offset(name);
    return state.names.length(name) >= 2
        && Segments.getByte(bytes, at) == '.'
        && Segments.getByte(bytes, at + 1) == 'L';
  }

  /** Hidden symbols of a linked image are local to it (gABI, symbol visibility). */
  private boolean hidden(int symbol) {
    int visibility = SymbolView.visibility(symbols.info(symbol));
    return symbols.state(symbol) != Symbols.UNDEFINED
        && (visibility == STV_HIDDEN || visibility == STV_INTERNAL);
  }

  private void add(int symbol, boolean local) {
    int slot = entries.size();
    entries.add(symbol);
    resize();
    if (local && slot > firstGlobal) {
      move(firstGlobal, slot);
      slot = firstGlobal;
      entries.set(slot, symbol);
    }
    if (local) {
      firstGlobal++;
    }
    symbols.setSlot(symbol, slot);
    int name = symbols.name(symbol);
    int length = nameLength(name);
    write(slot, symbol, strings.add(state.names.bytes(), state.names.offset(name), length));
  }

  /** Up to the NUL behind which equal local names of one input differ. */
  private int nameLength(int name) {
    MemorySegment bytes = state.names.bytes();
    long at = state.names.offset(name);
    int length = state.names.length(name);
    for (int i = 0; i < length; i++) {
      if (Segments.getByte(bytes, at + i) == 0) {
        return i;
      }
    }
    return length;
  }

  /** Takes a symbol out of the table, if it is there. */
  void remove(int symbol) {
    int hole = symbols.slot(symbol);
    if (hole == NONE) {
      return;
    }
    strings.release(SymDescriptor.name(image(), position(hole)));
    symbols.setSlot(symbol, NONE);
    if (hole < firstGlobal) {
      firstGlobal--;
      fill(hole, firstGlobal);
      hole = firstGlobal;
    }
    fill(hole, entries.size() - 1);
    entries.removeLast();
    resize();
  }

  private void fill(int hole, int from) {
    if (hole != from) {
      move(from, hole);
    }
  }

  private void move(int from, int to) {
    int symbol = entries.get(from);
    entries.set(to, symbol);
    symbols.setSlot(symbol, to);
    Segments.copy(image(), position(from), image(), position(to), SYM_SIZE);
    written(to);
  }

  private void write(int slot, int symbol, int name) {
    int info = symbols.info(symbol);
    int resolution = symbols.state(symbol);
    boolean local = slot < firstGlobal;
    int type = SymbolView.type(info);
    if (resolution == Symbols.IMPORTED && type == STT_GNU_IFUNC) {
      type = STT_FUNC;
    }
    int binding = local ? STB_LOCAL : binding(info);
    if (!gnuExtensions && (binding == STB_GNU_UNIQUE || type == STT_GNU_IFUNC)) {
      gnuExtensions = true;
      state.headersDoubtful();
    }
    boolean imported = resolution == Symbols.IMPORTED && !view.copied(symbol);
    long value = imported ? 0 : view.definedAddress(symbol);
    int index = index(symbol, resolution);
    long size = imported ? 0 : symbols.size(symbol);
    if (type == STT_TLS && index != SHN_UNDEF) {
      value -= layout.threadLocalStart();
    }
    SymDescriptor.put(
        image(),
        position(slot),
        name,
        binding << 4 | type,
        SymbolView.statedVisibility(info),
        index,
        value,
        size);
    written(slot);
  }

  private static int binding(int info) {
    int binding = SymbolView.binding(info);
    return binding == STB_LOCAL ? STB_GLOBAL : binding;
  }

  private int index(int symbol, int resolution) {
    int sectionNumber = view.section(symbol);
    if (sectionNumber != NONE) {
      return layout.section(sectionNumber).index;
    }
    return resolution == Symbols.ABSOLUTE ? SHN_ABS : SHN_UNDEF;
  }

  /** Section numbers changed: every entry has to be written again. */
  void renumbered() {
    for (int slot = 1; slot < entries.size(); slot++) {
      state.queueRow(entries.get(slot));
    }
  }

  private void resize() {
    layout.resizeTable(section, (long) entries.size() * SYM_SIZE);
  }

  private MemorySegment image() {
    return state.file.image();
  }

  private long position(int slot) {
    return state.file.position(section.node) + (long) slot * SYM_SIZE;
  }

  private void written(int slot) {
    long position = position(slot);
    state.file.dirty(position, position + SYM_SIZE);
    state.work.bytesWritten += SYM_SIZE;
  }
}
