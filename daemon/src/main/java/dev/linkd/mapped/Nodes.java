package dev.linkd.mapped;

import dev.linkd.table.RowTable;

/**
 * The rows of the tree.
 *
 * <pre>
 *  0 offset in the parent (8)
 *  8 size (8)
 * 16 parent | 20 previous sibling | 24 next sibling
 * 28 first child | 32 last child
 * 36 owner, a number of the format
 * 40 next hole of the bin | 44 previous hole: the hole behind this node;
 *    in ORDERED and DENSE parents (8): the offset that is planned for this node
 * 48 next in the event queue | 52 previous in the queue
 * 56 container row
 * 60 log2 of the alignment (1) | 61 policy for the children (1) | 62 flags (1)
 * </pre>
 */
final class Nodes extends RowTable {
  private static final int OFFSET = 0;
  private static final int SIZE = OFFSET + 8;
  private static final int PARENT = SIZE + 8;
  private static final int PREV = PARENT + 4;
  private static final int NEXT = PREV + 4;
  private static final int FIRST = NEXT + 4;
  private static final int LAST = FIRST + 4;
  private static final int OWNER = LAST + 4;
  private static final int HOLE_NEXT = OWNER + 4;
  private static final int HOLE_PREV = HOLE_NEXT + 4;
  private static final int PLANNED = HOLE_NEXT;
  private static final int EVENT_NEXT = HOLE_PREV + 4;
  private static final int EVENT_PREV = EVENT_NEXT + 4;
  private static final int CONTAINER = EVENT_PREV + 4;
  private static final int ALIGNMENT = CONTAINER + 4;
  private static final int POLICY = ALIGNMENT + 1;
  private static final int FLAGS = POLICY + 1;
  private static final int ROW_BYTES = 64;

  /** The node moved in its parent since it was last polled. */
  static final int MOVED = 1;

  /** The node's size changed since it was last polled. */
  static final int RESIZED = 2;

  /** The node is in the event queue. */
  static final int QUEUED = 4;

  /** The node has bytes in the file. */
  static final int CONTENT = 8;

  /** The hole behind the node is in the hole index. */
  static final int HOLE = 16;

  /** The node never moves in its parent. */
  static final int PINNED = 32;

  Nodes(String name, int maxRows) {
    super(name, ROW_BYTES, maxRows);
  }

  int add(Policy policy, int alignment, int owner, int flags) {
    int node = allocate();
    long at = at(node);
    for (int field = PARENT; field <= CONTAINER; field += Integer.BYTES) {
      rows.setInt(at + field, NONE);
    }
    rows.setInt(at + OWNER, owner);
    rows.setByte(at + ALIGNMENT, (byte) alignment);
    rows.setByte(at + POLICY, (byte) policy.ordinal());
    rows.setByte(at + FLAGS, (byte) flags);
    return node;
  }

  long offset(int node) {
    return rows.getLong(at(node) + OFFSET);
  }

  void setOffset(int node, long offset) {
    rows.setLong(at(node) + OFFSET, offset);
  }

  long size(int node) {
    return rows.getLong(at(node) + SIZE);
  }

  void setSize(int node, long size) {
    rows.setLong(at(node) + SIZE, size);
  }

  int parent(int node) {
    return rows.getInt(at(node) + PARENT);
  }

  void setParent(int node, int parent) {
    rows.setInt(at(node) + PARENT, parent);
  }

  int prev(int node) {
    return rows.getInt(at(node) + PREV);
  }

  void setPrev(int node, int prev) {
    rows.setInt(at(node) + PREV, prev);
  }

  int next(int node) {
    return rows.getInt(at(node) + NEXT);
  }

  void setNext(int node, int next) {
    rows.setInt(at(node) + NEXT, next);
  }

  int first(int node) {
    return rows.getInt(at(node) + FIRST);
  }

  void setFirst(int node, int first) {
    rows.setInt(at(node) + FIRST, first);
  }

  int last(int node) {
    return rows.getInt(at(node) + LAST);
  }

  void setLast(int node, int last) {
    rows.setInt(at(node) + LAST, last);
  }

  int owner(int node) {
    return rows.getInt(at(node) + OWNER);
  }

  void setOwner(int node, int owner) {
    rows.setInt(at(node) + OWNER, owner);
  }

  int holeNext(int node) {
    return rows.getInt(at(node) + HOLE_NEXT);
  }

  void setHoleNext(int node, int hole) {
    rows.setInt(at(node) + HOLE_NEXT, hole);
  }

  int holePrev(int node) {
    return rows.getInt(at(node) + HOLE_PREV);
  }

  void setHolePrev(int node, int hole) {
    rows.setInt(at(node) + HOLE_PREV, hole);
  }

  long planned(int node) {
    return rows.getLong(at(node) + PLANNED);
  }

  void setPlanned(int node, long offset) {
    rows.setLong(at(node) + PLANNED, offset);
  }

  int eventNext(int node) {
    return rows.getInt(at(node) + EVENT_NEXT);
  }

  void setEventNext(int node, int next) {
    rows.setInt(at(node) + EVENT_NEXT, next);
  }

  int eventPrev(int node) {
    return rows.getInt(at(node) + EVENT_PREV);
  }

  void setEventPrev(int node, int prev) {
    rows.setInt(at(node) + EVENT_PREV, prev);
  }

  int container(int node) {
    return rows.getInt(at(node) + CONTAINER);
  }

  void setContainer(int node, int container) {
    rows.setInt(at(node) + CONTAINER, container);
  }

  int alignment(int node) {
    return rows.getByte(at(node) + ALIGNMENT);
  }

  void setAlignment(int node, int alignment) {
    rows.setByte(at(node) + ALIGNMENT, (byte) alignment);
  }

  Policy policy(int node) {
    return Policy.of(rows.getByte(at(node) + POLICY));
  }

  boolean has(int node, int flag) {
    return (rows.getByte(at(node) + FLAGS) & flag) != 0;
  }

  void set(int node, int flag) {
    rows.setByte(at(node) + FLAGS, (byte) (rows.getByte(at(node) + FLAGS) | flag));
  }

  void clear(int node, int flags) {
    rows.setByte(at(node) + FLAGS, (byte) (rows.getByte(at(node) + FLAGS) & ~flags));
  }

  /** End of a node in its parent. */
  long end(int node) {
    return offset(node) + size(node);
  }

  /** End of the last child. */
  long extent(int node) {
    int last = last(node);
    return last == NONE ? 0 : end(last);
  }
}
