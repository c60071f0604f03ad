package dev.linkd.mapped;

/**
 * Writes what a reader of the file finds between the children of a container, and between its last
 * child and its end.
 */
public interface GapFiller {

  /** Zero bytes. */
  GapFiller ZERO = new UniformFiller((byte) 0);

  /** The x86 breakpoint instruction {@code int3}: running into a gap traps. */
  GapFiller TRAP = new UniformFiller((byte) 0xcc);

  /**
   * Fills a range of the image. A filler that is not {@linkplain #uniform uniform} gets the whole
   * gap each time the gap or the node before it changes, and declares what it writes with {@link
   * MappedFile#dirty(long, long)}. It must not change the tree.
   *
   * @param previousNode the child before the gap, or {@link MappedFile#NONE}
   * @param from first byte, as offset in the file
   * @param to end of the range
   */
  void fill(MappedFile file, int container, int previousNode, long from, long to);

  /**
   * Least size of a gap that can be filled. No gap of 1 to {@code minGap() - 1} bytes is left, and
   * every child must be empty or at least that large, because its place may become a gap.
   */
  default int minGap() {
    return 1;
  }

  /**
   * Whether any part of a gap can be filled on its own, whatever is next to it. Then only bytes
   * that became free are filled, and they are marked as dirty by the caller.
   */
  default boolean uniform() {
    return false;
  }
}
