package dev.linkd.elf;

import java.util.LinkedHashSet;
import java.util.Set;

/** What a settle has to know about the room in an image. */
final class Room {

  /** Giving back less than this makes no difference. */
  static final long LARGE_BYTES = 16 << 20;

  /** Something did not reach its target in the last settle, or did not fit into the addresses. */
  boolean outOfReach;

  /** Something very large shrank or went since the last settle. */
  boolean sparse;

  /**
   * Atoms of the image that were taken out to be placed elsewhere. They outlive a settle only if
   * one of them found no place; then the next one begins with them.
   */
  final Set<Integer> homeless = new LinkedHashSet<>();

  /** An atom goes, or out of the image. */
  void gone(int atom) {
    if (!homeless.isEmpty()) {
      homeless.remove(atom);
    }
  }

  /** Bytes were given back. */
  void given(long bytes) {
    sparse |= bytes > LARGE_BYTES;
  }
}
