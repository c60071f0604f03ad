package dev.linkd.publish;

import java.util.Arrays;

/**
 * The atoms that differ between two generations, as row numbers. Collects what one {@link
 * ChangeRecord} takes over, and is cleared and filled again. The counts are always exact; the
 * numbers themselves are given up when there are too many to be of use to anybody.
 */
public final class AtomChanges {
  /** Most row numbers that are kept; who follows more changes than this looks at everything. */
  public static final int ROWS_MAX = 16 * 1024;

  /** How an atom changed. */
  public enum Kind {
    /** It is new. */
    ADDED,
    /** It has other bytes, relocations or attributes. */
    CHANGED,
    /** It has another address. */
    MOVED,
    /** It is gone; its row may be in use again. */
    REMOVED
  }

  private static final int KINDS = Kind.values().length;
  private static final int[] NO_ROWS = {};

  private static final int CAPACITY_MIN = 16;

  /** Storage that is kept for the next record. */
  private static final int KEPT_MAX = 1024;

  private final int[][] rows = new int[KINDS][CAPACITY_MIN];
  private final int[] counts = new int[KINDS];
  private int total;
  private boolean complete = true;

  /** Adds an atom, which the caller does once per kind. */
  public void add(Kind kind, int atom) {
    int list = kind.ordinal();
    int count = counts[list]++;
    if (++total > ROWS_MAX) {
      complete = false;
    }
    if (!complete) {
      return;
    }
    if (count == rows[list].length) {
      rows[list] = Arrays.copyOf(rows[list], count * 2);
    }
    rows[list][count] = atom;
  }

  /** The atoms of the two generations have nothing to do with each other, whatever is added. */
  public void startOver() {
    complete = false;
  }

  public void clear() {
    for (int list = 0; list < KINDS; list++) {
      if (rows[list].length > KEPT_MAX) {
        rows[list] = new int[CAPACITY_MIN];
      }
    }
    Arrays.fill(counts, 0);
    total = 0;
    complete = true;
  }

  /** Whether the row numbers say everything. */
  public boolean complete() {
    return complete;
  }

  /** Number of atoms, also when the row numbers were given up. */
  public int count(Kind kind) {
    return counts[kind.ordinal()];
  }

  /** Bytes of the storage. */
  long bytes() {
    return Arrays.stream(rows).mapToLong(list -> list.length).sum() * Integer.BYTES;
  }

  /** Copy of the row numbers; empty when they were given up. */
  int[] rows(Kind kind) {
    int list = kind.ordinal();
    return !complete || counts[list] == 0 ? NO_ROWS : Arrays.copyOf(rows[list], counts[list]);
  }
}
