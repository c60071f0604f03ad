package dev.linkd.symbol;

import dev.linkd.table.RowTable;

/**
 * What inputs say about symbols: one row per definition, and one per undefined entry in an input's
 * symbol table. Each row is in the list of its symbol and in the list of its owner, an atom or, for
 * what belongs to no atom, an input. In the list of a symbol the definitions come before the
 * references, so that who looks for a definition does not visit what may be very many inputs.
 *
 * <p>Of nearly every symbol there is one definition, in an atom, and it is what the symbol resolves
 * to. It needs no row: the symbol's row {@linkplain #held holds} it, until another definition is
 * added or the symbol resolves to something else. The number of a definition changes then, in the
 * list of the atom and where the symbol remembers its winner, and nobody else may keep one.
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

  /** The list of an atom is searched for a definition whose number changes. */
  public static final int SEARCHED_MAX = 64;

  private final Symbols symbols;
  private final DefinitionOwners owners;

  public Definitions(Symbols symbols, DefinitionOwners owners, int maxRows) {
    super("definitions", ROW_BYTES, Math.min(maxRows, Symbols.HELD));
    this.symbols = symbols;
    this.owners = owners;
  }

  /**
   * Adds a definition in an atom that has no more than {@link #SEARCHED_MAX}, and is of the input
   * that says so. The caller links it to the atom.
   */
  public int addToAtom(int symbol, int input, int atom, long value, long size, int info) {
    int first = symbols.firstRow(symbol);
    if (!symbols.canHold(symbol) || (first != NONE && kind(first) != REFERENCE)) {
      return add(symbol, input, atom, IN_ATOM, value, size, info);
    }
    symbols.hold(symbol, atom, value, size, info & INFO_MASK, NONE);
    return symbol + Symbols.HELD;
  }

  /** Adds a row to the list of its symbol; the caller links it to its owner. */
  public int add(int symbol, int input, int owner, int kind, long value, long size, int info) {
    if (kind != REFERENCE) {
      spill(symbol);
    }
    return addRow(symbol, input, owner, kind, value, size, info);
  }

  private int addRow(int symbol, int input, int owner, int kind, long value, long size, int info) {
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

  /** Whether the definition is in the row of its symbol. */
  public static boolean held(int row) {
    return row >= Symbols.HELD;
  }

  private static int holder(int row) {
    return row - Symbols.HELD;
  }

  /**
   * Makes a symbol's row free to say something else than the definition that it holds.
   *
   * @param definition what the symbol is to resolve to, as in {@link Symbols#resolve}
   * @return the number that the definition has after that
   */
  public int prepare(int symbol, int atom, long value, long size, int info, int definition) {
    if (!symbols.holds(symbol)) {
      return definition;
    }
    boolean stays =
        held(definition)
            && symbols.atom(symbol) == atom
            && symbols.value(symbol) == value
            && symbols.size(symbol) == size
            && symbols.info(symbol) == info;
    if (stays) {
      return definition;
    }
    int row = spill(symbol);
    return held(definition) ? row : definition;
  }

  /** Gives the definition that a symbol's row holds a row of its own; NONE if it holds none. */
  private int spill(int symbol) {
    if (!symbols.holds(symbol)) {
      return NONE;
    }
    int held = symbol + Symbols.HELD;
    int atom = symbols.atom(symbol);
    int next = symbols.nextOfOwner(symbol);
    int row =
        addRow(
            symbol,
            owners.input(atom),
            atom,
            IN_ATOM,
            symbols.value(symbol),
            symbols.size(symbol),
            symbols.info(symbol));
    if (!replaceInList(atom, held, row)) {
      throw new IllegalStateException("definition of symbol " + symbol + " is not of its atom");
    }
    setInt(row, NEXT_OF_OWNER, next);
    symbols.letGo(symbol, row);
    return row;
  }

  /**
   * Puts a definition into the row of its symbol if that says the same: it is the only one, and the
   * symbol resolves to it as it is.
   */
  public void absorb(int row) {
    if (held(row) || !absorbable(row)) {
      return;
    }
    int symbol = symbol(row);
    int atom = owner(row);
    if (replaceInList(atom, row, symbol + Symbols.HELD)) {
      int next = nextOfOwner(row);
      unlink(row);
      symbols.hold(symbol, atom, value(row), size(row), info(row), next);
      free(row);
    }
  }

  private boolean absorbable(int row) {
    int symbol = symbol(row);
    int next = next(row);
    return kind(row) == IN_ATOM
        && getInt(row, PREVIOUS) == NONE
        && (next == NONE || kind(next) == REFERENCE)
        && symbols.winner(symbol) == row
        && symbols.state(symbol) == Symbols.DEFINED
        && symbols.info(symbol) == info(row)
        && owners.input(owner(row)) == input(row);
  }

  private boolean replaceInList(int atom, int row, int by) {
    int other = owners.firstDefinition(atom);
    if (other == row) {
      owners.setFirstDefinition(atom, by);
      return true;
    }
    for (int i = 1; i < SEARCHED_MAX && other != NONE; i++) {
      int next = nextOfOwner(other);
      if (next == row) {
        setNextOfOwner(other, by);
        return true;
      }
      other = next;
    }
    return false;
  }

  private void link(int row) {
    int symbol = symbol(row);
    int previous = kind(row) == REFERENCE ? lastDefinition(symbol) : NONE;
    int next = previous == NONE ? symbols.firstRow(symbol) : next(previous);
    setInt(row, PREVIOUS, previous);
    setInt(row, NEXT, next);
    if (next != NONE) {
      setInt(next, PREVIOUS, row);
    }
    if (previous == NONE) {
      symbols.setFirstRow(symbol, row);
    } else {
      setInt(previous, NEXT, row);
    }
  }

  private int lastDefinition(int symbol) {
    int last = NONE;
    int row = symbols.firstRow(symbol);
    while (row != NONE && kind(row) != REFERENCE) {
      last = row;
      row = next(row);
    }
    return last;
  }

  /** Changes what a row says; its symbol and owner stay. */
  public void set(int row, int kind, long value, long size, int info) {
    if (held(row)) {
      if (kind != IN_ATOM) {
        throw new IllegalArgumentException("definition of kind " + kind + " in an atom");
      }
      symbols.setHeld(holder(row), value, size, info & INFO_MASK);
      return;
    }
    boolean moves = (kind(row) == REFERENCE) != (kind == REFERENCE);
    if (moves) {
      if (kind != REFERENCE) {
        spill(symbol(row));
      }
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
    if (held(row)) {
      symbols.letGo(holder(row), Symbols.STALE);
      return;
    }
    unlink(row);
    free(row);
  }

  @Override
  public boolean live(int row) {
    return held(row) ? symbols.live(holder(row)) : super.live(row);
  }

  private void unlink(int row) {
    int next = getInt(row, NEXT);
    int previous = getInt(row, PREVIOUS);
    if (previous == NONE) {
      symbols.setFirstRow(symbol(row), next);
    } else {
      setInt(previous, NEXT, next);
    }
    if (next != NONE) {
      setInt(next, PREVIOUS, previous);
    }
  }

  public int symbol(int row) {
    return held(row) ? holder(row) : getInt(row, SYMBOL);
  }

  public int input(int row) {
    return held(row) ? owners.input(symbols.atom(holder(row))) : getInt(row, INPUT);
  }

  public int owner(int row) {
    return held(row) ? symbols.atom(holder(row)) : getInt(row, OWNER);
  }

  public int kind(int row) {
    return held(row) ? IN_ATOM : getInt(row, KIND) >>> INFO_BITS;
  }

  /** st_info in bits 0-7, st_other in bits 8-15. */
  public int info(int row) {
    return held(row) ? symbols.info(holder(row)) : getInt(row, KIND) & INFO_MASK;
  }

  public long value(int row) {
    return held(row) ? symbols.value(holder(row)) : rows.getLong(at(row) + VALUE);
  }

  public long size(int row) {
    return held(row) ? symbols.size(holder(row)) : rows.getLong(at(row) + SIZE);
  }

  /** Next row about the same symbol. */
  public int next(int row) {
    return held(row) ? symbols.firstRow(holder(row)) : getInt(row, NEXT);
  }

  public int nextOfOwner(int row) {
    return held(row) ? symbols.nextOfOwner(holder(row)) : getInt(row, NEXT_OF_OWNER);
  }

  public void setNextOfOwner(int row, int next) {
    if (held(row)) {
      symbols.setNextOfOwner(holder(row), next);
    } else {
      setInt(row, NEXT_OF_OWNER, next);
    }
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
    return held(row) ? NONE : getInt(row, TARGET);
  }

  public void setTarget(int row, int symbol) {
    setInt(row, TARGET, symbol);
  }

  /** Next alias of the same target. */
  public int nextAlias(int row) {
    return held(row) ? NONE : getInt(row, NEXT_ALIAS);
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
