package dev.linkd.mapped;

/** How the children of a node are placed. */
public enum Policy {
  /** Anywhere: a child goes to the best free hole, else to the end. */
  FLOATING,
  /** In order, with slack between them; growth uses the slack first and shifts as few as needed. */
  ORDERED,
  /** In order and without gaps, except for padding that alignment demands. */
  DENSE,
  /** In order, and a child never moves. */
  FIXED;

  private static final Policy[] VALUES = values();

  static Policy of(int ordinal) {
    return VALUES[ordinal];
  }
}
