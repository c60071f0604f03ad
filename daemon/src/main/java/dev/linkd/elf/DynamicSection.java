package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.output.DynamicRules;
import dev.linkd.output.ModuleTags;
import dev.linkd.output.OutputKind;
import dev.linkd.output.RelativePacking;
import dev.linkd.output.SymbolBinding;
import dev.linkd.symbol.Symbols;

/**
 * {@code .dynamic} and {@code .interp}: built when something that they say is doubtful, and written
 * where they differ.
 */
final class DynamicSection {
  private static final int NONE = -1;

  /** So many addresses in read-only memory are shown. */
  private static final int TEXT_PLACES_MAX = 5;

  private final LinkState state;
  private final Layout layout;
  private final SymbolView view;
  private final ElfTables tables;
  private final DynamicSymbolTable symbols;
  private final ModuleTags tags;
  private final RelocationNeeds needs;
  private final ByteBuilder bytes = new ByteBuilder();
  private final int initName;
  private final int finiName;
  final OutputSection section;

  /** {@link LinkState#shape} and the two functions when the section was written last. */
  private long writtenShape = -1;

  private long writtenInit;
  private long writtenFini;

  DynamicSection(
      LinkState state,
      Layout layout,
      SymbolView view,
      ElfTables tables,
      DynamicSymbolTable symbols,
      RelocationNeeds needs,
      OutputSection section) {
    this.needs = needs;
    this.state = state;
    this.layout = layout;
    this.view = view;
    this.tables = tables;
    this.symbols = symbols;
    this.tags = state.spec.dynamic().tags();
    this.section = section;
    section.link = symbols.strings;
    initName = keep(tags.init());
    finiName = keep(tags.fini());
    if (!state.spec.interpreter().isEmpty()) {
      bytes.putString(state.spec.interpreter());
      OutputSection interpreter = FirstPage.last(state, layout, ".interp", bytes.size());
      interpreter.alignmentLog2 = 0;
      bytes.writeTo(state, layout, interpreter);
    }
  }

  /** Warns of addresses in read-only memory, when that is asked for. */
  void report() {
    if (needs.textRelocations().isEmpty() || tags.text() != ModuleTags.TextRelocations.WARNED) {
      return;
    }
    needs.textRelocations().stream().limit(TEXT_PLACES_MAX).forEach(this::reportText);
    String what = state.spec.kind() == OutputKind.SHARED_LIBRARY ? "shared object" : "PIE";
    state.problems.add(
        Diagnostic.warning(
            Code.RELOCATION_NOT_ALLOWED,
            Place.NONE,
            "creating a DT_TEXTREL in an output file, a " + what));
  }

  private void reportText(int row) {
    int atom = state.relocations.atom(row);
    String symbol = state.name(state.relocations.symbol(row)).replace('\0', ' ');
    Place place =
        new Place(
            state.inputs.get(state.atoms.input(atom)).name,
            state.names.string(state.atoms.sectionName(atom)),
            symbol,
            state.relocations.offset(row));
    state.problems.add(
        Diagnostic.warning(
            Code.RELOCATION_NOT_ALLOWED,
            place,
            "relocation against symbol `" + symbol + "' in read-only section"));
  }

  static OutputSection create(Layout layout, boolean readOnly) {
    return readOnly
        ? layout.table(".dynamic", SHT_DYNAMIC, SHF_ALLOC, SegmentKind.TABLES, DYN_SIZE)
        : layout.table(".dynamic", SHT_DYNAMIC, SHF_ALLOC | SHF_WRITE, SegmentKind.RELRO, DYN_SIZE);
  }

  private int keep(String name) {
    int id = state.names.intern(name);
    state.names.retain(id);
    return id;
  }

  void write() {
    long init = address(initName);
    long fini = address(finiName);
    if (state.shape() == writtenShape && init == writtenInit && fini == writtenFini) {
      return;
    }
    build(init, fini);
    bytes.writeTo(state, layout, section);
    writtenShape = state.shape();
    writtenInit = init;
    writtenFini = fini;
  }

  /** Whether the image holds something else than what belongs there. */
  boolean stale() {
    build(address(initName), address(finiName));
    return !bytes.equal(state, section);
  }

  private void build(long init, long fini) {
    bytes.clear();
    for (int offset : symbols.needed()) {
      put(DT_NEEDED, offset);
    }
    for (DynamicTexts.Entry entry : symbols.texts().entries()) {
      put(entry.tag(), entry.offset());
    }
    initialisers(init, fini);
    if (symbols.sysvHash != null) {
      put(DT_HASH, symbols.sysvHash.section);
    }
    if (symbols.hash != null) {
      put(DT_GNU_HASH, symbols.hash);
    }
    put(DT_STRTAB, symbols.strings);
    put(DT_SYMTAB, symbols.section);
    put(DT_STRSZ, layout.size(symbols.strings));
    put(DT_SYMENT, SYM_SIZE);
    if (state.spec.kind().executable() && !tags.readOnly()) {
      put(DT_DEBUG, 0);
    }
    linkage();
    flags();
    versions();
    for (int i = 0; i <= tags.spare(); i++) {
      put(DT_NULL, 0);
    }
  }

  private void versions() {
    VersionTables tables = symbols.versionTables;
    if (tables.defined().count() > 0 && !tables.defined().section.discarded) {
      put(DT_VERDEF, tables.defined().section.address);
      put(DT_VERDEFNUM, tables.defined().count());
    }
    if (tables.needs() > 0 && !tables.needs.discarded) {
      put(DT_VERNEED, tables.needs.address);
      put(DT_VERNEEDNUM, tables.needs());
    }
    if (tables.used()) {
      put(DT_VERSYM, tables.versions);
    }
  }

  private void initialisers(long init, long fini) {
    if (init != NONE) {
      put(DT_INIT, init);
    }
    if (fini != NONE) {
      put(DT_FINI, fini);
    }
    array(".preinit_array", DT_PREINIT_ARRAY, DT_PREINIT_ARRAYSZ);
    array(".init_array", DT_INIT_ARRAY, DT_INIT_ARRAYSZ);
    array(".fini_array", DT_FINI_ARRAY, DT_FINI_ARRAYSZ);
  }

  /** Address of a function of this image, NONE when it has none of that name. */
  private long address(int name) {
    int symbol = state.global(name);
    boolean defined = symbol >= 0 && state.symbols.state(symbol) == Symbols.DEFINED;
    return defined ? view.address(symbol) : NONE;
  }

  private void array(String name, long address, long size) {
    OutputSection array = layout.find(name);
    if (array != null && layout.size(array) > 0) {
      put(address, array.address);
      put(size, layout.size(array));
    }
  }

  private void linkage() {
    Plt plt = tables.plt();
    if (plt.used()) {
      put(DT_PLTGOT, plt.words());
    }
    if (plt.used() && !plt.relocations().discarded) {
      put(DT_PLTRELSZ, layout.size(plt.relocations()));
      put(DT_PLTREL, DT_RELA);
      put(DT_JMPREL, plt.relocations().address);
    }
    DynamicRelocations relocations = tables.dynamicRelocations();
    if (relocations.size() > 0 && !relocations.section().discarded) {
      put(DT_RELA, relocations.section().address);
      put(DT_RELASZ, relocations.size());
      put(DT_RELAENT, RELA_SIZE);
    }
    RelativeRelocations relative = relocations.relative();
    if (relative != null && relative.size() > 0 && !relative.section().discarded) {
      boolean android = tags.packing() == RelativePacking.ANDROID;
      put(android ? DT_ANDROID_RELR : DT_RELR, relative.section().address);
      put(android ? DT_ANDROID_RELRSZ : DT_RELRSZ, relative.size());
      put(android ? DT_ANDROID_RELRENT : DT_RELRENT, Long.BYTES);
    }
  }

  private void flags() {
    OutputKind kind = state.spec.kind();
    DynamicRules rules = state.spec.dynamic();
    long flags = rules.tags().flags() | (rules.bindNow() ? DF_BIND_NOW : 0);
    long flags1 = rules.tags().flags1() | (rules.bindNow() ? DF_1_NOW : 0);
    boolean library = kind == OutputKind.SHARED_LIBRARY;
    if (library && rules.exports().binding() == SymbolBinding.ALL) {
      put(DT_SYMBOLIC, 0);
      flags |= DF_SYMBOLIC;
    }
    if (kind == OutputKind.PIE || kind == OutputKind.STATIC_PIE) {
      flags1 |= DF_1_PIE;
    }
    if (tables.slots().staticThreadLocals()) {
      flags |= DF_STATIC_TLS;
    }
    if (!needs.textRelocations().isEmpty()) {
      put(DT_TEXTREL, 0);
      flags |= DF_TEXTREL;
    }
    if (flags != 0) {
      put(DT_FLAGS, flags);
    }
    if (flags1 != 0) {
      put(DT_FLAGS_1, flags1);
    }
    if (rules.tags().unique()) {
      put(DT_GNU_FLAGS_1, DF_GNU_1_UNIQUE);
    }
  }

  private void put(long tag, OutputSection table) {
    if (!table.discarded) {
      put(tag, table.address);
    }
  }

  private void put(long tag, long value) {
    bytes.putLong(tag).putLong(value);
  }
}
