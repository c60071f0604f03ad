package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.output.RelativePacking;
import org.jspecify.annotations.Nullable;

/**
 * {@code .rela.dyn}. Slots are stable and a free one holds R_X86_64_NONE, which dynamic linkers
 * skip anywhere as long as DT_RELACOUNT, which promises an uninterrupted run of RELATIVE entries,
 * is not given.
 */
final class DynamicRelocations {
  /** Marks slots of {@code .relr.dyn}. */
  private static final int PACKED = 1 << 30;

  private final SlotTable table;

  /** Takes relative relocations; null when they are not packed. */
  private final @Nullable RelativeRelocations relative;

  DynamicRelocations(LinkState state, Layout layout) {
    OutputSection section =
        layout.table(".rela.dyn", SHT_RELA, SHF_ALLOC, SegmentKind.TABLES, RELA_SIZE);
    this.table = new SlotTable(state, layout, section, RELA_SIZE, 0);
    boolean packs =
        state.spec.dynamic().tags().packing() != RelativePacking.NONE
            && state.spec.kind().positionIndependent()
            && !layout.scripted();
    this.relative = packs ? new RelativeRelocations(state, layout) : null;
  }

  OutputSection section() {
    return table.section;
  }

  /** {@code .relr.dyn}, null when relative relocations are not packed. */
  @Nullable RelativeRelocations relative() {
    return relative;
  }

  int allocate() {
    return table.allocate();
  }

  /** A slot for a relative relocation at a multiple of eight. */
  int allocateRelative() {
    RelativeRelocations packed = relative;
    return packed == null ? table.allocate() : PACKED | packed.allocate();
  }

  /** Whether a slot has to be given back before it holds a relocation of the other kind. */
  boolean suits(int slot, boolean relativePlace) {
    return relative == null || ((slot & PACKED) != 0) == relativePlace;
  }

  void free(int slot) {
    RelativeRelocations packed = relative;
    if (packed != null && (slot & PACKED) != 0) {
      packed.free(slot & ~PACKED);
      return;
    }
    RelaDescriptor.put(table.image(), table.position(slot), 0, 0, 0);
    table.written(slot);
    table.free(slot);
    if (table.live() == 0) {
      table.reset();
    }
  }

  void put(int slot, long offset, int kind, int dynamicSymbol, long addend) {
    RelativeRelocations packed = relative;
    if (packed != null && (slot & PACKED) != 0) {
      packed.put(slot & ~PACKED, offset);
      return;
    }
    long info = RelaDescriptor.info(dynamicSymbol, kind);
    RelaDescriptor.put(table.image(), table.position(slot), offset, info, addend);
    table.written(slot);
  }

  long size() {
    return table.section.tableSize;
  }
}
