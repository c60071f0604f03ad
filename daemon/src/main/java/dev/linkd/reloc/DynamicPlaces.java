package dev.linkd.reloc;

import dev.linkd.table.RowTable;

/**
 * Where relocations are that the dynamic linker applies, too.
 *
 * <pre>
 * 0 offset in the atom    4 slot in the dynamic relocation table
 * </pre>
 */
final class DynamicPlaces extends RowTable {
  private static final int ROW_BYTES = 8;
  private static final int OFFSET = 0;
  private static final int SLOT = 4;

  DynamicPlaces(int maxRows) {
    super("dynamic places", ROW_BYTES, maxRows);
  }

  int add(int offset, int slot) {
    int row = allocate();
    setOffset(row, offset);
    setSlot(row, slot);
    return row;
  }

  int offset(int row) {
    return rows.getInt(at(row) + OFFSET);
  }

  void setOffset(int row, int offset) {
    rows.setInt(at(row) + OFFSET, offset);
  }

  int slot(int row) {
    return rows.getInt(at(row) + SLOT);
  }

  void setSlot(int row, int slot) {
    rows.setInt(at(row) + SLOT, slot);
  }
}
