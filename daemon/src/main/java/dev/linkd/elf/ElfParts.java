package dev.linkd.elf;

import dev.linkd.object.LayoutScript;
import dev.linkd.symbol.Symbols;
import org.jspecify.annotations.Nullable;

/** The parts of an ELF output, made in the order in which they depend on each other. */
final class ElfParts {
  final LinkState state;
  final Layout layout;
  final Got got;
  final Plt plt;
  final DynamicRelocations dynamicRelocations;
  final ThreadLocals threadLocals;
  final PropertySection properties;
  final SlotOwners slots;
  final SymbolView view;
  final ElfTables tables;
  final RelaxationChoice relaxations;
  final RelocationNeeds needs;
  final LinkOrder linkOrder;
  final RelocationWriter writer;
  final UndefinedSymbols undefined;
  final AtomEditor editor;
  final SharedPieces shared;
  final MergedStrings strings;
  final StreamSymbols streamSymbols;
  final SymbolWarnings warnings;
  final UnwindTable unwindTable;
  final Input linkerInput;
  final Wrapping wrapping;
  final LinkerSymbols linkerSymbols;
  final DemandedSymbols demanded;
  final DefinedSymbols definedSymbols;
  final Commons commons;
  final Providers providers;
  final Copies copies;
  final LibraryReferences libraryReferences;
  final ExportChoice exports;
  final SymbolTable symbolTable;
  final Resolver resolver;
  final SlotWriter slotWriter;
  final ImageHeaders headers;

  /** Null in images that no dynamic linker processes. */
  final @Nullable DynamicSymbolTable dynamicSymbols;

  final @Nullable DynamicSection dynamicSection;

  /** Null unless the image keeps the relocations of its inputs. */
  final @Nullable EmittedRelocations emittedRelocations;

  /** Null when the output carries no identity. */
  final @Nullable BuildIdNote buildId;

  /** Null when sections of the same meaning stay apart. */
  final @Nullable Folding folding;

  /** Null without a linker script. */
  final @Nullable ScriptEvaluator script;

  final StackNotes stackNotes;

  final EntryPoint entry;

  ElfParts(LinkState state) {
    this.state = state;
    boolean dynamic = state.spec.kind().dynamic();
    layout = new Layout(state);
    OutputSection dynamicRow =
        dynamic ? DynamicSection.create(layout, state.spec.dynamic().tags().readOnly()) : null;
    got = new Got(state, layout);
    // In the order of GNU ld: some readers look for copies in the first relocation section only.
    dynamicRelocations = new DynamicRelocations(state, layout);
    plt = new Plt(state, layout);
    threadLocals = new ThreadLocals(layout);
    properties = new PropertySection(state, layout);
    slots = new SlotOwners(state, got, plt, dynamicRelocations);
    providers = new Providers(state);
    exports = new ExportChoice(state, providers);
    libraryReferences = new LibraryReferences(state, providers);
    view = new SymbolView(state, layout, plt, exports);
    tables = new ElfTables(state, got, plt, dynamicRelocations, slots, threadLocals);
    relaxations = new RelaxationChoice(state, view);
    linkOrder = new LinkOrder(state, layout);
    needs =
        new RelocationNeeds(state, layout, view, relaxations, slots, dynamicRelocations, linkOrder);
    unwindTable = new UnwindTable(state, layout);
    SourcePlaces places = new SourcePlaces(state);
    undefined = new UndefinedSymbols(state, places, new SpellingHints(state, providers));
    writer =
        new RelocationWriter(
            state,
            layout,
            view,
            relaxations,
            tables,
            unwindTable,
            new RelocationFaults(state, layout, view, relaxations, providers, places, undefined));
    editor = new AtomEditor(state, layout, needs);
    shared = new SharedPieces(state, editor);
    strings = new MergedStrings(state, layout);
    streamSymbols = new StreamSymbols(state);
    warnings = new SymbolWarnings(state);
    editor.setRemovalListener(
        atom -> {
          unwindTable.removed(atom);
          linkOrder.leaving(atom);
          state.room.gone(atom);
        });
    editor.setArrivalListener(linkOrder::arrived);
    linkerInput = state.inputs.add((number, order) -> new Input(number, "<linker>", order));
    state.linkerInput = linkerInput.number;
    if (linkerInput.number != Inputs.LINKER) {
      throw new IllegalStateException("the linker is not the first input");
    }
    wrapping = new Wrapping(state);
    demanded = new DemandedSymbols(state);
    definedSymbols = new DefinedSymbols(state, view, streamSymbols, demanded, linkerInput);
    commons = new Commons(state, layout, editor, linkerInput);
    copies = new Copies(state, layout, editor, providers, dynamicRelocations, linkerInput);
    dynamicSymbols =
        dynamicRow == null ? null : new DynamicSymbolTable(state, layout, view, providers, exports);
    // Behind the dynamic one: chrpath looks for names in the first string table.
    symbolTable = new SymbolTable(state, layout, view);
    slotWriter = new SlotWriter(state, view, tables);
    if (dynamicRow != null && dynamicSymbols != null) {
      dynamicSection =
          new DynamicSection(state, layout, view, tables, dynamicSymbols, needs, dynamicRow);
      dynamicRelocations.section().link = dynamicSymbols.section;
      plt.relocations().link = dynamicSymbols.section;
    } else {
      if (!state.spec.stripping().all()) {
        plt.relocations().link = symbolTable.section();
      }
      dynamicSection = null;
    }
    if (!state.spec.dynamic().tags().metadata().isEmpty()) {
      PackageNote.add(state, layout);
    }
    boolean emitted = state.spec.relocatable().keepRelocations() && !state.spec.stripping().all();
    emittedRelocations =
        emitted ? new EmittedRelocations(state, layout, symbolTable, strings, relaxations) : null;
    buildId = BuildIdNote.wanted(state, layout) ? new BuildIdNote(state, layout) : null;
    LayoutScript commands = layout.commands();
    ScriptSymbols scriptSymbols = commands == null ? null : new ScriptSymbols(state, commands);
    script =
        commands == null || scriptSymbols == null
            ? null
            : new ScriptEvaluator(state, layout, view, commands, scriptSymbols);
    ScriptPlacement placement = script == null ? null : script.placement();
    ScriptImage image = placement == null ? null : placement.image();
    stackNotes = new StackNotes(state);
    String start = state.spec.entry();
    entry = new EntryPoint(state, view, start.isEmpty() ? Symbols.NONE : demanded.pin(start));
    headers = new ImageHeaders(state, layout, entry, threadLocals, symbolTable, stackNotes, image);
    linkerSymbols = new LinkerSymbols(state, layout, plt, exports, dynamicRow, scriptSymbols);
    resolver =
        new Resolver(
            state, commons, linkerSymbols, providers, symbolTable, exports, dynamicSymbols, places);
    if (state.spec.sections().collect()) {
      LiveRoots roots = new LiveRoots(state, layout, dynamicSymbols);
      state.marking = new Liveness(state, layout, editor, roots);
    }
    folding =
        state.spec.sections().folding().any()
            ? new Folding(state, layout, view, editor, dynamicSymbols)
            : null;
  }

  /** Bytes of memory beside the tables of the state. */
  long bytes() {
    return shared.bytes() + unwindTable.bytes();
  }

  void close() {
    shared.close();
    unwindTable.close();
  }
}
