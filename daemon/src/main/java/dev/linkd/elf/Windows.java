package dev.linkd.elf;

import java.util.Arrays;

/**
 * Address windows of the segments, in the order of {@link SegmentKind}. A window that is outgrown
 * becomes half as large again as what it has to hold, which moves what is behind it; if 2 GiB do
 * not suffice for that, all windows are cut down to what they need.
 */
final class Windows {

  /** How far 32-bit relocations reach. */
  static final long REACH = 1L << 31;

  private static final SegmentKind[] KINDS = SegmentKind.values();
  private static final long UNIT_MAX = 1L << 20;
  private static final long LARGE_UNIT = 1L << 30;

  private final long base;
  private final long page;

  /** Windows begin and grow in multiples of it. */
  private final long unit;

  private final long[] starts = new long[KINDS.length];
  private final long[] sizes = new long[KINDS.length];
  private final long[] needs = new long[KINDS.length];
  private final int[] alignments = new int[KINDS.length];

  /** Start and end of ranges that are taken, pair by pair. */
  private long[] taken = new long[8];

  private int takenCount;

  /** Trial of a plan, kept only when it fits. */
  private final long[] trialStarts = new long[KINDS.length];

  private final long[] trialSizes = new long[KINDS.length];

  /**
   * @param smallerLog2 windows begin at 1 / 2^n of their usual size
   */
  Windows(long base, int pageLog2, int smallerLog2) {
    this.base = base;
    this.page = 1L << pageLog2;
    this.unit = Math.max(page, UNIT_MAX >> smallerLog2);
    for (SegmentKind kind : KINDS) {
      trialSizes[kind.ordinal()] = alignUp(Math.max(unit, kind.window >> smallerLog2), unit);
    }
    // With the page of the headers the tables make a round number.
    int tables = SegmentKind.TABLES.ordinal();
    trialSizes[tables] = Math.max(page, trialSizes[tables] - page);
    trialSizes[SegmentKind.HEADERS.ordinal()] = page;
    place();
    keep();
  }

  long start(SegmentKind kind) {
    return starts[kind.ordinal()];
  }

  long size(SegmentKind kind) {
    return sizes[kind.ordinal()];
  }

  /** Begins the statement of what all kinds need. */
  void clearNeeds() {
    takenCount = 0;
    for (int k = 0; k < KINDS.length; k++) {
      needs[k] = 0;
      alignments[k] = 0;
    }
  }

  /** States what a kind needs. */
  void need(SegmentKind kind, long bytes, int alignmentLog2) {
    needs[kind.ordinal()] = bytes;
    alignments[kind.ordinal()] = alignmentLog2;
  }

  /** States that a range belongs to a section with an address of its own. */
  void take(long from, long to) {
    if (2 * takenCount == taken.length) {
      taken = Arrays.copyOf(taken, taken.length * 2);
    }
    taken[2 * takenCount] = from & -page;
    taken[2 * takenCount + 1] = alignUp(to, page);
    takenCount++;
  }

  /** First address from {@code start} on where that many bytes are not taken. */
  private long free(long start, long bytes, long alignment) {
    long at = alignUp(start, alignment);
    for (boolean moved = true; moved; ) {
      moved = false;
      for (int i = 0; i < takenCount; i++) {
        if (at < taken[2 * i + 1] && taken[2 * i] < at + bytes) {
          at = alignUp(taken[2 * i + 1], alignment);
          moved = true;
        }
      }
    }
    return at;
  }

  /** Whether every kind has what it needs. */
  boolean fit() {
    for (int k = 0; k < KINDS.length; k++) {
      boolean aligned = (starts[k] & ((1L << alignments[k]) - 1)) == 0;
      if (needs[k] > sizes[k] || !aligned || free(starts[k], needs[k], 1) != starts[k]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Finds windows for what is needed.
   *
   * @return whether there are any below 2 GiB; if not, nothing changed
   */
  boolean plan() {
    for (int k = 0; k < KINDS.length; k++) {
      trialSizes[k] =
          needs[k] > sizes[k] ? alignUp(needs[k] + needs[k] / 2, unit) : usualSize(KINDS[k], k);
    }
    if (!place()) {
      shrink(4, unit);
    }
    return keep();
  }

  /** .bss takes what is left each time. */
  private long usualSize(SegmentKind kind, int k) {
    return kind == SegmentKind.BSS ? alignUp(needs[k], unit) : sizes[k];
  }

  private void shrink(int slackDivisor, long multiple) {
    for (int k = 0; k < KINDS.length; k++) {
      trialSizes[k] = alignUp(Math.max(1, needs[k] + needs[k] / slackDivisor), multiple);
    }
    trialSizes[SegmentKind.BSS.ordinal()] = needs[SegmentKind.BSS.ordinal()];
    if (!place() && multiple > page) {
      shrink(Integer.MAX_VALUE, page);
    }
  }

  /** Lays the trial out; returns whether all but the large ones are in reach. */
  private boolean place() {
    long cursor = base;
    for (int k = 0; k <= SegmentKind.BSS.ordinal(); k++) {
      trialStarts[k] = free(cursor, trialSizes[k], Math.max(page, 1L << alignments[k]));
      cursor = trialStarts[k] + trialSizes[k];
    }
    int bss = SegmentKind.BSS.ordinal();
    long end = base + REACH;
    boolean fits = cursor <= end;
    if (takenCount == 0) {
      trialSizes[bss] = Math.max(trialSizes[bss], end - trialStarts[bss]);
    }
    cursor = alignUp(Math.max(cursor, end), LARGE_UNIT);
    for (int k = bss + 1; k < KINDS.length; k++) {
      trialSizes[k] = alignUp(trialSizes[k], LARGE_UNIT);
      trialStarts[k] = free(cursor, trialSizes[k], Math.max(page, 1L << alignments[k]));
      cursor = trialStarts[k] + trialSizes[k];
    }
    return fits;
  }

  /**
   * Takes the trial unless it begins .bss out of reach. Where .bss ends is for the relocations to
   * say: an array of gigabytes can be last and only its start be referred to.
   */
  private boolean keep() {
    if (trialStarts[SegmentKind.BSS.ordinal()] > base + REACH) {
      return false;
    }
    System.arraycopy(trialStarts, 0, starts, 0, starts.length);
    System.arraycopy(trialSizes, 0, sizes, 0, sizes.length);
    return true;
  }

  private static long alignUp(long value, long multiple) {
    return (value + multiple - 1) & -multiple;
  }
}
