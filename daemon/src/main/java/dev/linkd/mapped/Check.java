package dev.linkd.mapped;

import dev.linkd.table.Bins;
import dev.linkd.table.SizeBins;

/** Verifies everything that must hold between two operations. Visits every node. */
final class Check {
  private static final int NONE = Tree.NONE;

  private final Tree tree;
  private final Nodes nodes;
  private final Holes holes;
  private int visited;
  private int queued;

  Check(Tree tree) {
    this.tree = tree;
    this.nodes = tree.nodes;
    this.holes = tree.holes;
  }

  void run() {
    for (int node = 0; node < nodes.highWater(); node++) {
      if (nodes.live(node) && tree.root(node)) {
        node(node);
        require(nodes.size(node) == nodes.extent(node), node, "root is as long as its children");
      }
    }
    require(visited == nodes.size(), NONE, "every node is below a root");
    queue();
  }

  private void node(int node) {
    visited++;
    queued += nodes.has(node, Nodes.QUEUED) ? 1 : 0;
    require(nodes.size(node) >= 0, node, "size");
    require(nodes.size(node) <= tree.limit(node), node, "limit");
    require(
        nodes.has(node, Nodes.QUEUED)
            || !nodes.has(node, Nodes.MOVED) && !nodes.has(node, Nodes.RESIZED),
        node,
        "flagged nodes are queued");
    children(node);
    if (nodes.policy(node) == Policy.FLOATING && nodes.container(node) != NONE) {
      holeIndex(node);
    }
  }

  private void children(int parent) {
    int before = NONE;
    long used = 0;
    boolean dense = nodes.policy(parent) == Policy.DENSE;
    for (int child = nodes.first(parent); child != NONE; child = nodes.next(child)) {
      require(nodes.live(child), child, "live");
      require(nodes.parent(child) == parent, child, "parent");
      require(nodes.prev(child) == before, child, "previous sibling");
      require(
          nodes.has(child, Nodes.CONTENT) == nodes.has(parent, Nodes.CONTENT), child, "content");
      gap(parent, before, dense);
      int alignment = nodes.alignment(child);
      require(alignment <= nodes.alignment(parent), child, "alignment of the parent");
      require(Gap.aligned(nodes.offset(child), alignment), child, "alignment");
      if (dense) {
        long least = Gap.alignUp(tree.gapFrom(before), alignment);
        require(nodes.offset(child) == least, child, "no gap in a DENSE container");
      }
      used += nodes.size(child);
      before = child;
      node(child);
    }
    require(nodes.last(parent) == before, parent, "last child");
    gap(parent, before, false);
    require(tree.used(parent) == used, parent, "used bytes");
    long shown = tree.extents.shown(parent);
    require(nodes.extent(parent) <= shown && shown <= nodes.size(parent), parent, "end shown");
  }

  private void gap(int parent, int before, boolean padding) {
    long length = tree.gapTo(parent, before) - tree.gapFrom(before);
    require(length >= 0, before, "no overlap");
    require(padding || Gap.valid(length, tree.minGap(parent)), before, "gap can be filled");
  }

  /** The bins hold exactly the gaps between children that have a usable part. */
  private void holeIndex(int parent) {
    int expected = holes.indexed(parent, NONE) ? 1 : 0;
    require(expected == (isHole(parent, NONE) ? 1 : 0), parent, "leading hole");
    for (int child = nodes.first(parent); child != NONE; child = nodes.next(child)) {
      boolean hole = isHole(parent, child);
      require(nodes.has(child, Nodes.HOLE) == hole, child, "hole");
      expected += hole ? 1 : 0;
    }
    Bins bins = tree.containers.bins(nodes.container(parent));
    int found = 0;
    for (int bin = bins.nextOccupied(0); bin != NONE; bin = bins.nextOccupied(bin + 1)) {
      for (int hole = bins.head(bin); hole != NONE; hole = holes.next(hole)) {
        int before = holes.before(hole);
        require(before == NONE || nodes.parent(before) == parent, before, "hole of this parent");
        require(holes.indexed(parent, before), before, "indexed hole");
        require(SizeBins.of(holes.usable(parent, before)) == bin, before, "bin of the hole");
        found++;
      }
    }
    require(found == expected, parent, "number of holes");
  }

  private boolean isHole(int parent, int before) {
    return tree.after(parent, before) != NONE && holes.usable(parent, before) > 0;
  }

  private void queue() {
    int length = 0;
    int prev = NONE;
    for (int node = tree.events.head(); node != NONE; node = nodes.eventNext(node)) {
      require(nodes.live(node) && nodes.has(node, Nodes.QUEUED), node, "queued");
      require(nodes.eventPrev(node) == prev, node, "previous in the queue");
      prev = node;
      length++;
    }
    require(length == queued, NONE, "every node is queued at most once");
  }

  private static void require(boolean condition, int node, String what) {
    if (!condition) {
      throw new IllegalStateException("node " + node + ": " + what);
    }
  }
}
