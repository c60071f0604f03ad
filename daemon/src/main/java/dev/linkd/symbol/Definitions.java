package dev.linkd.symbol;

import dev.linkd.table.RowTable;

/**
 * What inputs say about symbols: one row per definition, and one per undefined entry in an input's
 * symbol table. Each row is in the list of its symbol and in the list of its owner, an atom or, for
 * what belongs to no atom, an input. In the list of a symbol the definitions come before the
 * references, so that who looks for a definition does not visit what may be very many inputs.
 *
 * <pre>
 *  0 symbol   4 input    8 owner  12 kind | info
 * 16 value              24 size
 * 32 next    36 previous (of the symbol)   40 next of the owner  44 target
 * 48 next alias of the target   52 previous of the owner, when that is an input
 * </pre>
 */
public final class Definitions extends RowTable {

  public static final int NONE = -1;

  /** {@link #value} bytes from the start of the owner, an atom. */
  public static final int IN_ATOM = 0;

  /** {@link #value} itself; the owner is an input. */
  public static final int ABSOLUTE = 1;

  /** {@link #value} bytes from symbol {@link #target}; the owner is an input. */
  public static final int ALIAS = 2;

  /** Not a definition: the owner, an input, refers to the name. */
  public static final int REFERENCE = 3;

  /** A tentative definition of {@link #size} bytes aligned to {@link #value}. */
  public static final int COMMON = 4;

  private static final int ROW_BYTES = 56;
  private static final int SYMBOL = 0;
  private static final int INPUT = 4;
  private static final int OWNER = 8;
  private static final int KIND = 12;
  private static final int VALUE = 16;
  private static final int SIZE = 24;
  private static final int NEXT = 32;
  private static final int PREVIOUS = 36;
  private static final int NEXT_OF_OWNER = 40;
  private static final int TARGET = 44;
  private static final int NEXT_ALIAS = 48;
  private static final int PREVIOUS_OF_OWNER = 52;
  private static final int INFO_BITS = 16;
  private static final int INFO_MASK = 0xffff;

  private final Symbols symbols;

  public Definitions(Symbols symbols, int maxRows) {
    super("definitions", ROW_BYTES, maxRows);
    this.symbols = symbols;
  }

  /** Adds a row to the list of its symbol; the caller links it to its owner. */
  public int add(int symbol, int input, int owner, int kind, long value, long size, int info) {
    int row = allocate();
    setInt(row, SYMBOL, symbol);
    setInt(row, INPUT, input);
    setInt(row, OWNER, owner);
    setInt(row, NEXT_OF_OWNER, NONE);
    setInt(row, TARGET, NONE);
    setInt(row, NEXT_ALIAS, NONE);
    setInt(row, PREVIOUS_OF_OWNER, NONE);
    fill(row, kind, value, size, info);
    link(row);
    return row;
  }

  private void link(int row) {
    int symbol = symbol(row);
    int previous = kind(row) == REFERENCE ? lastDefinition(symbol) : NONE;
    int next = previous == NONE ? symbols.firstDefinition(symbol) : next(previous);
    setInt(row, PREVIOUS, previous);
    setInt(row, NEXT, next);
    if (next != NONE) {
      setInt(next, PREVIOUS, row);
    }
    if (previous == NONE) {
      symbols.setFirstDefinition(symbol, row);
    } else {
      setInt(previous, NEXT, row);
    }
  }

  private int lastDefinition(int symbol) {
    int last = NONE;
    int row = symbols.firstDefinition(symbol);
    while (row != NONE && kind(row) != REFERENCE) {
      last = row;
      row = next(row);
    }
    return last;
  }

  /** Changes what a row says; its symbol and owner stay. */
  public void set(int row, int kind, long value, long size, int info) {
    boolean moves = (kind(row) == REFERENCE) != (kind == REFERENCE);
    if (moves) {
      unlink(row);
    }
    fill(row, kind, value, size, info);
    if (moves) {
      link(row);
    }
  }

  private void fill(int row, int kind, long value, long size, int info) {
    setInt(row, KIND, kind << INFO_BITS | (info & INFO_MASK));
    rows.setLong(at(row) + VALUE, value);
    rows.setLong(at(row) + SIZE, size);
  }

  /** Takes a row out of the list of its symbol and frees it; the owner's list is the caller's. */
  public void remove(int row) {
    unlink(row);
    free(row);
  }

  private void unlink(int row) {
    int next = getInt(row, NEXT);
    int previous = getInt(row, PREVIOUS);
    if (previous == NONE) {
      symbols.setFirstDefinition(symbol(row), next);
    } else {
      setInt(previous, NEXT, next);
    }
    if (next != NONE) {
      setInt(next, PREVIOUS, previous);
    }
  }

  public int symbol(int row) {
    return getInt(row, SYMBOL);
  }

  public int input(int row) {
    return getInt(row, INPUT);
  }

  public int owner(int row) {
    return getInt(row, OWNER);
  }

  public int kind(int row) {
    return getInt(row, KIND) >>> INFO_BITS;
  }

  /** st_info in bits 0-7, st_other in bits 8-15. */
  public int info(int row) {
    return getInt(row, KIND) & INFO_MASK;
  }

  public long value(int row) {
    return rows.getLong(at(row) + VALUE);
  }

  public long size(int row) {
    return rows.getLong(at(row) + SIZE);
  }

  /** Next row about the same symbol. */
  public int next(int row) {
    return getInt(row, NEXT);
  }

  public int nextOfOwner(int row) {
    return getInt(row, NEXT_OF_OWNER);
  }

  public void setNextOfOwner(int row, int next) {
    setInt(row, NEXT_OF_OWNER, next);
  }

  /** Previous row of an owner that is an input. */
  public int previousOfOwner(int row) {
    return getInt(row, PREVIOUS_OF_OWNER);
  }

  public void setPreviousOfOwner(int row, int previous) {
    setInt(row, PREVIOUS_OF_OWNER, previous);
  }

  /** The symbol that an alias follows. */
  public int target(int row) {
    return getInt(row, TARGET);
  }

  public void setTarget(int row, int symbol) {
    setInt(row, TARGET, symbol);
  }

  /** Next alias of the same target. */
  public int nextAlias(int row) {
    return getInt(row, NEXT_ALIAS);
  }

  public void setNextAlias(int row, int next) {
    setInt(row, NEXT_ALIAS, next);
  }

  private int getInt(int row, int field) {
    return rows.getInt(at(row) + field);
  }

  private void setInt(int row, int field, int value) {
    rows.setInt(at(row) + field, value);
  }
}
