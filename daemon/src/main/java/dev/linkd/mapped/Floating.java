package dev.linkd.mapped;

/**
 * Placement in FLOATING containers. A child stays where it is if it fits, else it goes to the best
 * hole, else it uses the gaps on both of its sides, else it goes to the end. No step looks at
 * siblings other than the neighbours of the places involved.
 */
final class Floating {
  private static final int NONE = Tree.NONE;

  private final Tree tree;
  private final Nodes nodes;
  private final Holes holes;
  private final Growth growth;

  /**
   * The place found last: behind which child, and the offset. Growing the container can search
   * again, in another container, so that they are copied first.
   */
  private int before;

  private long offset;

  Floating(Tree tree, Growth growth) {
    this.tree = tree;
    this.nodes = tree.nodes;
    this.holes = tree.holes;
    this.growth = growth;
  }

  void insert(int parent, int node, long size, int alignment, boolean filled)
      throws WindowFullException {
    if (!findHole(parent, size, tree.slack(parent, size), alignment)
        && !findEnd(parent, size, true, alignment)
        && !findHole(parent, size, 0, alignment)) {
      findEnd(parent, size, false, alignment);
    }
    int target = before;
    long place = offset;
    growth.reserve(parent, Math.max(place + size, nodes.extent(parent)), 0, alignment);
    holes.close(parent, target);
    nodes.setOffset(node, place);
    nodes.setSize(node, size);
    nodes.setAlignment(node, alignment);
    tree.link(parent, target, node);
    holes.open(parent, target);
    holes.open(parent, node);
    if (filled) {
      tree.grown(node, 0);
    }
    tree.refill(parent, target);
    tree.refill(parent, node);
  }

  void reshape(int node, long needed, long desired, int alignment) throws WindowFullException {
    int parent = nodes.parent(node);
    if (nodes.has(node, Nodes.PINNED) && Gap.aligned(nodes.offset(node), alignment)) {
      pushNeighbours(node, needed, desired);
    }
    if (fitsInPlace(node, needed, alignment)) {
      long here = nodes.offset(node);
      boolean last = nodes.next(node) == NONE;
      growth.reserve(
          parent,
          last ? here + needed : nodes.extent(parent),
          last ? here + desired : 0,
          alignment);
      long room = tree.gapTo(parent, node) - here;
      growth.resizeInPlace(node, growth.choose(node, needed, desired, room), alignment);
      return;
    }
    if (nodes.has(node, Nodes.PINNED)) {
      throw new WindowFullException(node, needed, tree.gapTo(parent, node) - nodes.offset(node));
    }
    locate(node, needed, desired, alignment);
    int target = before == node ? nodes.prev(node) : before;
    long place = offset;
    long extent = nodes.last(parent) == node ? 0 : nodes.extent(parent);
    growth.reserve(parent, Math.max(place + needed, extent), place + desired, alignment);
    place(node, target, place, needed, desired, alignment);
  }

  /** Moves a node into a hole before it; returns whether there is one. */
  boolean pull(int node) {
    int parent = nodes.parent(node);
    long size = nodes.size(node);
    int alignment = nodes.alignment(node);
    if (nodes.has(node, Nodes.PINNED)
        || !findHole(parent, size, 0, alignment)
        || offset >= nodes.offset(node)) {
      return false;
    }
    place(node, before, offset, size, size, alignment);
    return true;
  }

  /** Sends what is in the way of a pinned node to the end. */
  private void pushNeighbours(int node, long needed, long desired) throws WindowFullException {
    int parent = nodes.parent(node);
    long here = nodes.offset(node);
    int next = nodes.next(node);
    while (next != NONE && nodes.offset(next) < here + needed && !nodes.has(next, Nodes.PINNED)) {
      int last = nodes.last(parent);
      int target = last == next ? nodes.prev(next) : last;
      long from = Math.max(nodes.extent(parent), here + desired);
      long size = nodes.size(next);
      int alignment = nodes.alignment(next);
      long place = Gap.after(nodes.extent(parent), from, alignment, tree.minGap(parent));
      growth.reserve(parent, place + size, 0, alignment);
      place(next, target, place, size, size, alignment);
      next = nodes.next(node);
    }
  }

  /** Whether a node can have that size where it is; the last child can if its parent may grow. */
  private boolean fitsInPlace(int node, long size, int alignment) {
    int parent = nodes.parent(node);
    long here = nodes.offset(node);
    if (!Gap.aligned(here, alignment)) {
      return false;
    }
    int next = nodes.next(node);
    int minGap = tree.minGap(parent);
    if (next == NONE) {
      long needed = Gap.container(here + size, nodes.size(parent), minGap);
      return needed <= Math.max(tree.limit(parent), nodes.size(parent));
    }
    long room = nodes.offset(next) - here;
    return size <= room && Gap.valid(room - size, minGap);
  }

  /** Finds a place for a node that has to move. */
  private void locate(int node, long needed, long desired, int alignment) {
    int parent = nodes.parent(node);
    long slack = tree.slack(parent, needed);
    if (findHole(parent, desired, slack, alignment)
        || desired > needed && findHole(parent, needed, slack, alignment)
        || findMerged(node, needed, slack, alignment)
        || nodes.next(node) != NONE && findEnd(parent, needed, true, alignment)
        || findHole(parent, needed, 0, alignment)
        || findMerged(node, needed, 0, alignment)) {
      return;
    }
    if (nodes.next(node) != NONE) {
      findEnd(parent, needed, false, alignment);
    } else {
      before = nodes.prev(node);
      long from = tree.gapFrom(before);
      offset = Gap.after(from, from, alignment, tree.minGap(parent));
    }
  }

  private boolean findHole(int parent, long size, long slack, int alignment) {
    if (!holes.find(parent, size, slack, alignment)) {
      return false;
    }
    before = holes.foundBefore();
    offset = holes.foundOffset();
    return true;
  }

  /** The place that a node and the gaps on both sides of it make together. */
  private boolean findMerged(int node, long size, long slack, int alignment) {
    int parent = nodes.parent(node);
    int prev = nodes.prev(node);
    long from = tree.gapFrom(prev);
    long start = prev == NONE || slack == 0 ? from : from + tree.slack(parent, nodes.size(prev));
    long place =
        Gap.place(
            from, start, tree.gapTo(parent, node), size, slack, alignment, tree.minGap(parent));
    if (place == Gap.NOWHERE) {
      return false;
    }
    before = prev;
    offset = place;
    return true;
  }

  /** The place behind the last child; false if the container may not become that large. */
  private boolean findEnd(int parent, long size, boolean withSlack, int alignment) {
    int last = nodes.last(parent);
    long from = tree.gapFrom(last);
    long slack = withSlack && last != NONE ? tree.slack(parent, nodes.size(last)) : 0;
    int minGap = tree.minGap(parent);
    before = last;
    offset = Gap.after(from, from + slack, alignment, minGap);
    return Gap.container(offset + size, nodes.size(parent), minGap)
        <= Math.max(tree.limit(parent), nodes.size(parent));
  }

  /** Moves a node behind another child. */
  private void place(int node, int target, long place, long needed, long desired, int alignment) {
    int parent = nodes.parent(node);
    int prev = nodes.prev(node);
    long oldOffset = nodes.offset(node);
    long oldSize = nodes.size(node);
    long oldEnd = oldOffset + oldSize;
    holes.close(parent, prev);
    holes.close(parent, node);
    holes.close(parent, target);
    tree.unlink(node);
    long room = tree.gapTo(parent, target) - place;
    long size = growth.choose(node, needed, desired, room);
    tree.move(node, place, Math.min(oldSize, size), false);
    nodes.setAlignment(node, alignment);
    tree.resizeUnlinked(node, size);
    tree.link(parent, target, node);
    holes.open(parent, node);
    holes.open(parent, target);
    if (target != prev) {
      holes.open(parent, prev);
    }
    tree.freed(parent, oldOffset, Math.min(oldEnd, place));
    tree.freed(parent, Math.max(oldOffset, place + size), oldEnd);
    tree.refill(parent, prev);
    tree.refill(parent, target);
    tree.refill(parent, node);
    tree.grown(node, oldSize);
    if (size < oldSize) {
      tree.refill(node, nodes.last(node));
    }
  }
}
