package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

/**
 * {@code .rela.dyn}. Slots are stable and a free one holds R_X86_64_NONE, which dynamic linkers
 * skip anywhere as long as DT_RELACOUNT, which promises an uninterrupted run of RELATIVE entries,
 * is not given.
 */
final class DynamicRelocations {
  private final SlotTable table;

  DynamicRelocations(LinkState state, Layout layout) {
    OutputSection section =
        layout.table(".rela.dyn", SHT_RELA, SHF_ALLOC, SegmentKind.TABLES, RELA_SIZE);
    this.table = new SlotTable(state, layout, section, RELA_SIZE, 0);
  }

  OutputSection section() {
    return table.section;
  }

  int allocate() {
    return table.allocate();
  }

  void free(int slot) {
    RelaDescriptor.put(table.image(), table.position(slot), 0, 0, 0);
    table.written(slot);
    table.free(slot);
    if (table.live() == 0) {
      table.reset();
    }
  }

  void put(int slot, long offset, int kind, int dynamicSymbol, long addend) {
    long info = RelaDescriptor.info(dynamicSymbol, kind);
    RelaDescriptor.put(table.image(), table.position(slot), offset, info, addend);
    table.written(slot);
  }

  long size() {
    return table.section.tableSize;
  }
}
