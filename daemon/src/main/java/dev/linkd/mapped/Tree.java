package dev.linkd.mapped;

import dev.linkd.table.Work;

/** Rows of the tree with the steps that all placements are made of. */
final class Tree {
  static final int NONE = Nodes.NONE;

  final Nodes nodes;
  final Containers containers;
  final Image image;
  final EventQueue events;
  final Work work;
  final Holes holes;
  final Extents extents;
  private final MappedFile file;

  Tree(MappedFile file, String name, int maxNodes, Image image, Work work) {
    this.file = file;
    this.image = image;
    this.work = work;
    this.nodes = new Nodes(name + " (nodes)", maxNodes);
    this.containers = new Containers(name + " (containers)", maxNodes);
    this.events = new EventQueue(nodes);
    this.extents = new Extents(this);
    this.holes = new Holes(this);
  }

  /** The container row of a node; made when first needed. */
  int container(int node) {
    int row = nodes.container(node);
    if (row == NONE) {
      row = containers.add();
      nodes.setContainer(node, row);
    }
    return row;
  }

  GapFiller filler(int node) {
    int row = nodes.container(node);
    return row == NONE ? GapFiller.ZERO : containers.filler(row);
  }

  int minGap(int node) {
    return filler(node).minGap();
  }

  long limit(int node) {
    int row = nodes.container(node);
    return row == NONE ? MappedFile.MAX_BYTES : containers.limit(row);
  }

  /** Room wanted behind a child of that size, as a gap that can be filled. */
  long slack(int parent, long size) {
    int row = nodes.container(parent);
    long slack = row == NONE ? 0 : containers.slack(row, size);
    return slack == 0 ? 0 : Math.max(slack, minGap(parent));
  }

  /** Start of the gap behind a child, or of the leading gap for NONE. */
  long gapFrom(int before) {
    return before == NONE ? 0 : nodes.end(before);
  }

  int after(int parent, int before) {
    return before == NONE ? nodes.first(parent) : nodes.next(before);
  }

  /** End of the gap behind a child: the next child, or the end of the container. */
  long gapTo(int parent, int before) {
    int next = after(parent, before);
    return next == NONE ? nodes.size(parent) : nodes.offset(next);
  }

  /** Absolute offset of a node in its root. */
  long position(int node) {
    long position = 0;
    for (int at = node; at != NONE; at = nodes.parent(at)) {
      position += nodes.offset(at);
      work.nodes++;
    }
    return position;
  }

  boolean root(int node) {
    return nodes.parent(node) == NONE;
  }

  void link(int parent, int before, int node) {
    int next = after(parent, before);
    nodes.setParent(node, parent);
    nodes.setPrev(node, before);
    nodes.setNext(node, next);
    if (before == NONE) {
      nodes.setFirst(parent, node);
    } else {
      nodes.setNext(before, node);
    }
    if (next == NONE) {
      nodes.setLast(parent, node);
    } else {
      nodes.setPrev(next, node);
    }
    containers.addUsed(container(parent), nodes.size(node));
    extents.changed(node, parent);
    work.nodes += 3;
  }

  void unlink(int node) {
    int parent = nodes.parent(node);
    int before = nodes.prev(node);
    int next = nodes.next(node);
    if (before == NONE) {
      nodes.setFirst(parent, next);
    } else {
      nodes.setNext(before, next);
    }
    if (next == NONE) {
      nodes.setLast(parent, before);
    } else {
      nodes.setPrev(next, before);
    }
    containers.addUsed(container(parent), -nodes.size(node));
    extents.changed(node, parent);
    work.nodes += 3;
  }

  /** Changes the size in the row; queues the node when it is known to the format already. */
  void setSize(int node, long size, boolean fresh) {
    long old = nodes.size(node);
    if (size == old) {
      return;
    }
    nodes.setSize(node, size);
    int parent = nodes.parent(node);
    if (parent != NONE) {
      containers.addUsed(container(parent), size - old);
      extents.changed(node, parent);
      if (!fresh) {
        events.add(node, Nodes.RESIZED);
      }
    }
  }

  /** Changes the size of a node that is moving to another place of the list. */
  void resizeUnlinked(int node, long size) {
    if (size != nodes.size(node)) {
      nodes.setSize(node, size);
      events.add(node, Nodes.RESIZED);
    }
  }

  /** Bytes that the children of a container have together. */
  long used(int container) {
    int row = nodes.container(container);
    return row == NONE ? 0 : containers.used(row);
  }

  /** Moves a node with its bytes to another offset in its parent. */
  void move(int node, long offset, long bytes, boolean fresh) {
    long old = nodes.offset(node);
    if (offset == old) {
      return;
    }
    if (bytes > 0 && nodes.has(node, Nodes.CONTENT)) {
      long base = position(nodes.parent(node));
      image.move(base + old, base + offset, bytes);
    }
    nodes.setOffset(node, offset);
    extents.changed(node, nodes.parent(node));
    if (!fresh) {
      events.add(node, Nodes.MOVED);
    }
  }

  /** Fills bytes of a container that belong to no child any more. Offsets are in the container. */
  void freed(int container, long from, long to) {
    if (from < to && nodes.has(container, Nodes.CONTENT) && filler(container).uniform()) {
      long base = position(container);
      filler(container).fill(file, container, NONE, base + from, base + to);
      image.wrote(base + from, base + to);
    }
  }

  /** Fills a gap again if its filler needs to see whole gaps. */
  void refill(int container, int before) {
    if (nodes.has(container, Nodes.CONTENT) && !filler(container).uniform()) {
      long from = gapFrom(before);
      long to = gapTo(container, before);
      if (from < to) {
        long base = position(container);
        filler(container).fill(file, container, before, base + from, base + to);
        work.nodes++;
      }
    }
  }

  /** Fills what a node gained at its end: zeros for a leaf, a gap for a container. */
  void grown(int node, long oldSize) {
    if (oldSize < nodes.size(node)) {
      freed(node, oldSize, nodes.size(node));
      refill(node, nodes.last(node));
    }
  }

  /** Frees the rows of an unlinked node and of all its descendants. */
  void freeAll(int top) {
    int node = top;
    while (true) {
      while (nodes.first(node) != NONE) {
        node = nodes.first(node);
      }
      int next = node == top ? NONE : nodes.next(node);
      int parent = nodes.parent(node);
      events.remove(node);
      int row = nodes.container(node);
      if (row != NONE) {
        containers.free(row);
      }
      nodes.free(node);
      work.nodes++;
      if (node == top) {
        return;
      }
      nodes.setFirst(parent, NONE);
      node = next == NONE ? parent : next;
    }
  }
}
