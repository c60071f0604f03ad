package dev.linkd.mapped;

/**
 * Placement in ORDERED and DENSE containers. A change is planned from the first child concerned to
 * the first one that can stay; then the container grows if needed, which may fail; then the
 * children move, in an order in which none overwrites another.
 */
final class Sequence {
  private static final int NONE = Tree.NONE;

  /** An ORDERED container is packed instead of grown when more than a third of it is gaps. */
  private static final long PACK_BYTES_MIN = 4096;

  private final Tree tree;
  private final Nodes nodes;
  private final Growth growth;

  /** The child whose size and alignment are to change, and what they become. */
  private int subject = NONE;

  private long subjectSize;
  private int subjectAlignment;

  /** The plan: children from {@code start} up to but not including {@code stop}. */
  private int start;

  private int stop;
  private long extent;

  Sequence(Tree tree, Growth growth) {
    this.tree = tree;
    this.nodes = tree.nodes;
    this.growth = growth;
  }

  void insert(int parent, int before, int node, long size, int alignment)
      throws WindowFullException {
    long from = tree.gapFrom(before);
    boolean append = tree.after(parent, before) == NONE;
    boolean slack = append && before != NONE && nodes.policy(parent) == Policy.ORDERED;
    nodes.setOffset(node, slack ? from + tree.slack(parent, nodes.size(before)) : from);
    nodes.setAlignment(node, 0);
    tree.link(parent, before, node);
    boolean done = false;
    try {
      reshape(node, size, size, alignment, true);
      done = true;
    } finally {
      if (!done) {
        tree.unlink(node);
      }
    }
  }

  void reshape(int node, long needed, long desired, int alignment, boolean fresh)
      throws WindowFullException {
    int parent = nodes.parent(node);
    boolean dense = nodes.policy(parent) == Policy.DENSE;
    subject = node;
    subjectAlignment = alignment;
    subjectSize = dense ? needed : sizeHere(node, needed, desired);
    plan(parent, node, dense);
    long limit = tree.limit(parent);
    if (!dense && extent > limit && subjectSize > needed) {
      subjectSize = needed;
      plan(parent, node, false);
    }
    if (!dense && (extent > limit || extent > nodes.size(parent) && loose(parent))) {
      plan(parent, nodes.first(parent), true);
    }
    reserve(parent);
    nodes.setAlignment(node, alignment);
    apply(parent, fresh);
  }

  /** Makes the container as large as planned, which can plan anew in another container. */
  private void reserve(int parent) throws WindowFullException {
    int plannedSubject = subject;
    long plannedSize = subjectSize;
    int plannedAlignment = subjectAlignment;
    int plannedStart = start;
    int plannedStop = stop;
    growth.reserve(parent, extent, 0, subjectAlignment);
    subject = plannedSubject;
    subjectSize = plannedSize;
    subjectAlignment = plannedAlignment;
    start = plannedStart;
    stop = plannedStop;
  }

  /** Moves all children to their planned offsets, which keep the order. */
  void arrange(int parent) {
    subject = NONE;
    start = nodes.first(parent);
    stop = NONE;
    apply(parent, false);
  }

  /** Moves the children from {@code next} on to where they belong after a removal. */
  void closeRanks(int parent, int next) {
    subject = NONE;
    plan(parent, next, true);
    apply(parent, false);
  }

  /** What a node takes without pushing others; all that it would like, if it has to push anyway. */
  private long sizeHere(int node, long needed, long desired) {
    int parent = nodes.parent(node);
    long room = tree.gapTo(parent, node) - nodes.offset(node);
    return needed <= room ? growth.choose(node, needed, desired, room) : desired;
  }

  /** Whether packing frees enough to be worth the moves: their cost is paid by what was freed. */
  private boolean loose(int parent) {
    long used = tree.used(parent) - nodes.size(subject) + subjectSize;
    return extent - used > used / 2 + PACK_BYTES_MIN;
  }

  /**
   * Plans the offsets of the children from {@code from} on.
   *
   * @param packed whether children move to the least offset; else they stay if they can
   */
  private void plan(int parent, int from, boolean packed) {
    int minGap = minGap(parent);
    boolean passed = subject == NONE;
    start = from;
    long end = tree.gapFrom(from == NONE ? nodes.last(parent) : nodes.prev(from));
    for (int child = from; child != NONE; child = nodes.next(child)) {
      tree.work.nodes++;
      boolean self = child == subject;
      int alignment = self ? subjectAlignment : nodes.alignment(child);
      long size = self ? subjectSize : nodes.size(child);
      long current = nodes.offset(child);
      long least = Gap.after(end, end, alignment, minGap);
      boolean stays =
          packed
              ? current == least
              : current >= least
                  && Gap.aligned(current, alignment)
                  && Gap.valid(current - end, minGap);
      if (stays && passed) {
        stop = child;
        extent = nodes.extent(parent);
        return;
      }
      nodes.setPlanned(child, stays ? current : least);
      end = nodes.planned(child) + size;
      passed |= self;
      int next = nodes.next(child);
      if (self && !packed && next != NONE && end > nodes.offset(next)) {
        end += tree.slack(parent, size);
      }
    }
    stop = NONE;
    extent = end;
  }

  /** Padding for alignment is all the space there is in a DENSE container, however small. */
  private int minGap(int parent) {
    return nodes.policy(parent) == Policy.DENSE ? 1 : tree.minGap(parent);
  }

  /** Carries the plan out. */
  private void apply(int parent, boolean fresh) {
    if (start == stop) {
      return;
    }
    long oldStart = nodes.offset(start);
    long oldEnd = stop == NONE ? nodes.extent(parent) : nodes.end(nodes.prev(stop));
    long oldSize = subject == NONE ? 0 : nodes.size(subject);
    if (subject != NONE && subjectSize < oldSize) {
      tree.setSize(subject, subjectSize, fresh);
    }
    moveAll(fresh);
    if (subject != NONE && subjectSize > oldSize) {
      tree.setSize(subject, subjectSize, fresh);
    }
    fillGaps(parent, oldStart, oldEnd);
    if (subject != NONE) {
      tree.grown(subject, oldSize);
      if (subjectSize < oldSize) {
        tree.refill(subject, nodes.last(subject));
      }
    }
  }

  /** Moves to the left go from first to last, moves to the right from last to first. */
  private void moveAll(boolean fresh) {
    int child = start;
    while (child != stop) {
      if (nodes.planned(child) <= nodes.offset(child)) {
        move(child, fresh);
        child = nodes.next(child);
        continue;
      }
      int last = child;
      for (int next = nodes.next(last);
          next != stop && nodes.planned(next) > nodes.offset(next);
          next = nodes.next(next)) {
        last = next;
      }
      int after = nodes.next(last);
      for (int at = last; at != nodes.prev(child); at = nodes.prev(at)) {
        move(at, fresh);
      }
      child = after;
    }
  }

  private void move(int child, boolean fresh) {
    tree.work.nodes++;
    tree.move(child, nodes.planned(child), nodes.size(child), fresh && child == subject);
  }

  /** Fills the gaps between the moved children, as far as children had been there. */
  private void fillGaps(int parent, long oldStart, long oldEnd) {
    int before = nodes.prev(start);
    while (true) {
      long from = Math.max(tree.gapFrom(before), oldStart);
      long to = Math.min(tree.gapTo(parent, before), oldEnd);
      tree.freed(parent, from, to);
      tree.refill(parent, before);
      int next = tree.after(parent, before);
      if (next == stop) {
        return;
      }
      before = next;
    }
  }
}
