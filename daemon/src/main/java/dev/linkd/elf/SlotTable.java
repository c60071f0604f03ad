package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * A table of equal entries in a section of its own. Slots keep their numbers; a freed one is given
 * again. What stands in a free slot is the business of the table's owner.
 */
final class SlotTable {
  private final LinkState state;
  private final Layout layout;
  final OutputSection section;
  private final int entryBytes;
  private int reservedBytes;

  /** Free slots, last freed first. */
  private final IntQueue free = new IntQueue();

  /** Slots ever used: the length of the table. */
  private int length;

  /**
   * @param reservedBytes bytes before slot 0
   */
  SlotTable(
      LinkState state, Layout layout, OutputSection section, int entryBytes, int reservedBytes) {
    this.state = state;
    this.layout = layout;
    this.section = section;
    this.entryBytes = entryBytes;
    this.reservedBytes = reservedBytes;
  }

  /** Changes the room before slot 0, and with it the place of every slot. */
  void reserve(int bytes) {
    reservedBytes = bytes;
    if (section.tableSize > 0) {
      layout.resizeTable(section, reservedBytes + (long) length * entryBytes);
    }
  }

  int allocate() {
    state.work.slots++;
    return free.isEmpty() ? append(1) : free.removeLast();
  }

  /** Adds slots at the end, contiguous. */
  int append(int count) {
    int slot = length;
    length += count;
    layout.resizeTable(section, reservedBytes + (long) length * entryBytes);
    return slot;
  }

  /** Makes the slot available; its bytes stay until the owner writes them. */
  void free(int slot) {
    state.work.slots++;
    free.add(slot);
  }

  int length() {
    return length;
  }

  int live() {
    return length - free.size();
  }

  IntQueue freeSlots() {
    return free;
  }

  /** Empties a table without live slots. */
  void reset() {
    length = 0;
    free.clear();
    section.tableSize = 0;
    state.headersDoubtful();
  }

  long address(int slot) {
    return section.address + reservedBytes + (long) slot * entryBytes;
  }

  /** Offset of a slot in the image. */
  long position(int slot) {
    return state.file.position(section.node) + reservedBytes + (long) slot * entryBytes;
  }

  MemorySegment image() {
    return state.file.image();
  }

  /** Notes that a slot's bytes were written. */
  void written(int slot) {
    long position = position(slot);
    state.file.dirty(position, position + entryBytes);
    state.work.slots++;
  }

  void putLong(int slot, long value) {
    Segments.setLong(image(), position(slot), value);
    written(slot);
  }
}
