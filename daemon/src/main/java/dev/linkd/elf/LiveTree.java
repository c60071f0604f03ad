package dev.linkd.elf;

import java.util.Arrays;

/**
 * Why each atom is part of the image: the relocation that leads to it, or what makes it a root. The
 * atoms form a forest along these relocations.
 */
final class LiveTree {

  /** Not part of the image. */
  static final int DEAD = -1;

  /** Wanted for its section. */
  static final int SECTION_ROOT = -2;

  /** What led to the atom is gone; {@link Liveness#settle} decides what becomes of it. */
  static final int DETACHED = -3;

  /** Wanted for symbol s: this minus s. */
  private static final int SYMBOL_ROOT = -4;

  private static final int CAPACITY_MIN = 1024;

  private int[] causes = new int[CAPACITY_MIN];

  /** When each atom became part of the image, to tell it from an earlier one in the same row. */
  private int[] births = new int[CAPACITY_MIN];

  private int lastBirth;

  LiveTree() {
    Arrays.fill(causes, DEAD);
  }

  static int symbolRoot(int symbol) {
    return SYMBOL_ROOT - symbol;
  }

  /** The symbol that a root is wanted for. */
  static int rootSymbol(int cause) {
    return SYMBOL_ROOT - cause;
  }

  static boolean root(int cause) {
    return cause == SECTION_ROOT || cause <= SYMBOL_ROOT;
  }

  /** A relocation row, or one of the constants. */
  int cause(int atom) {
    return atom < causes.length ? causes[atom] : DEAD;
  }

  void setCause(int atom, int cause) {
    causes[atom] = cause;
  }

  boolean live(int atom) {
    return cause(atom) != DEAD;
  }

  boolean detached(int atom) {
    return cause(atom) == DETACHED;
  }

  int birth(int atom) {
    return births[atom];
  }

  void add(int atom, int cause) {
    if (atom >= causes.length) {
      int old = causes.length;
      int capacity = Math.max(atom + 1, old * 2);
      causes = Arrays.copyOf(causes, capacity);
      births = Arrays.copyOf(births, capacity);
      Arrays.fill(causes, old, capacity, DEAD);
    }
    causes[atom] = cause;
    births[atom] = ++lastBirth;
  }

  void remove(int atom) {
    if (live(atom)) {
      causes[atom] = DEAD;
      births[atom] = 0;
    }
  }
}
