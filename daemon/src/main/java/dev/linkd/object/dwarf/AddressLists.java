package dev.linkd.object.dwarf;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The lists of address ranges that units refer to: {@code .debug_ranges} up to DWARF 4, {@code
 * .debug_rnglists} since DWARF 5 (2.17.3), and the addresses in {@code .debug_addr}.
 */
final class AddressLists {
  private static final int END = 0;
  private static final int BASE_INDEXED = 1;
  private static final int START_END_INDEXED = 2;
  private static final int START_LENGTH_INDEXED = 3;
  private static final int OFFSET_PAIR = 4;
  private static final int BASE = 5;
  private static final int START_END = 6;
  private static final int START_LENGTH = 7;

  private final MemorySegment ranges;
  private final MemorySegment lists;
  private final MemorySegment addresses;

  AddressLists(DebugSections sections) {
    ranges = sections.content(".debug_ranges");
    lists = sections.content(".debug_rnglists");
    addresses = sections.content(".debug_addr");
  }

  /**
   * An address of {@code .debug_addr}.
   *
   * @param base where the unit's addresses begin
   */
  long address(long base, long index) throws DwarfException {
    Cursor in = new Cursor(addresses);
    in.skip(base + index * Long.BYTES);
    return in.u64();
  }

  /**
   * Adds the ranges of a list.
   *
   * @param low what offsets count from at first
   */
  void ranges(long offset, long low, List<AddressRange> found) throws DwarfException {
    Cursor in = new Cursor(ranges);
    in.skip(offset);
    long base = low;
    while (true) {
      long from = in.u64();
      long to = in.u64();
      if (from == 0 && to == 0) {
        return;
      }
      if (from == -1) {
        base = to;
      } else {
        add(base + from, base + to, found);
      }
    }
  }

  /** Where the list with a number begins. */
  long list(long base, long index, boolean wide) throws DwarfException {
    Cursor in = new Cursor(lists);
    in.skip(base + index * (wide ? Long.BYTES : Integer.BYTES));
    return base + (wide ? in.u64() : in.u32());
  }

  /**
   * Adds the ranges of a list of DWARF 5.
   *
   * @param addressBase where the unit's addresses begin
   */
  void list(long offset, long low, long addressBase, List<AddressRange> found)
      throws DwarfException {
    Cursor in = new Cursor(lists);
    in.skip(offset);
    long base = low;
    while (true) {
      int kind = in.u8();
      switch (kind) {
        case END -> {
          return;
        }
        case BASE_INDEXED -> base = address(addressBase, in.unsignedLeb());
        case START_END_INDEXED -> {
          long from = address(addressBase, in.unsignedLeb());
          add(from, address(addressBase, in.unsignedLeb()), found);
        }
        case START_LENGTH_INDEXED -> {
          long from = address(addressBase, in.unsignedLeb());
          add(from, from + in.unsignedLeb(), found);
        }
        case OFFSET_PAIR -> {
          long from = base + in.unsignedLeb();
          add(from, base + in.unsignedLeb(), found);
        }
        case BASE -> base = in.u64();
        case START_END -> add(in.u64(), in.u64(), found);
        case START_LENGTH -> {
          long from = in.u64();
          add(from, from + in.unsignedLeb(), found);
        }
        default -> throw new DwarfException("range list entry " + kind);
      }
    }
  }

  /** Code that is not linked has the address 0, in lists of DWARF 4 also 1. */
  static void add(long from, long to, List<AddressRange> found) {
    if (from > 1 && from < to) {
      found.add(new AddressRange(from, to));
    }
  }
}
