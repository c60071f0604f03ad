package dev.linkd.symbol;

import dev.linkd.table.RowTable;

/**
 * One row per global name and per local entity. A row holds what the symbol resolves to at present;
 * the candidates are {@link Definitions}. The row is the only handle that relocations keep, so its
 * number stays the same however often the resolution changes.
 *
 * <p>Nearly every symbol has one definition, which says what the symbol resolves to. The row holds
 * it, too, then; see {@link Definitions}. What it resolves to is the definition's from the time
 * that it is added, although the state says so only when the symbol is resolved.
 *
 * <pre>
 *  0 name        4 scope     8 state and flags (16) | info (16)   12 atom
 * 16 value                  24 size
 * 32 reference  36 strong   40 definition 44 extra
 * 48 slot       52 winner, or next definition of the atom   56 address
 * </pre>
 */
public final class Symbols extends RowTable {

  public static final int NONE = -1;

  /** Scope of global symbols; the scopes of local symbols and of atom anchors are greater. */
  public static final int GLOBAL = 0;

  /** Nothing defines the symbol. */
  public static final int UNDEFINED = 0;

  /** At {@link #value} bytes from the start of {@link #atom}. */
  public static final int DEFINED = 1;

  /** {@link #value} itself. */
  public static final int ABSOLUTE = 2;

  /** Provided by shared library number {@link #atom}, as its symbol number {@link #value}. */
  public static final int IMPORTED = 3;

  /** {@link #value} bytes from the start of output section number {@link #atom}. */
  public static final int SECTION_START = 4;

  /** {@link #value} bytes from the end of output section number {@link #atom}. */
  public static final int SECTION_END = 5;

  /** Winner of a symbol whose definition was removed: the next resolution is always a change. */
  public static final int STALE = -2;

  private static final int ROW_BYTES = 64;
  private static final int NAME = 0;
  private static final int SCOPE = 4;
  private static final int STATE = 8;
  private static final int ATOM = 12;
  private static final int VALUE = 16;
  private static final int SIZE = 24;
  private static final int REFERENCE = 32;
  private static final int STRONG = 36;
  private static final int DEFINITION = 40;
  private static final int EXTRA = 44;
  private static final int SLOT = 48;
  private static final int WINNER = 52;
  private static final int ADDRESS = 56;

  private static final int STATE_MASK = 0x07;
  private static final int INFO_SHIFT = 16;

  /** Numbers of definitions from here on are of those that the row of a symbol holds. */
  static final int HELD = 1 << 30;

  /** The row holds the only definition; the list at {@link #DEFINITION} has references only. */
  private static final int HOLDS = 0x08;

  /** The definition that the row holds is the winner. */
  private static final int HELD_WINS = 0x10;

  /** The winner is {@link #STALE}, of a row that holds a definition. */
  private static final int HELD_STALE = 0x20;

  /** The symbol waits in the resolver's queue. */
  public static final int QUEUED = 0x100;

  /** The symbol is needed whatever refers to it: the entry, an exported name. */
  public static final int PINNED = 0x200;

  /** The name carries a version: {@code name@VERSION}. */
  public static final int VERSIONED = 0x800;

  /** The symbol's row in the symbol table has to be rewritten. */
  public static final int TABLE_QUEUED = 0x400;

  /** Other symbols are defined relative to this one. */
  public static final int HAS_ALIASES = 0x4000;

  /** Mark of the pass that compares an input with its new version. */
  public static final int SEEN = 0x8000;

  /** {@link #address} is the address of the symbol; gone as soon as what it comes from changes. */
  private static final int ADDRESSED = 0x1000;

  /** A shared library requires the name, and no shared library defines it. */
  public static final int USED_BY_LIBRARY = 0x2000;

  public Symbols(int maxRows) {
    super("symbols", ROW_BYTES, maxRows);
  }

  /** Adds an undefined symbol. */
  public int add(int name, int scope) {
    int symbol = allocate();
    setInt(symbol, NAME, name);
    setInt(symbol, SCOPE, scope);
    setInt(symbol, ATOM, NONE);
    setInt(symbol, REFERENCE, NONE);
    setInt(symbol, DEFINITION, NONE);
    setInt(symbol, EXTRA, NONE);
    setInt(symbol, SLOT, NONE);
    setInt(symbol, WINNER, NONE);
    return symbol;
  }

  public int name(int symbol) {
    return getInt(symbol, NAME);
  }

  public int scope(int symbol) {
    return getInt(symbol, SCOPE);
  }

  public boolean global(int symbol) {
    return scope(symbol) == GLOBAL;
  }

  public int state(int symbol) {
    return getInt(symbol, STATE) & STATE_MASK;
  }

  public boolean flag(int symbol, int flag) {
    return (getInt(symbol, STATE) & flag) != 0;
  }

  public void setFlag(int symbol, int flag, boolean on) {
    int state = getInt(symbol, STATE);
    setInt(symbol, STATE, on ? state | flag : state & ~flag);
  }

  /** Sets the resolution; the flags stay. */
  public void resolve(int symbol, int state, int atom, long value, long size, int info) {
    if (info >>> INFO_SHIFT != 0) {
      throw new IllegalArgumentException("symbol info " + info);
    }
    int kept = getInt(symbol, STATE) & (1 << INFO_SHIFT) - 1 & ~(STATE_MASK | ADDRESSED);
    setInt(symbol, STATE, info << INFO_SHIFT | kept | state);
    setInt(symbol, ATOM, atom);
    rows.setLong(at(symbol) + VALUE, value);
    rows.setLong(at(symbol) + SIZE, size);
  }

  /**
   * Whether {@link #address} is known. It saves the way over the atom and its node, two cache
   * misses, to everybody who refers to the symbol.
   */
  public boolean addressed(int symbol) {
    return flag(symbol, ADDRESSED);
  }

  /** The address, while it is {@link #addressed known}. */
  public long address(int symbol) {
    return rows.getLong(at(symbol) + ADDRESS);
  }

  /** Remembers the address until {@link #forgetAddress}. */
  public void setAddress(int symbol, long address) {
    rows.setLong(at(symbol) + ADDRESS, address);
    setFlag(symbol, ADDRESSED, true);
  }

  /** Forgets the address, because the symbol moves. */
  public void forgetAddress(int symbol) {
    setFlag(symbol, ADDRESSED, false);
  }

  /** The number that the resolution needs: of an atom, a section or a library. */
  public int atom(int symbol) {
    return getInt(symbol, ATOM);
  }

  public long value(int symbol) {
    return rows.getLong(at(symbol) + VALUE);
  }

  public long size(int symbol) {
    return rows.getLong(at(symbol) + SIZE);
  }

  /** st_info in bits 0-7 and st_other in bits 8-15 of the definition that was chosen. */
  public int info(int symbol) {
    return getInt(symbol, STATE) >>> INFO_SHIFT;
  }

  /**
   * The definition that was chosen, NONE for imports and linker-defined symbols, {@link #STALE}
   * until the symbol is resolved again.
   */
  public int winner(int symbol) {
    int state = getInt(symbol, STATE);
    if ((state & HOLDS) == 0) {
      return getInt(symbol, WINNER);
    }
    if ((state & HELD_WINS) != 0) {
      return symbol + HELD;
    }
    return (state & HELD_STALE) != 0 ? STALE : NONE;
  }

  public void setWinner(int symbol, int definition) {
    int state = getInt(symbol, STATE);
    if ((state & HOLDS) == 0) {
      setInt(symbol, WINNER, definition);
      return;
    }
    int winner =
        switch (definition) {
          case NONE -> 0;
          case STALE -> HELD_STALE;
          default -> HELD_WINS;
        };
    if (winner == HELD_WINS && definition != symbol + HELD) {
      throw new IllegalArgumentException("symbol " + symbol + ", definition " + definition);
    }
    setInt(symbol, STATE, state & ~(HELD_WINS | HELD_STALE) | winner);
  }

  /** Whether the row holds the symbol's only definition. */
  boolean holds(int symbol) {
    return (getInt(symbol, STATE) & HOLDS) != 0;
  }

  /** Whether nothing is in the way of {@link #hold}: the resolution is nothing that changes. */
  boolean canHold(int symbol) {
    return state(symbol) == UNDEFINED && !holds(symbol) && getInt(symbol, WINNER) < 0;
  }

  /**
   * Takes the only definition into the row. What is in the list must be references.
   *
   * @param next next definition of the atom
   */
  void hold(int symbol, int atom, long value, long size, int info, int next) {
    int winner = winner(symbol);
    int state = getInt(symbol, STATE) & (1 << INFO_SHIFT) - 1;
    setInt(symbol, STATE, info << INFO_SHIFT | state | HOLDS);
    setInt(symbol, ATOM, atom);
    rows.setLong(at(symbol) + VALUE, value);
    rows.setLong(at(symbol) + SIZE, size);
    setInt(symbol, WINNER, next);
    setWinner(symbol, winner >= 0 ? symbol + HELD : winner);
  }

  /** Changes the definition that the row holds; the next resolution is a change. */
  void setHeld(int symbol, long value, long size, int info) {
    int state = getInt(symbol, STATE) & (1 << INFO_SHIFT) - 1;
    setInt(symbol, STATE, info << INFO_SHIFT | state);
    rows.setLong(at(symbol) + VALUE, value);
    rows.setLong(at(symbol) + SIZE, size);
    setWinner(symbol, STALE);
  }

  /**
   * Ends that the row holds a definition; the resolution stays.
   *
   * @param row stands for the definition from now on, {@link #STALE} when there is none
   */
  void letGo(int symbol, int row) {
    int winner = winner(symbol);
    int state = getInt(symbol, STATE);
    setInt(symbol, STATE, state & ~(HOLDS | HELD_WINS | HELD_STALE));
    setInt(symbol, WINNER, winner >= 0 ? row : winner);
  }

  /** Next definition of the atom of the one that the row holds. */
  int nextOfOwner(int symbol) {
    return getInt(symbol, WINNER);
  }

  void setNextOfOwner(int symbol, int next) {
    setInt(symbol, WINNER, next);
  }

  /** Whether an input, or whoever asks for the image, mentions the symbol. */
  public boolean mentioned(int symbol) {
    return firstReference(symbol) != NONE
        || firstDefinition(symbol) != NONE
        || flag(symbol, PINNED | USED_BY_LIBRARY);
  }

  /** First relocation that refers to the symbol. */
  public int firstReference(int symbol) {
    return getInt(symbol, REFERENCE);
  }

  public void setFirstReference(int symbol, int relocation) {
    setInt(symbol, REFERENCE, relocation);
  }

  /** Number of references that require a definition. */
  public int strongReferences(int symbol) {
    return getInt(symbol, STRONG);
  }

  public void addStrongReferences(int symbol, int count) {
    setInt(symbol, STRONG, getInt(symbol, STRONG) + count);
  }

  /** Head of the list of definitions and of references by input files. */
  public int firstDefinition(int symbol) {
    return holds(symbol) ? symbol + HELD : firstRow(symbol);
  }

  /** Head of the list without the definition that the row holds. */
  int firstRow(int symbol) {
    return getInt(symbol, DEFINITION);
  }

  void setFirstRow(int symbol, int definition) {
    setInt(symbol, DEFINITION, definition);
  }

  /** Row with the symbol's places in synthetic tables, NONE for most symbols. */
  public int extra(int symbol) {
    return getInt(symbol, EXTRA);
  }

  public void setExtra(int symbol, int extra) {
    setInt(symbol, EXTRA, extra);
  }

  /** Index in the output's symbol table, NONE when it is not there. */
  public int slot(int symbol) {
    return getInt(symbol, SLOT);
  }

  public void setSlot(int symbol, int slot) {
    setInt(symbol, SLOT, slot);
  }

  private int getInt(int symbol, int field) {
    return rows.getInt(at(symbol) + field);
  }

  private void setInt(int symbol, int field, int value) {
    rows.setInt(at(symbol) + field, value);
  }
}
