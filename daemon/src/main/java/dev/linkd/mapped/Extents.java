package dev.linkd.mapped;

import java.util.Arrays;

/**
 * The ends that containers show. Headers, boundary symbols and segments of a linked file say where
 * its sections end, and nearly each child that moves becomes the last one of its container. So a
 * container can show an end that moves in steps: what is between its last child and that end is a
 * gap like any other. A container that has just been filled shows its exact end.
 */
public final class Extents {
  private static final int NONE = Nodes.NONE;

  /** The same for all sizes, so that an update costs the same; never more than a container has. */
  private static final long STEP = 16 * 1024;

  private final Tree tree;
  private final Nodes nodes;
  private final Containers containers;

  /** Containers in steps whose last child came, went, moved or was resized. */
  private int[] doubtful = new int[8];

  private int count;
  private boolean begun;
  private long changes;

  Extents(Tree tree) {
    this.tree = tree;
    this.nodes = tree.nodes;
    this.containers = tree.containers;
  }

  /** Lets the end of a container that has no children yet move in steps, once steps have begun. */
  public void step(int container) {
    if (nodes.first(container) != NONE) {
      throw new IllegalStateException("node " + container + " has children");
    }
    containers.setStepped(tree.container(container));
  }

  /** From now on ends move in steps; until then they are exact. */
  public void begin() {
    begun = true;
  }

  /** A node with or without children came, went, moved or was resized. */
  void changed(int node, int parent) {
    int row = nodes.container(node);
    if (row != NONE) {
      changes++;
      doubt(node, row);
    } else if (nodes.parent(parent) == NONE) {
      changes++;
    }
    // Inside of a container only its last child decides on anything that is seen from outside.
    if (nodes.next(node) == NONE) {
      int outer = nodes.container(parent);
      changes += containers.stepped(outer) ? 0 : 1;
      doubt(parent, outer);
    }
  }

  private void doubt(int node, int row) {
    if (containers.stepped(row) && !containers.doubtful(row)) {
      containers.setDoubtful(row, true);
      if (count == doubtful.length) {
        doubtful = Arrays.copyOf(doubtful, count * 2);
      }
      doubtful[count++] = node;
    }
  }

  /** Another number after a container, a child of a root or an end that is shown changed. */
  public long changes() {
    settle();
    return changes;
  }

  /** The end that a container shows: that of its last child, or behind it. */
  public long shown(int container) {
    int row = nodes.container(container);
    if (row == NONE || !containers.stepped(row)) {
      return nodes.extent(container);
    }
    settle();
    return containers.shown(row);
  }

  private void settle() {
    while (count > 0) {
      int node = doubtful[--count];
      int row = nodes.live(node) ? nodes.container(node) : NONE;
      if (row != NONE && containers.doubtful(row)) {
        containers.setDoubtful(row, false);
        long before = containers.shown(row);
        long now = Math.min(next(nodes.extent(node), before), nodes.size(node));
        containers.setShown(row, now);
        changes += now == before ? 0 : 1;
      }
    }
  }

  private long next(long extent, long shown) {
    if (extent > shown) {
      return begun && shown > 0 ? extent + STEP : extent;
    }
    boolean close = begun && shown - extent <= 2 * STEP && extent >= shown / 2;
    return close ? shown : extent;
  }
}
