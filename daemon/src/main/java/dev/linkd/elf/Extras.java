package dev.linkd.elf;

import dev.linkd.table.RowTable;
import java.util.Arrays;

/**
 * What few symbols have: slots in synthetic tables, each with the number of relocations that need
 * it. One row of {@link #FIELDS} ints for each symbol that has any; a symbol's row names it.
 */
final class Extras extends RowTable {

  static final int SYMBOL = 0;
  static final int GOT_USERS = 1;
  static final int GOT_SLOT = 2;

  /** Dynamic relocation of the GOT slot. */
  static final int GOT_DYNAMIC = 3;

  static final int PLT_USERS = 4;
  static final int PLT_SLOT = 5;
  static final int TP_USERS = 6;
  static final int TP_SLOT = 7;
  static final int TP_DYNAMIC = 8;
  static final int GD_USERS = 9;
  static final int GD_SLOT = 10;
  static final int GD_DYNAMIC = 11;
  static final int GD_DYNAMIC_OFFSET = 12;
  static final int COPY_USERS = 13;

  /** Atom in .bss that holds the copy. */
  static final int COPY_ATOM = 14;

  static final int COPY_DYNAMIC = 15;

  /** Relocations that need a fixed address of an imported function. */
  static final int CANONICAL_USERS = 16;

  /** Dynamic relocations that name the symbol, those of its slots not counted. */
  static final int DYNAMIC_USERS = 17;

  /** Index in .dynsym. */
  static final int DYNAMIC_INDEX = 18;

  /** Index in the list of dynamic symbols. */
  static final int DYNAMIC_LIST = 19;

  /** Which queues the row is in: {@link #SETTLE}, {@link #WRITE}. */
  static final int QUEUED = 20;

  /** Its place in the dynamic symbol table has to be decided. */
  static final int SETTLE = 1;

  /** Its slots have to be written. */
  static final int WRITE = 2;

  static final int DESC_USERS = 21;

  /** TLS descriptor: two words of the GOT. */
  static final int DESC_SLOT = 22;

  static final int DESC_DYNAMIC = 23;

  static final int FIELDS = 24;

  private static final int[] USERS = {
    GOT_USERS,
    PLT_USERS,
    TP_USERS,
    GD_USERS,
    DESC_USERS,
    COPY_USERS,
    CANONICAL_USERS,
    DYNAMIC_USERS,
    QUEUED
  };

  private static final int[] NO_SLOT = new int[FIELDS];

  static {
    Arrays.fill(NO_SLOT, NONE);
    for (int field : USERS) {
      NO_SLOT[field] = 0;
    }
  }

  Extras(int maxRows) {
    super("symbol extras", FIELDS * Integer.BYTES, maxRows);
  }

  int add(int symbol) {
    int extra = allocate();
    for (int field = 0; field < FIELDS; field++) {
      set(extra, field, NO_SLOT[field]);
    }
    set(extra, SYMBOL, symbol);
    return extra;
  }

  int get(int extra, int field) {
    return rows.getInt(at(extra) + (long) field * Integer.BYTES);
  }

  void set(int extra, int field, int value) {
    rows.setInt(at(extra) + (long) field * Integer.BYTES, value);
  }

  /** Adds to a count and returns the new one. */
  int count(int extra, int field, int change) {
    int value = get(extra, field) + change;
    set(extra, field, value);
    return value;
  }

  /** Whether nothing needs the row any more: no users and no place in .dynsym. */
  boolean unused(int extra) {
    for (int field : USERS) {
      if (get(extra, field) != 0) {
        return false;
      }
    }
    return get(extra, DYNAMIC_LIST) == NONE;
  }
}
