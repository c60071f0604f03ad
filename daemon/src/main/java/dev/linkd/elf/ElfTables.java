package dev.linkd.elf;

import dev.linkd.table.RowTable;

/** The synthetic tables of an image and the addresses of a symbol's slots in them. */
final class ElfTables {
  private final LinkState state;
  private final Got got;
  private final Plt plt;
  private final DynamicRelocations dynamicRelocations;
  private final SlotOwners slots;
  private final ThreadLocals threadLocals;

  ElfTables(
      LinkState state,
      Got got,
      Plt plt,
      DynamicRelocations dynamicRelocations,
      SlotOwners slots,
      ThreadLocals threadLocals) {
    this.state = state;
    this.got = got;
    this.plt = plt;
    this.dynamicRelocations = dynamicRelocations;
    this.slots = slots;
    this.threadLocals = threadLocals;
  }

  Got got() {
    return got;
  }

  Plt plt() {
    return plt;
  }

  DynamicRelocations dynamicRelocations() {
    return dynamicRelocations;
  }

  SlotOwners slots() {
    return slots;
  }

  ThreadLocals threadLocals() {
    return threadLocals;
  }

  /** Address that {@code _GLOBAL_OFFSET_TABLE_} stands for. */
  long gotBase() {
    plt.requireBase();
    return plt.words().address;
  }

  long got(int symbol) {
    return got.address(slot(symbol, Extras.GOT_SLOT));
  }

  long gotTp(int symbol) {
    return got.address(slot(symbol, Extras.TP_SLOT));
  }

  long gotGd(int symbol) {
    return got.address(slot(symbol, Extras.GD_SLOT));
  }

  long gotDescriptor(int symbol) {
    return got.address(slot(symbol, Extras.DESC_SLOT));
  }

  long gotLd() {
    return got.address(slots.localDynamicSlot());
  }

  private int slot(int symbol, int field) {
    int extra = state.symbols.extra(symbol);
    int slot = extra == RowTable.NONE ? RowTable.NONE : state.extras.get(extra, field);
    if (slot == RowTable.NONE) {
      throw new IllegalStateException("no slot for symbol " + state.name(symbol));
    }
    return slot;
  }
}
