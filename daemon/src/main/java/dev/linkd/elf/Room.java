package dev.linkd.elf;

/** What a settle has to know about the room in an image. */
final class Room {

  /** Giving back less than this makes no difference. */
  static final long LARGE_BYTES = 16 << 20;

  /** Something did not reach its target in the last settle, or did not fit into the addresses. */
  boolean outOfReach;

  /** Something very large shrank or went since the last settle. */
  boolean sparse;

  /** Bytes were given back. */
  void given(long bytes) {
    sparse |= bytes > LARGE_BYTES;
  }
}
