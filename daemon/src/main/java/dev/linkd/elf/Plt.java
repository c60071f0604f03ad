package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.elf.x86_64.PltCode;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * {@code .plt}, {@code .got.plt} and {@code .rela.plt} with lazy binding (psABI, "Procedure Linkage
 * Table"). The three have the same slot numbers. The dynamic linker reads every entry of {@code
 * .rela.plt}, so a free slot there repeats the entry of a live symbol for its own word of {@code
 * .got.plt}: harmless to bind, and nothing jumps through it.
 */
final class Plt {

  /** Words of .got.plt that belong to the dynamic linker. */
  private static final int RESERVED_WORDS = 3;

  /** Of .got.plt without any slot. */
  static final int RESERVED_BYTES = RESERVED_WORDS * Long.BYTES;

  private final LinkState state;
  private final SlotTable code;
  private final SlotTable words;
  private final SlotTable relocations;

  /** Extras row of each slot's symbol, NONE for free slots. */
  private final IntQueue owners = new IntQueue();

  private boolean holesChanged;

  /** Entries begin with {@code endbr64}. */
  private boolean branchTracking;

  /** Address of .dynamic that the first word of .got.plt holds. */
  private long reservedFor;

  Plt(LinkState state, Layout layout) {
    this.state = state;
    // Right behind .rela.dyn: the dynamic linker of glibc 2.22 expects that.
    OutputSection rela =
        layout.table(
            ".rela.plt", SHT_RELA, SHF_ALLOC | SHF_INFO_LINK, SegmentKind.TABLES, RELA_SIZE);
    OutputSection plt =
        layout.table(
            ".plt", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, SegmentKind.PLT, PltCode.ENTRY);
    plt.alignmentLog2 = 4;
    long write = SHF_ALLOC | SHF_WRITE;
    OutputSection got = layout.table(".got.plt", SHT_PROGBITS, write, SegmentKind.GOT_PLT, 8);
    rela.info = got;
    this.code = new SlotTable(state, layout, plt, PltCode.ENTRY, PltCode.HEAD);
    this.words = new SlotTable(state, layout, got, Long.BYTES, RESERVED_BYTES);
    this.relocations = new SlotTable(state, layout, rela, RELA_SIZE, 0);
  }

  OutputSection section() {
    return code.section;
  }

  OutputSection words() {
    return words.section;
  }

  OutputSection relocations() {
    return relocations.section;
  }

  boolean used() {
    return code.live() > 0;
  }

  long address(int slot) {
    return code.address(slot);
  }

  /** Makes .got.plt exist, for code that uses its address as a base. */
  void requireBase() {
    if (words.section.tableSize == 0) {
      words.append(0);
    }
  }

  int allocate(int extra) {
    int slot = code.allocate();
    if (slot == owners.size()) {
      words.append(1);
      relocations.append(1);
      owners.add(extra);
    } else {
      owners.set(slot, extra);
    }
    holesChanged = true;
    return slot;
  }

  void free(int slot) {
    owners.set(slot, -1);
    code.free(slot);
    holesChanged = true;
    if (code.live() == 0) {
      code.reset();
      words.reset();
      relocations.reset();
      owners.clear();
    }
  }

  /** Writes the slot of an imported function. */
  void put(int slot, int dynamicSymbol) {
    putEntry(slot);
    putRelocation(slot, RelaDescriptor.info(dynamicSymbol, R_X86_64_JUMP_SLOT), 0);
  }

  /** Writes the slot of a function of this image that its resolver chooses at start-up. */
  void putIndirect(int slot, long resolver) {
    putEntry(slot);
    putRelocation(slot, RelaDescriptor.info(0, R_X86_64_IRELATIVE), resolver);
  }

  private void putEntry(int slot) {
    long entry = address(slot);
    MemorySegment image = code.image();
    long at = code.position(slot);
    long word = words.address(slot);
    if (branchTracking) {
      PltCode.putTracked(image, at, entry, slot, word);
    } else {
      PltCode.put(image, at, entry, slot, word, code.section.address);
    }
    code.written(slot);
    words.putLong(slot, unbound(slot));
  }

  /** Where a slot's word leads before the function is found. */
  private long unbound(int slot) {
    return branchTracking ? code.section.address : address(slot) + PltCode.PUSH;
  }

  private void putRelocation(int slot, long info, long addend) {
    RelaDescriptor.put(
        relocations.image(), relocations.position(slot), words.address(slot), info, addend);
    relocations.written(slot);
  }

  /** All entries hold distances to the other tables, so a move of one concerns each. */
  void moved() {
    for (int slot = 0; slot < owners.size(); slot++) {
      if (owners.get(slot) != -1) {
        state.queueExtra(owners.get(slot));
      }
    }
    holesChanged = true;
  }

  /** Writes the reserved entries and the free slots, when something changed. */
  void settle(long dynamicAddress) {
    boolean same = !holesChanged && dynamicAddress == reservedFor;
    if (same || words.section.tableSize == 0) {
      return;
    }
    holesChanged = false;
    reservedFor = dynamicAddress;
    writeReserved(dynamicAddress);
    int live = firstLive();
    if (live < 0) {
      return;
    }
    long row = relocations.position(live);
    long info = Segments.getLong(relocations.image(), row + Long.BYTES);
    long addend = Segments.getLong(relocations.image(), row + 2 * Long.BYTES);
    IntQueue free = code.freeSlots();
    for (int i = 0; i < free.size(); i++) {
      words.putLong(free.get(i), unbound(free.get(i)));
      putRelocation(free.get(i), info, addend);
    }
  }

  /** Dynamic symbols were numbered again. */
  void renumbered() {
    holesChanged = true;
  }

  private int firstLive() {
    for (int slot = 0; slot < owners.size(); slot++) {
      if (owners.get(slot) != -1) {
        return slot;
      }
    }
    return -1;
  }

  private void writeReserved(long dynamicAddress) {
    MemorySegment image = words.image();
    long word = state.file.position(words.section.node);
    Segments.setLong(image, word, dynamicAddress);
    Segments.setLong(image, word + 8, 0);
    Segments.setLong(image, word + 16, 0);
    state.file.dirty(word, word + RESERVED_BYTES);
    if (code.section.tableSize == 0) {
      return;
    }
    long at = state.file.position(code.section.node);
    long first = code.section.address;
    if (branchTracking) {
      PltCode.putTrackedHead(image, at, first, words.section.address);
    } else {
      PltCode.putHead(image, at, first, words.section.address);
    }
    state.file.dirty(at, at + head());
  }

  private int head() {
    return branchTracking ? PltCode.TRACKED_HEAD : PltCode.HEAD;
  }

  /**
   * Chooses the form of the entries.
   *
   * @return whether it is another one than before, so that every entry has to be written again
   */
  boolean useBranchTracking(boolean tracking) {
    if (tracking == branchTracking) {
      return false;
    }
    branchTracking = tracking;
    code.reserve(head());
    return true;
  }
}
