package dev.linkd.reloc;

import dev.linkd.symbol.Symbols;
import dev.linkd.table.RunTable;

/**
 * All relocations of an output. Those located in one atom are a contiguous run; those that refer to
 * one symbol form a doubly linked list that starts in the symbol's row. So both questions, "what
 * does this atom refer to" and "who refers to this symbol", cost as much as their answer.
 *
 * <pre>
 *  0 atom     4 offset    8 symbol   12 kind (13 bits) | flags (6) | needs (13)
 * 16 addend              24 next     28 previous
 * </pre>
 *
 * Few have a slot in the dynamic relocation table. Their offset is beside the slot in a row of
 * another table, whose number stands in place of the offset.
 */
public final class Relocations extends RunTable {

  public static final int NONE = -1;

  private static final int ROW_BYTES = 32;
  private static final int ATOM = 0;
  private static final int OFFSET = 4;
  private static final int SYMBOL = 8;
  private static final int BITS = 12;
  private static final int ADDEND = 16;
  private static final int NEXT = 24;
  private static final int PREVIOUS = 28;

  /** The format's numbers are below this. */
  public static final int KINDS = 1 << 13;

  /** What {@link #setNeeds} takes is below this. */
  public static final int NEEDS = 1 << 13;

  private static final int FLAGS_SHIFT = 13;
  private static final int NEEDS_SHIFT = 19;

  /** The relocation waits to be applied. */
  public static final int PENDING = 1;

  /** The symbol may stay undefined. */
  public static final int WEAK = 2;

  /** The relocation could not be applied and is tried again at the next settle. */
  public static final int FAILED = 4;

  /** The target keeps the atom that contains the relocation, not the other way round. */
  public static final int OWNER = 8;

  /** The target was out of reach of the instruction without the GOT: it keeps its slot. */
  public static final int FAR = 16;

  /** Its place is in {@link #dynamic}. */
  private static final int DYNAMIC = 32;

  private final Symbols symbols;
  private final DynamicPlaces dynamic;

  public Relocations(Symbols symbols, int maxRows) {
    super("relocations", ROW_BYTES, maxRows);
    this.symbols = symbols;
    this.dynamic = new DynamicPlaces(maxRows);
  }

  /** Fills a row of a new run and links it to its symbol. */
  public void set(int row, int atom, int offset, int kind, int flags, int symbol, long addend) {
    setInt(row, ATOM, atom);
    setInt(row, OFFSET, offset);
    setInt(row, SYMBOL, symbol);
    requireBelow(KINDS, kind);
    requireBelow(DYNAMIC, flags);
    setInt(row, BITS, kind | flags << FLAGS_SHIFT);
    rows.setLong(at(row) + ADDEND, addend);
    link(row, symbol);
  }

  /** Changes where the field is and what is added; kind and symbol stay. */
  public void setPlace(int row, int offset, long addend) {
    if (flag(row, DYNAMIC)) {
      dynamic.setOffset(getInt(row, OFFSET), offset);
    } else {
      setInt(row, OFFSET, offset);
    }
    rows.setLong(at(row) + ADDEND, addend);
  }

  private void link(int row, int symbol) {
    int first = symbols.firstReference(symbol);
    setInt(row, NEXT, first);
    setInt(row, PREVIOUS, NONE);
    if (first != NONE) {
      setInt(first, PREVIOUS, row);
    }
    symbols.setFirstReference(symbol, row);
    if (!flag(row, WEAK)) {
      symbols.addStrongReferences(symbol, 1);
    }
  }

  /** Makes a row the first in the list of its symbol. */
  public void moveToFront(int row) {
    int symbol = symbol(row);
    int previous = getInt(row, PREVIOUS);
    if (previous == NONE) {
      return;
    }
    int next = next(row);
    setInt(previous, NEXT, next);
    if (next != NONE) {
      setInt(next, PREVIOUS, previous);
    }
    int first = symbols.firstReference(symbol);
    setInt(row, NEXT, first);
    setInt(row, PREVIOUS, NONE);
    setInt(first, PREVIOUS, row);
    symbols.setFirstReference(symbol, row);
  }

  /** Takes a row out of the list of its symbol; the run is freed by the caller. */
  public void unlink(int row) {
    int symbol = symbol(row);
    int next = next(row);
    int previous = getInt(row, PREVIOUS);
    if (previous == NONE) {
      symbols.setFirstReference(symbol, next);
    } else {
      setInt(previous, NEXT, next);
    }
    if (next != NONE) {
      setInt(next, PREVIOUS, previous);
    }
    if (!flag(row, WEAK)) {
      symbols.addStrongReferences(symbol, -1);
    }
    setFlag(row, PENDING | FAILED, false);
    setDynamicSlot(row, NONE);
  }

  /** The atom that contains the relocated field. */
  public int atom(int row) {
    return getInt(row, ATOM);
  }

  /** Offset of the field in the atom, unsigned 32 bits. */
  public long offset(int row) {
    int offset = getInt(row, OFFSET);
    return Integer.toUnsignedLong(flag(row, DYNAMIC) ? dynamic.offset(offset) : offset);
  }

  public int symbol(int row) {
    return getInt(row, SYMBOL);
  }

  /** The format's number. */
  public int kind(int row) {
    return getInt(row, BITS) & KINDS - 1;
  }

  public long addend(int row) {
    return rows.getLong(at(row) + ADDEND);
  }

  /** Next relocation that refers to the same symbol. */
  public int next(int row) {
    return getInt(row, NEXT);
  }

  public boolean flag(int row, int flag) {
    return (getInt(row, BITS) & flag << FLAGS_SHIFT) != 0;
  }

  public void setFlag(int row, int flag, boolean on) {
    int bits = getInt(row, BITS);
    int flags = flag << FLAGS_SHIFT;
    setInt(row, BITS, on ? bits | flags : bits & ~flags);
  }

  /** Slot in the dynamic relocation table, NONE when the dynamic linker has nothing to do. */
  public int dynamicSlot(int row) {
    return flag(row, DYNAMIC) ? dynamic.slot(getInt(row, OFFSET)) : NONE;
  }

  public void setDynamicSlot(int row, int slot) {
    boolean was = flag(row, DYNAMIC);
    int place = getInt(row, OFFSET);
    if (slot == NONE) {
      if (was) {
        setInt(row, OFFSET, dynamic.offset(place));
        setFlag(row, DYNAMIC, false);
        dynamic.free(place);
      }
    } else if (was) {
      dynamic.setSlot(place, slot);
    } else {
      setInt(row, OFFSET, dynamic.add(place, slot));
      setFlag(row, DYNAMIC, true);
    }
  }

  /** What this relocation has requested of its symbol, a set of bits that the format defines. */
  public int needs(int row) {
    return getInt(row, BITS) >>> NEEDS_SHIFT;
  }

  public void setNeeds(int row, int needs) {
    requireBelow(NEEDS, needs);
    setInt(row, BITS, getInt(row, BITS) & (1 << NEEDS_SHIFT) - 1 | needs << NEEDS_SHIFT);
  }

  private static void requireBelow(int limit, int value) {
    if (value < 0 || value >= limit) {
      throw new IllegalArgumentException(value + " is not below " + limit);
    }
  }

  @Override
  public long bytes() {
    return super.bytes() + dynamic.bytes();
  }

  @Override
  public void close() {
    super.close();
    dynamic.close();
  }

  private int getInt(int row, int field) {
    return rows.getInt(at(row) + field);
  }

  private void setInt(int row, int field, int value) {
    rows.setInt(at(row) + field, value);
  }
}
