package dev.linkd.elf;

import java.util.LinkedHashSet;
import java.util.Set;

/** What a settle has to know about the room in an image. */
final class Room {

  /** Giving back less than this makes no difference. */
  private static final long LARGE_BYTES = 16 << 20;

  /** The same for a file that does not fit on its disk. */
  private static final long SMALL_BYTES = 64 << 10;

  /** Something did not reach its target in the last settle, or did not fit into the addresses. */
  boolean outOfReach;

  /** Something very large shrank or went since the last settle. */
  boolean sparse;

  /** The last generation found no space on its disk; what it no longer needs may be enough. */
  boolean scarce;

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

  /** Room that is worth taking back. */
  long worth() {
    return scarce ? SMALL_BYTES : LARGE_BYTES;
  }

  /** Whether there may be room to take back. */
  boolean spare() {
    return sparse || scarce;
  }

  /** Bytes were given back. */
  void given(long bytes) {
    sparse |= bytes > LARGE_BYTES;
  }
}
