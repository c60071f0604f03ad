package dev.linkd.mapped;

import dev.linkd.table.Segments;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Places for all children of a container, chosen by the format. */
public final class Arrangement {
  private static final int NONE = Tree.NONE;

  private final Tree tree;
  private final Nodes nodes;
  private final int[] children;
  private final long[] offsets;
  private final int count;

  /**
   * Gives all children of an ORDERED container the places that the caller chose, in that order.
   *
   * @param children all of them, in the order of their offsets, which do not overlap
   * @throws WindowFullException if a container reached its limit; then nothing has moved
   */
  public static void arrange(
      MappedFile file, int container, int[] children, long[] offsets, int count)
      throws WindowFullException {
    if (file.policy(container) != Policy.ORDERED) {
      throw new IllegalArgumentException("node " + container + " is not ORDERED");
    }
    file.growth.arrange(container, children, offsets, count);
  }

  Arrangement(Tree tree, int[] children, long[] offsets, int count) {
    this.tree = tree;
    this.nodes = tree.nodes;
    this.children = children;
    this.offsets = offsets;
    this.count = count;
  }

  /** Fails unless these are all children and they do not overlap. */
  void check(int parent) {
    long end = 0;
    for (int i = 0; i < count; i++) {
      int child = children[i];
      if (!nodes.live(child)
          || nodes.parent(child) != parent
          || offsets[i] < end
          || !Gap.aligned(offsets[i], nodes.alignment(child))) {
        throw new IllegalArgumentException("child " + child + " of " + parent + " is misplaced");
      }
      end = offsets[i] + nodes.size(child);
    }
    int present = 0;
    for (int child = nodes.first(parent); child != NONE; child = nodes.next(child)) {
      present++;
    }
    if (present != count) {
      throw new IllegalArgumentException(count + " of " + present + " children of " + parent);
    }
  }

  void apply(int parent, Sequence sequence) {
    boolean sameOrder = true;
    boolean samePlaces = true;
    int child = nodes.first(parent);
    for (int i = 0; i < count; i++) {
      sameOrder &= child == children[i];
      samePlaces &= nodes.offset(children[i]) == offsets[i];
      child = nodes.next(child);
    }
    if (sameOrder && samePlaces) {
      return;
    }
    if (sameOrder) {
      for (int i = 0; i < count; i++) {
        nodes.setPlanned(children[i], offsets[i]);
      }
      sequence.arrange(parent);
    } else {
      reorder(parent);
    }
  }

  /** Another order: the bytes go through a copy of the container. */
  private void reorder(int parent) {
    boolean content = nodes.has(parent, Nodes.CONTENT);
    long extent = nodes.extent(parent);
    long base = tree.position(parent);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = MemorySegment.NULL;
      if (content) {
        copy = arena.allocate(Math.max(1, extent));
        Segments.copy(tree.image.bytes(), base, copy, 0, extent);
      }
      for (int i = 0; i < count; i++) {
        tree.unlink(children[i]);
      }
      tree.freed(parent, 0, nodes.size(parent));
      int before = NONE;
      for (int i = 0; i < count; i++) {
        int child = children[i];
        long old = nodes.offset(child);
        tree.link(parent, before, child);
        if (content) {
          Segments.copy(copy, old, tree.image.bytes(), base + offsets[i], nodes.size(child));
        }
        if (old != offsets[i]) {
          tree.move(child, offsets[i], 0, false);
        }
        before = child;
      }
    }
    if (content) {
      tree.image.wrote(base, base + nodes.size(parent));
    }
  }
}
