package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.output.OutputKind;
import dev.linkd.symbol.Symbols;

/** Writes the contents of a symbol's slots once its resolution has settled. */
final class SlotWriter {

  private static final int NONE = -1;
  private static final long EXECUTABLE_MODULE = 1;

  private final LinkState state;
  private final SymbolView view;
  private final ElfTables tables;
  private final Extras extras;
  private final OutputKind kind;

  SlotWriter(LinkState state, SymbolView view, ElfTables tables) {
    this.state = state;
    this.view = view;
    this.tables = tables;
    this.extras = state.extras;
    this.kind = state.spec.kind();
  }

  void write(int extra) {
    int symbol = extras.get(extra, Extras.SYMBOL);
    state.work.slots++;
    if (extras.get(extra, Extras.GOT_SLOT) != NONE) {
      writeAddress(extra, symbol);
    }
    if (extras.get(extra, Extras.TP_SLOT) != NONE) {
      writeThreadOffset(extra, symbol);
    }
    if (extras.get(extra, Extras.GD_SLOT) != NONE) {
      writeModuleAndOffset(extra, symbol);
    }
    if (extras.get(extra, Extras.DESC_SLOT) != NONE) {
      writeDescriptor(extra, symbol);
    }
    if (extras.get(extra, Extras.PLT_SLOT) != NONE) {
      writeEntry(extra, symbol);
    }
    if (extras.get(extra, Extras.COPY_ATOM) != NONE
        && state.symbols.state(symbol) == Symbols.IMPORTED) {
      int slot = extras.get(extra, Extras.COPY_DYNAMIC);
      tables.dynamicRelocations().put(slot, view.address(symbol), R_X86_64_COPY, index(extra), 0);
    }
  }

  private void writeEntry(int extra, int symbol) {
    int slot = extras.get(extra, Extras.PLT_SLOT);
    if (view.indirect(symbol)) {
      tables.plt().putIndirect(slot, view.definedAddress(symbol));
    } else {
      tables.plt().put(slot, index(extra));
    }
  }

  private int index(int extra) {
    return Math.max(0, extras.get(extra, Extras.DYNAMIC_INDEX));
  }

  private void writeAddress(int extra, int symbol) {
    int slot = extras.get(extra, Extras.GOT_SLOT);
    long place = tables.got().address(slot);
    boolean dynamic = extras.get(extra, Extras.DYNAMIC_LIST) != NONE && view.dynamic(symbol);
    boolean relative = !dynamic && kind.positionIndependent() && !view.absolute(symbol);
    long address = dynamic ? 0 : view.address(symbol);
    tables.got().put(slot, address);
    int relocation = dynamicSlot(extra, Extras.GOT_DYNAMIC, dynamic || relative, relative);
    if (dynamic) {
      tables.dynamicRelocations().put(relocation, place, R_X86_64_GLOB_DAT, index(extra), 0);
    } else if (relative) {
      tables.dynamicRelocations().put(relocation, place, R_X86_64_RELATIVE, 0, address);
    }
  }

  private void writeThreadOffset(int extra, int symbol) {
    int slot = extras.get(extra, Extras.TP_SLOT);
    long place = tables.got().address(slot);
    boolean dynamic = view.dynamic(symbol);
    boolean loader = dynamic || kind == OutputKind.SHARED_LIBRARY;
    ThreadLocals block = tables.threadLocals();
    long offset = view.address(symbol) - block.threadPointer();
    tables.got().put(slot, loader || view.undefined(symbol) ? 0 : offset);
    int relocation = dynamicSlot(extra, Extras.TP_DYNAMIC, loader);
    if (loader) {
      long addend = dynamic ? 0 : view.address(symbol) - block.start();
      int index = dynamic ? index(extra) : 0;
      tables.dynamicRelocations().put(relocation, place, R_X86_64_TPOFF64, index, addend);
    }
  }

  /** The executable is module 1 in every process, so only a library has to be told its number. */
  private void writeModuleAndOffset(int extra, int symbol) {
    int slot = extras.get(extra, Extras.GD_SLOT);
    Got got = tables.got();
    boolean dynamic = view.dynamic(symbol);
    boolean loader = dynamic || kind == OutputKind.SHARED_LIBRARY;
    int index = dynamic ? index(extra) : 0;
    long offset = dynamic ? 0 : view.address(symbol) - tables.threadLocals().start();
    got.put(slot, loader ? 0 : EXECUTABLE_MODULE);
    got.put(slot + 1, offset);
    int module = dynamicSlot(extra, Extras.GD_DYNAMIC, loader);
    DynamicRelocations relocations = tables.dynamicRelocations();
    if (loader) {
      relocations.put(module, got.address(slot), R_X86_64_DTPMOD64, index, 0);
    }
    int second = dynamicSlot(extra, Extras.GD_DYNAMIC_OFFSET, dynamic);
    if (dynamic) {
      relocations.put(second, got.address(slot + 1), R_X86_64_DTPOFF64, index, 0);
    }
  }

  /** The dynamic linker chooses how the descriptor is resolved, also for symbols of this module. */
  private void writeDescriptor(int extra, int symbol) {
    int slot = extras.get(extra, Extras.DESC_SLOT);
    boolean dynamic = view.dynamic(symbol);
    long addend = dynamic ? 0 : view.address(symbol) - tables.threadLocals().start();
    tables.got().put(slot, 0);
    tables.got().put(slot + 1, 0);
    int relocation = dynamicSlot(extra, Extras.DESC_DYNAMIC, true);
    long place = tables.got().address(slot);
    int index = dynamic ? index(extra) : 0;
    tables.dynamicRelocations().put(relocation, place, R_X86_64_TLSDESC, index, addend);
  }

  /**
   * The pair of the local-dynamic model. In an executable most sequences become local exec, and the
   * offsets that follow them count from the thread pointer; a sequence that stays gets the same
   * base by an offset in the pair.
   */
  void writeLocalDynamic() {
    int slot = tables.slots().localDynamicSlot();
    if (slot == NONE) {
      return;
    }
    Got got = tables.got();
    if (kind.executable()) {
      ThreadLocals block = tables.threadLocals();
      got.put(slot, EXECUTABLE_MODULE);
      got.put(slot + 1, block.threadPointer() - block.start());
      return;
    }
    got.put(slot, 0);
    got.put(slot + 1, 0);
    int relocation = tables.slots().localDynamicRelocation();
    tables.dynamicRelocations().put(relocation, got.address(slot), R_X86_64_DTPMOD64, 0, 0);
  }

  /** Gives or takes the dynamic relocation of a slot. */
  private int dynamicSlot(int extra, int field, boolean wanted) {
    return dynamicSlot(extra, field, wanted, false);
  }

  private int dynamicSlot(int extra, int field, boolean wanted, boolean relative) {
    DynamicRelocations relocations = tables.dynamicRelocations();
    int before = extras.get(extra, field);
    int slot = before;
    if (slot != NONE && !(wanted && relocations.suits(slot, relative))) {
      relocations.free(slot);
      slot = NONE;
    }
    if (wanted && slot == NONE) {
      slot = relative ? relocations.allocateRelative() : relocations.allocate();
    }
    if (slot != before) {
      extras.set(extra, field, slot);
    }
    return slot;
  }
}
