package dev.linkd.mapped;

/**
 * Gives nodes other sizes and places. They become larger outermost first: whatever can fail happens
 * on the way out to the root, before the first change. When the outer levels have grown, nothing
 * below them fails any more.
 */
final class Growth {
  private final Tree tree;
  private final Nodes nodes;
  private final Floating floating;
  private final Sequence sequence;
  private final Fixed fixed;

  Growth(Tree tree) {
    this.tree = tree;
    this.nodes = tree.nodes;
    this.floating = new Floating(tree, this);
    this.sequence = new Sequence(tree, this);
    this.fixed = new Fixed(tree, this);
  }

  /**
   * Places a new node, behind a sibling if the parent keeps an order.
   *
   * @param filled whether its bytes are filled; they always are if the parent keeps an order
   */
  void insert(int parent, int before, int node, long size, int alignment, boolean filled)
      throws WindowFullException {
    switch (nodes.policy(parent)) {
      case FLOATING -> floating.insert(parent, node, size, alignment, filled);
      case ORDERED, DENSE -> sequence.insert(parent, before, node, size, alignment);
      case FIXED -> fixed.insert(parent, before, node, size, alignment);
    }
  }

  /** Places all children of an ORDERED container where the caller wants them. */
  void arrange(int parent, int[] children, long[] offsets, int count) throws WindowFullException {
    new Arrangement(tree, children, offsets, count).check(parent);
    long extent = count == 0 ? 0 : offsets[count - 1] + nodes.size(children[count - 1]);
    reserve(parent, Math.max(extent, nodes.extent(parent)), 0, nodes.alignment(parent));
    new Arrangement(tree, children, offsets, count).apply(parent, sequence);
  }

  /** Moves a node of a FLOATING container into a hole before it; returns whether there is one. */
  boolean pull(int node) {
    int parent = nodes.parent(node);
    boolean pulled = nodes.policy(parent) == Policy.FLOATING && floating.pull(node);
    if (pulled) {
      trimRoot(parent);
    }
    return pulled;
  }

  /** Takes a node with all its descendants out; its range is filled. */
  void remove(int node) {
    int parent = nodes.parent(node);
    int prev = nodes.prev(node);
    int next = nodes.next(node);
    long offset = nodes.offset(node);
    long end = nodes.end(node);
    tree.holes.close(parent, prev);
    tree.holes.close(parent, node);
    tree.unlink(node);
    tree.holes.open(parent, prev);
    tree.freed(parent, offset, end);
    tree.refill(parent, prev);
    closeRanks(parent, next);
    trimRoot(parent);
    tree.freeAll(node);
  }

  /** Closes the ranks of a DENSE container in front of a node. */
  void closeRanks(int parent, int next) {
    if (nodes.policy(parent) == Policy.DENSE) {
      sequence.closeRanks(parent, next);
    }
  }

  /**
   * Makes room in a container for children up to {@code extent} and for their alignment.
   *
   * @param desired the extent that would avoid further growth
   */
  void reserve(int container, long extent, long desired, int alignment) throws WindowFullException {
    long size = nodes.size(container);
    int minGap = tree.minGap(container);
    long needed = Gap.container(extent, size, minGap);
    int aligned = Math.max(alignment, nodes.alignment(container));
    if (needed <= size && aligned == nodes.alignment(container)) {
      return;
    }
    long limit = tree.limit(container);
    if (needed > limit) {
      throw new WindowFullException(container, needed, limit);
    }
    long wanted = size;
    if (needed > size) {
      wanted = Math.max(desired, tree.root(container) ? 0 : size + size / 2);
    }
    reshape(container, needed, choose(needed, Math.min(wanted, limit), minGap), aligned);
  }

  /**
   * Gives a node a size between {@code needed} and {@code desired}, and an alignment. Its children
   * keep their offsets.
   */
  void reshape(int node, long needed, long desired, int alignment) throws WindowFullException {
    if (tree.root(node)) {
      growRoot(node, needed, desired);
      return;
    }
    switch (nodes.policy(nodes.parent(node))) {
      case FLOATING -> floating.reshape(node, needed, desired, alignment);
      case ORDERED, DENSE -> sequence.reshape(node, needed, desired, alignment, false);
      case FIXED -> fixed.reshape(node, needed, desired, alignment);
    }
  }

  /**
   * Size of a node that needs {@code needed} bytes, would like {@code desired}, and has {@code
   * room}: the gaps at its own end and behind it must be valid.
   */
  long choose(int node, long needed, long desired, long room) {
    long size = choose(needed, Math.min(desired, room), tree.minGap(node));
    return Gap.valid(room - size, tree.minGap(nodes.parent(node))) ? size : needed;
  }

  /** Changes size and alignment of a node that stays where it is and has the room. */
  void resizeInPlace(int node, long size, int alignment) {
    int parent = nodes.parent(node);
    long offset = nodes.offset(node);
    long old = nodes.size(node);
    nodes.setAlignment(node, alignment);
    if (size == old) {
      return;
    }
    tree.holes.close(parent, node);
    tree.setSize(node, size, false);
    tree.holes.open(parent, node);
    tree.freed(parent, offset + size, offset + old);
    tree.refill(parent, node);
    tree.grown(node, old);
    if (size < old) {
      tree.refill(node, nodes.last(node));
    }
  }

  /** What is taken beyond the need makes a valid gap by itself. */
  private static long choose(long needed, long room, int minGap) {
    return room - needed >= minGap ? room : needed;
  }

  /** A root is as long as its children, and the file as the first root. */
  private void growRoot(int root, long needed, long desired) {
    long old = nodes.size(root);
    long size = Math.max(desired, needed);
    if (size <= old) {
      return;
    }
    boolean content = nodes.has(root, Nodes.CONTENT);
    if (content) {
      tree.image.ensure(size);
    }
    nodes.setSize(root, size);
    if (content) {
      tree.image.dirty().add(old, size);
      if (!tree.filler(root).equals(GapFiller.ZERO)) {
        tree.grown(root, old);
      }
    }
  }

  /** Takes the end of the root above a node back, if its last child left it. */
  void trimRoot(int node) {
    int root = node;
    while (!tree.root(root)) {
      root = nodes.parent(root);
    }
    long old = nodes.size(root);
    long size = nodes.extent(root);
    if (size < old) {
      nodes.setSize(root, size);
      if (nodes.has(root, Nodes.CONTENT)) {
        tree.image.truncate(old, size);
      }
    }
  }
}
