package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

/**
 * {@code .got}: addresses, TP offsets and (module, offset) pairs that code loads. Single slots and
 * pairs are numbered in words of 8 bytes and reused separately.
 */
final class Got {
  private final SlotTable words;
  private final IntQueue freePairs = new IntQueue();

  Got(LinkState state, Layout layout) {
    OutputSection section =
        layout.table(".got", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, SegmentKind.RELRO, 8);
    this.words = new SlotTable(state, layout, section, Long.BYTES, 0);
  }

  OutputSection section() {
    return words.section;
  }

  int allocate() {
    return words.allocate();
  }

  void free(int slot) {
    words.putLong(slot, 0);
    words.free(slot);
  }

  int allocatePair() {
    return freePairs.isEmpty() ? words.append(2) : freePairs.removeLast();
  }

  void freePair(int slot) {
    words.putLong(slot, 0);
    words.putLong(slot + 1, 0);
    freePairs.add(slot);
  }

  void put(int slot, long value) {
    words.putLong(slot, value);
  }

  long address(int slot) {
    return words.address(slot);
  }
}
