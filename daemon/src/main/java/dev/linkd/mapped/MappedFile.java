package dev.linkd.mapped;

import dev.linkd.table.Work;
import java.lang.foreign.MemorySegment;

/**
 * The resident image of an output file, and a tree of ranges (nodes) over it. Sections are children
 * of the file, atoms are children of sections. The offset of a node is relative to its parent, so
 * that moving a section does not touch its atoms. Bytes move with their node. A node that moved or
 * was resized, by a request or because of another node, is queued once for {@link #pollEvent}; the
 * format then rewrites what depends on it.
 *
 * <p>A node that gets children is a container: its size is what is reserved, the {@link #extent} is
 * what is used. Containers grow by half, in place if there is room, else by moving. Besides the
 * file there are roots without content, for ranges that have addresses but no bytes.
 *
 * <p>An operation that fails changes nothing, except that outer containers may have become larger.
 * For one thread at a time.
 */
public final class MappedFile implements AutoCloseable {

  public static final int NONE = -1;

  /** The root that has bytes. */
  public static final int FILE = 0;

  /** Limit of every offset and size; sums of a few stay far from overflow. */
  public static final long MAX_BYTES = 1L << 46;

  public static final int ALIGNMENT_LOG2_MAX = 30;

  private static final int NODES_MAX = 1 << 27;
  private static final int ROOT_ALIGNMENT = ALIGNMENT_LOG2_MAX;

  private final Image image;
  private final Tree tree;
  private final Nodes nodes;
  private final Arguments arguments;
  final Growth growth;

  /**
   * Reserves address space for an empty file.
   *
   * @param name of the file, for messages
   * @param reserveBytes the most that the file may grow to
   */
  public MappedFile(String name, long reserveBytes, Work work) {
    if (reserveBytes <= 0 || reserveBytes > MAX_BYTES) {
      throw new IllegalArgumentException(name + ": reservation of " + reserveBytes + " bytes");
    }
    this.image = new Image(name + " (image)", reserveBytes, work);
    this.tree = new Tree(this, name, NODES_MAX, image, work);
    this.nodes = tree.nodes;
    this.arguments = new Arguments(tree);
    this.growth = new Growth(tree);
    int file = nodes.add(Policy.FLOATING, ROOT_ALIGNMENT, NONE, Nodes.CONTENT);
    tree.containers.setLimit(tree.container(file), reserveBytes);
  }

  /**
   * Adds a root with FLOATING children.
   *
   * @param content must be false: only {@link #FILE} has bytes
   */
  public int addRoot(boolean content) {
    if (content) {
      throw new IllegalArgumentException("only the file has content");
    }
    return nodes.add(Policy.FLOATING, ROOT_ALIGNMENT, NONE, 0);
  }

  /**
   * Adds a node: to the best hole of a FLOATING parent, else behind the last child. Its bytes are
   * zero.
   *
   * @param policy for the children of the new node
   * @param owner a number that means something to the format
   * @throws WindowFullException if a container reached its limit
   */
  public int add(int parent, Policy policy, long size, int alignmentLog2, int owner)
      throws WindowFullException {
    nodes.requireLive(parent);
    return insert(parent, nodes.last(parent), policy, size, alignmentLog2, owner, true);
  }

  /**
   * Like {@link #add} for a FLOATING parent and a node without children, of which the caller writes
   * all bytes, and {@linkplain #dirty declares} them. Until then they are undefined.
   *
   * @throws WindowFullException if a container reached its limit
   */
  public int addUnfilled(int parent, long size, int alignmentLog2, int owner)
      throws WindowFullException {
    nodes.requireLive(parent);
    if (nodes.policy(parent) != Policy.FLOATING) {
      throw new IllegalArgumentException("node " + parent + " keeps an order");
    }
    return insert(parent, nodes.last(parent), Policy.FIXED, size, alignmentLog2, owner, false);
  }

  /**
   * Adds a node behind a sibling, or as the first child for NONE. The parent must keep an order.
   *
   * @throws WindowFullException if a container reached its limit, or a FIXED gap is too small
   */
  public int addAfter(
      int parent, int sibling, Policy policy, long size, int alignmentLog2, int owner)
      throws WindowFullException {
    nodes.requireLive(parent);
    if (nodes.policy(parent) == Policy.FLOATING) {
      throw new IllegalArgumentException("node " + parent + " keeps no order");
    }
    if (sibling != NONE && (!nodes.live(sibling) || nodes.parent(sibling) != parent)) {
      throw new IllegalArgumentException(sibling + " is not a child of " + parent);
    }
    return insert(parent, sibling, policy, size, alignmentLog2, owner, true);
  }

  private int insert(
      int parent, int before, Policy policy, long size, int alignment, int owner, boolean filled)
      throws WindowFullException {
    arguments.size(parent, size);
    arguments.alignment(alignment);
    tree.container(parent);
    int content = nodes.has(parent, Nodes.CONTENT) ? Nodes.CONTENT : 0;
    int node = nodes.add(policy, alignment, owner, content);
    boolean done = false;
    try {
      growth.insert(parent, before, node, size, alignment, filled);
      done = true;
    } finally {
      if (!done) {
        nodes.free(node);
      }
      growth.trimRoot(parent);
    }
    return node;
  }

  /**
   * Changes the size of a node. It shrinks in place. It grows into the gap behind it; else it moves
   * (FLOATING) or later siblings are shifted (ORDERED, DENSE). Bytes that are added are zero.
   *
   * @throws WindowFullException if a container reached its limit, or the node must not move
   */
  public void resize(int node, long size) throws WindowFullException {
    arguments.child(node);
    int parent = nodes.parent(node);
    arguments.size(parent, size);
    if (size == nodes.size(node)) {
      return;
    }
    long extent = nodes.extent(node);
    if (size < extent || !Gap.valid(size - extent, tree.minGap(node))) {
      throw new IllegalArgumentException("children of " + node + " end at " + extent);
    }
    if (size > tree.limit(node)) {
      throw new WindowFullException(node, size, tree.limit(node));
    }
    reshape(node, size, nodes.alignment(node));
  }

  /**
   * Changes the alignment of a node, which moves it if its place is not aligned. The alignment of a
   * node with children is never lowered.
   *
   * @throws WindowFullException if a container reached its limit, or the node must not move
   */
  public void realign(int node, int alignmentLog2) throws WindowFullException {
    arguments.child(node);
    arguments.alignment(alignmentLog2);
    if (nodes.first(node) != NONE && alignmentLog2 < nodes.alignment(node)) {
      return;
    }
    reshape(node, nodes.size(node), alignmentLog2);
  }

  /**
   * Moves a node of a FLOATING container into a hole before it, so that the container can become
   * smaller.
   *
   * @return whether it has moved
   */
  public boolean pull(int node) {
    arguments.child(node);
    return growth.pull(node);
  }

  private void reshape(int node, long size, int alignment) throws WindowFullException {
    boolean pinned = nodes.has(node, Nodes.PINNED);
    if (pinned && nodes.policy(nodes.parent(node)) != Policy.FLOATING) {
      throw new IllegalArgumentException("node " + node + " is pinned");
    }
    growth.reshape(node, size, size, alignment);
    growth.trimRoot(nodes.parent(node));
  }

  /** Removes a node with all its descendants. Its range is filled and can be used at once. */
  public void remove(int node) {
    arguments.child(node);
    growth.remove(node);
  }

  /** Keeps a child of a FLOATING parent where it is. */
  public void pin(int node) {
    arguments.child(node);
    nodes.set(node, Nodes.PINNED);
  }

  /** Limits the size of a container: its address window. */
  public void setLimit(int container, long maxBytes) {
    nodes.requireLive(container);
    if (maxBytes < nodes.size(container) || maxBytes > MAX_BYTES) {
      throw new IllegalArgumentException("limit " + maxBytes + " of node " + container);
    }
    tree.containers.setLimit(tree.container(container), maxBytes);
  }

  /** Sets what fills the gaps of a container, which must have no children yet. */
  public void setFiller(int container, GapFiller filler) {
    arguments.noChildren(container);
    if (!Gap.valid(nodes.size(container), filler.minGap())) {
      throw new IllegalArgumentException("node " + container + " is smaller than a gap");
    }
    tree.containers.setFiller(tree.container(container), filler);
    tree.grown(container, 0);
  }

  /**
   * Sets how much room each child of a container should have behind it; the container must have no
   * children yet.
   *
   * @param percent of the child's size
   * @param min bytes at least
   */
  public void setSlack(int container, int percent, long min) {
    arguments.noChildren(container);
    if (percent < 0 || percent > 1000 || min < 0 || min > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("slack of " + percent + "%, " + min + " bytes");
    }
    tree.containers.setSlack(tree.container(container), percent, min);
  }

  /** Offset of a node in its parent. */
  public long offset(int node) {
    return nodes.offset(node);
  }

  /** Offset of a node in its root: for nodes with content, in the file. */
  public long position(int node) {
    return tree.position(node);
  }

  /** Size of a node; of {@link #FILE}: of the file. */
  public long size(int node) {
    return nodes.size(node);
  }

  /** End of the last child in a container. */
  public long extent(int node) {
    return nodes.extent(node);
  }

  /** Bytes from the start of a node to its next sibling, or to the end of its parent. */
  public long capacity(int node) {
    arguments.child(node);
    return tree.gapTo(nodes.parent(node), node) - nodes.offset(node);
  }

  /** Log2 of the alignment of a node. */
  public int alignment(int node) {
    return nodes.alignment(node);
  }

  public Policy policy(int node) {
    return nodes.policy(node);
  }

  public int owner(int node) {
    return nodes.owner(node);
  }

  /** Gives the place of a node to another client row, which writes its bytes there. */
  public void setOwner(int node, int owner) {
    nodes.setOwner(node, owner);
  }

  public int parent(int node) {
    return nodes.parent(node);
  }

  public int first(int node) {
    return nodes.first(node);
  }

  public int last(int node) {
    return nodes.last(node);
  }

  public int next(int node) {
    return nodes.next(node);
  }

  public int prev(int node) {
    return nodes.prev(node);
  }

  /** The most that a container may grow to. */
  public long limit(int container) {
    return tree.limit(container);
  }

  /** Whether a node has bytes in the file. */
  public boolean hasContent(int node) {
    return nodes.has(node, Nodes.CONTENT);
  }

  public boolean live(int node) {
    return nodes.live(node);
  }

  /** The bytes of the file and possibly more; read it again after any operation that can grow. */
  public MemorySegment image() {
    return image.bytes();
  }

  /** Gives the memory of the image back: before anything else, the owner writes all bytes again. */
  public void discardImage() {
    if (!dirty().isEmpty()) {
      throw new IllegalStateException("the image has bytes that were not published");
    }
    image.discard();
  }

  /** The ends that sections show, and whether any of them changed. */
  public Extents extents() {
    return tree.extents;
  }

  /** Declares a range of the file as changed. */
  public void dirty(long from, long to) {
    if (from < 0 || from > to || to > nodes.size(FILE)) {
      throw new IllegalArgumentException("range " + from + ".." + to + " of the file");
    }
    image.wrote(from, to);
  }

  /** The ranges of the file that changed since they were cleared. */
  public DirtyRanges dirty() {
    return image.dirty();
  }

  /** Takes the next node that moved or was resized from the queue; NONE when it is empty. */
  public int pollEvent() {
    return tree.events.poll();
  }

  /** Whether the offset of a polled or queued node in its parent changed. */
  public boolean moved(int node) {
    return tree.events.moved(node);
  }

  /** Whether the size of a polled or queued node changed. */
  public boolean resized(int node) {
    return tree.events.resized(node);
  }

  /** Bytes of a container that no child uses: holes, padding, and the room at its end. */
  public long slack(int container) {
    return nodes.size(container) - tree.used(container);
  }

  /** Number of nodes. */
  public int nodeCount() {
    return nodes.size();
  }

  /** Bytes of committed memory: the image and the tables. */
  public long committed() {
    return image.committed() + nodes.bytes() + tree.containers.bytes();
  }

  /** Fails if anything about the tree, the hole index or the queue is inconsistent. */
  public void check() {
    new Check(tree).run();
  }

  @Override
  public void close() {
    image.close();
    nodes.close();
    tree.containers.close();
  }
}
