package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.elf.x86_64.Relaxation;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Symbols;
import java.util.ArrayList;
import java.util.List;

/**
 * The relocations of the inputs in sections of the linked image, for tools that take it apart
 * ({@code --emit-relocs}); those of instructions that no longer use the GOT as they are now. Built
 * anew at every settle, since numbers in {@code .symtab} change.
 */
final class EmittedRelocations {

  private static final int NONE = -1;

  /** A section, its relocations, and the symbol that stands for it. */
  private record Target(OutputSection section, OutputSection list, int symbol) {}

  private final LinkState state;
  private final Layout layout;
  private final SymbolTable table;
  private final MergedStrings strings;
  private final RelaxationChoice relaxations;

  /** By section number. */
  private final List<Target> targets = new ArrayList<>();

  private final IntMap bySection = new IntMap();
  private final ByteBuilder bytes = new ByteBuilder();

  EmittedRelocations(
      LinkState state,
      Layout layout,
      SymbolTable table,
      MergedStrings strings,
      RelaxationChoice relaxations) {
    this.state = state;
    this.layout = layout;
    this.table = table;
    this.strings = strings;
    this.relaxations = relaxations;
  }

  /** Adds tables and symbols for sections that are new. */
  void prepare() {
    for (OutputSection section : List.copyOf(layout.sections())) {
      if (section.atoms > 0 && bySection.get(section.number) == NONE) {
        OutputSection list =
            layout.table(".rela" + section.name, SHT_RELA, SHF_INFO_LINK, null, RELA_SIZE);
        list.link = table.section();
        list.info = section;
        bySection.put(section.number, targets.size());
        targets.add(new Target(section, list, sectionSymbol(section)));
      }
    }
  }

  private int sectionSymbol(OutputSection section) {
    int name = state.names.intern("\0section " + section.number);
    int symbol = state.symbols.add(name, Scopes.local(Inputs.LINKER));
    state.names.retain(name);
    state.symbols.setFlag(symbol, Symbols.PINNED, true);
    state.symbols.resolve(symbol, Symbols.SECTION_START, section.number, 0, 0, STT_SECTION);
    section.boundaries.add(symbol);
    state.queueRow(symbol);
    return symbol;
  }

  /** Writes all tables. */
  void write() {
    for (Target target : targets) {
      bytes.clear();
      OutputSection section = target.section();
      for (int node = state.file.first(section.node); node != NONE; node = state.file.next(node)) {
        int owner = state.file.owner(node);
        if (Owners.isAtom(owner)) {
          atom(owner);
        }
      }
      target.list().omitted = bytes.size() == 0;
      bytes.writeTo(state, layout, target.list());
    }
  }

  private void atom(int atom) {
    Relocations relocations = state.relocations;
    long start = layout.address(atom);
    int first = state.atoms.firstRelocation(atom);
    for (int row = first; row < first + state.atoms.relocations(atom); row++) {
      if (relocations.kind(row) != Unwind.CIE_POINTER) {
        relocation(row, start + relocations.offset(row));
      }
    }
  }

  /** A symbol that is not in the table is named by its section and the distance from its start. */
  private void relocation(int row, long place) {
    Symbols symbols = state.symbols;
    int symbol = state.relocations.symbol(row);
    long addend = state.relocations.addend(row);
    int slot = symbols.slot(symbol);
    if (slot == NONE && symbols.state(symbol) == Symbols.DEFINED && !state.buried(symbol)) {
      int atom = state.home(symbols.atom(symbol));
      int target = bySection.get(state.atoms.section(atom));
      OutputSection home = layout.section(state.atoms.section(atom));
      slot = target == NONE ? 0 : symbols.slot(targets.get(target).symbol());
      addend += layout.address(atom) - home.address + symbols.value(symbol);
    }
    int pool = slot == NONE ? strings.poolOf(symbol) : NONE;
    if (pool != NONE) {
      int target = bySection.get(strings.pool(pool).section().number);
      slot = target == NONE ? 0 : symbols.slot(targets.get(target).symbol());
    }
    int kind = state.relocations.kind(row);
    Relaxation form = RelaxationChoice.throughGot(kind) ? relaxations.of(row) : Relaxation.NONE;
    bytes.putLong(place + form.fieldShift());
    bytes.putLong(
        RelaDescriptor.info(Math.max(0, slot), form == Relaxation.NONE ? kind : form.kind()));
    bytes.putLong(addend + form.addendShift());
  }
}
