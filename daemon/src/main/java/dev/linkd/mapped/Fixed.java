package dev.linkd.mapped;

/** Placement in FIXED containers, and of pinned nodes: what is placed never moves. */
final class Fixed {
  private final Tree tree;
  private final Nodes nodes;
  private final Growth growth;

  Fixed(Tree tree, Growth growth) {
    this.tree = tree;
    this.nodes = tree.nodes;
    this.growth = growth;
  }

  void insert(int parent, int before, int node, long size, int alignment)
      throws WindowFullException {
    long from = tree.gapFrom(before);
    int minGap = tree.minGap(parent);
    long offset;
    if (tree.after(parent, before) == Tree.NONE) {
      offset = Gap.after(from, from, alignment, minGap);
      growth.reserve(parent, offset + size, 0, alignment);
    } else {
      long to = tree.gapTo(parent, before);
      offset = Gap.place(from, from, to, size, 0, alignment, minGap);
      if (offset == Gap.NOWHERE) {
        throw new WindowFullException(parent, size, to - from);
      }
      growth.reserve(parent, nodes.extent(parent), 0, alignment);
    }
    nodes.setOffset(node, offset);
    nodes.setSize(node, size);
    nodes.setAlignment(node, alignment);
    tree.link(parent, before, node);
    tree.grown(node, 0);
    tree.refill(parent, before);
    tree.refill(parent, node);
  }

  void reshape(int node, long needed, long desired, int alignment) throws WindowFullException {
    int parent = nodes.parent(node);
    long offset = nodes.offset(node);
    if (!Gap.aligned(offset, alignment)) {
      throw new WindowFullException(node, needed, nodes.size(node));
    }
    int next = nodes.next(node);
    if (next == Tree.NONE) {
      growth.reserve(parent, offset + needed, offset + desired, alignment);
    } else {
      long room = nodes.offset(next) - offset;
      if (needed > room || !Gap.valid(room - needed, tree.minGap(parent))) {
        throw new WindowFullException(node, needed, room);
      }
      growth.reserve(parent, nodes.extent(parent), 0, alignment);
    }
    long room = tree.gapTo(parent, node) - offset;
    growth.resizeInPlace(node, growth.choose(node, needed, desired, room), alignment);
  }
}
