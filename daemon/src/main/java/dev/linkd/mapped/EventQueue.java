package dev.linkd.mapped;

/**
 * Nodes that moved or changed their size, in the order of the first change. A node is queued at
 * most once, whatever happens to it before it is polled.
 */
final class EventQueue {
  private static final int NONE = Nodes.NONE;

  private final Nodes nodes;
  private int head = NONE;
  private int tail = NONE;
  private int polled = NONE;
  private boolean polledMoved;
  private boolean polledResized;

  EventQueue(Nodes nodes) {
    this.nodes = nodes;
  }

  /** Queues a node for a reason: {@link Nodes#MOVED} or {@link Nodes#RESIZED}. */
  void add(int node, int reason) {
    nodes.set(node, reason);
    if (nodes.has(node, Nodes.QUEUED)) {
      return;
    }
    nodes.set(node, Nodes.QUEUED);
    nodes.setEventNext(node, NONE);
    nodes.setEventPrev(node, tail);
    if (tail == NONE) {
      head = node;
    } else {
      nodes.setEventNext(tail, node);
    }
    tail = node;
  }

  int poll() {
    int node = head;
    polled = node;
    if (node != NONE) {
      polledMoved = nodes.has(node, Nodes.MOVED);
      polledResized = nodes.has(node, Nodes.RESIZED);
      unlink(node);
    }
    return node;
  }

  /** Forgets a node that is about to be freed. */
  void remove(int node) {
    if (nodes.has(node, Nodes.QUEUED)) {
      unlink(node);
    }
    if (polled == node) {
      polled = NONE;
    }
  }

  boolean moved(int node) {
    return node == polled ? polledMoved : nodes.has(node, Nodes.MOVED);
  }

  boolean resized(int node) {
    return node == polled ? polledResized : nodes.has(node, Nodes.RESIZED);
  }

  int head() {
    return head;
  }

  private void unlink(int node) {
    int next = nodes.eventNext(node);
    int prev = nodes.eventPrev(node);
    if (prev == NONE) {
      head = next;
    } else {
      nodes.setEventNext(prev, next);
    }
    if (next == NONE) {
      tail = prev;
    } else {
      nodes.setEventPrev(next, prev);
    }
    nodes.clear(node, Nodes.QUEUED | Nodes.MOVED | Nodes.RESIZED);
  }
}
