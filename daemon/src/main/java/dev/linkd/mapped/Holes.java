package dev.linkd.mapped;

import dev.linkd.table.Bins;
import dev.linkd.table.SizeBins;

/**
 * Index of the free ranges of FLOATING containers by size. A hole is named after the child before
 * it, or after the container itself when it is before the first child; the range behind the last
 * child is not a hole. What counts is the length without the slack of the child before.
 *
 * <p>A hole must be {@linkplain #close closed} before anything that bounds it changes, and
 * {@linkplain #open opened} afterwards.
 */
final class Holes {
  private static final int NONE = Nodes.NONE;

  /** Marks the name of a leading hole. Node numbers are below it. */
  static final int LEADING = 1 << 30;

  /** Holes that are looked at for a close fit before any that is large enough is taken. */
  private static final int SCAN_MAX = 16;

  private final Tree tree;
  private final Nodes nodes;
  private final Containers containers;
  private int foundBefore = NONE;
  private long foundOffset;

  Holes(Tree tree) {
    this.tree = tree;
    this.nodes = tree.nodes;
    this.containers = tree.containers;
  }

  /** Length of the usable part of the gap behind a child; may be negative. */
  long usable(int parent, int before) {
    return tree.gapTo(parent, before) - start(parent, before);
  }

  /** Whether the gap behind a child is indexed. */
  boolean indexed(int parent, int before) {
    return before == NONE ? containers.hole(tree.container(parent)) : nodes.has(before, Nodes.HOLE);
  }

  /** Takes the gap behind a child out of the index. */
  void close(int parent, int before) {
    if (nodes.policy(parent) != Policy.FLOATING || !indexed(parent, before)) {
      return;
    }
    int row = tree.container(parent);
    int hole = name(parent, before);
    int next = next(hole);
    int prev = prev(hole);
    if (prev == NONE) {
      containers.bins(row).setHead(SizeBins.of(usable(parent, before)), next);
    } else {
      setNext(prev, next);
    }
    if (next != NONE) {
      setPrev(next, prev);
    }
    mark(parent, before, false);
    tree.work.holes++;
  }

  /** Puts the gap behind a child into the index, if it is a hole now. */
  void open(int parent, int before) {
    if (nodes.policy(parent) != Policy.FLOATING || tree.after(parent, before) == NONE) {
      return;
    }
    long usable = usable(parent, before);
    if (usable <= 0) {
      return;
    }
    Bins bins = containers.bins(tree.container(parent));
    int bin = SizeBins.of(usable);
    int hole = name(parent, before);
    int head = bins.head(bin);
    setPrev(hole, NONE);
    setNext(hole, head);
    if (head != NONE) {
      setPrev(head, hole);
    }
    bins.setHead(bin, hole);
    mark(parent, before, true);
    tree.work.holes++;
  }

  /**
   * Looks for a hole: the closest fit among the first few, else any that is surely large enough.
   *
   * @return whether {@link #foundBefore} and {@link #foundOffset} say where
   */
  boolean find(int parent, long size, long slack, int alignment) {
    int row = nodes.container(parent);
    if (row == NONE) {
      return false;
    }
    Bins bins = containers.bins(row);
    int minGap = tree.minGap(parent);
    long best = Long.MAX_VALUE;
    int scanned = 0;
    int bin = bins.nextOccupied(SizeBins.of(size + slack));
    while (bin != NONE && best == Long.MAX_VALUE && scanned < SCAN_MAX) {
      for (int hole = bins.head(bin);
          hole != NONE && scanned < SCAN_MAX;
          hole = next(hole), scanned++) {
        int before = before(hole);
        long usable = usable(parent, before);
        if (usable < best && fits(parent, before, size, slack, alignment, minGap)) {
          best = usable;
        }
      }
      bin = bins.nextOccupied(bin + 1);
    }
    tree.work.holes += scanned;
    if (best == Long.MAX_VALUE && bin != NONE) {
      long enough = size + slack + (1L << alignment) + 2L * minGap;
      bin = bins.nextOccupied(SizeBins.of(enough) + 1);
      return bin != NONE && fits(parent, before(bins.head(bin)), size, slack, alignment, minGap);
    }
    return best != Long.MAX_VALUE;
  }

  /** The child before the hole that was found, or NONE. */
  int foundBefore() {
    return foundBefore;
  }

  /** Offset for the new child in its parent. */
  long foundOffset() {
    return foundOffset;
  }

  int before(int hole) {
    return (hole & LEADING) != 0 ? NONE : hole;
  }

  int next(int hole) {
    return (hole & LEADING) != 0
        ? containers.holeNext(nodes.container(hole ^ LEADING))
        : nodes.holeNext(hole);
  }

  private boolean fits(int parent, int before, long size, long slack, int alignment, int minGap) {
    long from = tree.gapFrom(before);
    long to = tree.gapTo(parent, before);
    long offset = Gap.place(from, start(parent, before), to, size, slack, alignment, minGap);
    if (offset == Gap.NOWHERE) {
      return false;
    }
    foundBefore = before;
    foundOffset = offset;
    return true;
  }

  private long start(int parent, int before) {
    return before == NONE ? 0 : nodes.end(before) + tree.slack(parent, nodes.size(before));
  }

  private static int name(int parent, int before) {
    return before == NONE ? parent | LEADING : before;
  }

  private int prev(int hole) {
    return (hole & LEADING) != 0
        ? containers.holePrev(nodes.container(hole ^ LEADING))
        : nodes.holePrev(hole);
  }

  private void setNext(int hole, int next) {
    if ((hole & LEADING) != 0) {
      containers.setHoleNext(nodes.container(hole ^ LEADING), next);
    } else {
      nodes.setHoleNext(hole, next);
    }
  }

  private void setPrev(int hole, int prev) {
    if ((hole & LEADING) != 0) {
      containers.setHolePrev(nodes.container(hole ^ LEADING), prev);
    } else {
      nodes.setHolePrev(hole, prev);
    }
  }

  private void mark(int parent, int before, boolean present) {
    if (before == NONE) {
      containers.setHole(tree.container(parent), present);
    } else if (present) {
      nodes.set(before, Nodes.HOLE);
    } else {
      nodes.clear(before, Nodes.HOLE);
    }
  }
}
