package dev.linkd.object.demangle;

/** The readable form as far as it is written. Substitutions may multiply; the length is bounded. */
final class Printer {
  private static final int LENGTH_MAX = 1 << 16;
  private static final int DEPTH_MAX = 200;

  private final StringBuilder text = new StringBuilder();
  private int depth;

  Printer add(String part) throws MangledNameException {
    if (text.length() + part.length() > LENGTH_MAX) {
      throw new MangledNameException();
    }
    text.append(part);
    return this;
  }

  /** The whole form of a node. */
  Printer add(Node node) throws MangledNameException {
    left(node);
    right(node);
    return this;
  }

  /** What stands before the place of a declared name. */
  void left(Node node) throws MangledNameException {
    enter();
    node.left(this);
    depth--;
  }

  /** What stands behind the place of a declared name. */
  void right(Node node) throws MangledNameException {
    enter();
    node.right(this);
    depth--;
  }

  private void enter() throws MangledNameException {
    if (++depth > DEPTH_MAX) {
      throw new MangledNameException();
    }
  }

  /** A list with commas; packs without elements leave no comma. */
  Printer list(Iterable<Node> nodes) throws MangledNameException {
    int start = text.length();
    for (Node node : nodes) {
      int before = text.length();
      if (before > start) {
        add(", ");
      }
      int begin = text.length();
      add(node);
      if (text.length() == begin) {
        text.setLength(before);
      }
    }
    return this;
  }

  boolean endsWith(char c) {
    return !text.isEmpty() && text.charAt(text.length() - 1) == c;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
