package dev.linkd.mapped;

/**
 * Checks of what callers of {@link MappedFile} ask for: what is wrong here is a mistake of theirs.
 */
final class Arguments {
  private final Tree tree;
  private final Nodes nodes;

  Arguments(Tree tree) {
    this.tree = tree;
    this.nodes = tree.nodes;
  }

  /** A node that is no root. */
  void child(int node) {
    nodes.requireLive(node);
    if (tree.root(node)) {
      throw new IllegalArgumentException("node " + node + " is a root");
    }
  }

  /** A node that may become another kind of container. */
  void noChildren(int container) {
    nodes.requireLive(container);
    if (nodes.first(container) != Tree.NONE) {
      throw new IllegalStateException("node " + container + " has children");
    }
  }

  /** A size that a child of a container can have. */
  void size(int parent, long size) {
    if (size < 0 || size > MappedFile.MAX_BYTES || !Gap.valid(size, tree.minGap(parent))) {
      throw new IllegalArgumentException("size " + size + " of a child of " + parent);
    }
  }

  void alignment(int alignmentLog2) {
    if (alignmentLog2 < 0 || alignmentLog2 > MappedFile.ALIGNMENT_LOG2_MAX) {
      throw new IllegalArgumentException("alignment 2^" + alignmentLog2);
    }
  }
}
