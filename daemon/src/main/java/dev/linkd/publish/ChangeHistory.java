package dev.linkd.publish;

/**
 * What changed in the last generations, so that an older copy of the file can catch up. Bounded:
 * each generation that is committed replaces the oldest one.
 *
 * <p>Changes first collect as pending. A publish that fails leaves them there, so that the next one
 * includes them.
 */
final class ChangeHistory {
  private final ByteRanges[] slots;
  private ByteRanges pending = new ByteRanges();
  private long generation;

  /** The oldest generation to which every later change is held. */
  private long oldestBase;

  ChangeHistory(int generations) {
    slots = new ByteRanges[generations];
    for (int i = 0; i < generations; i++) {
      slots[i] = new ByteRanges();
    }
  }

  /** What changed since the last generation that was committed. */
  ByteRanges pending() {
    return pending;
  }

  /** The pending changes become those between the previous generation and {@code next}. */
  void commit(long next) {
    generation = next;
    if (slots.length == 0) {
      oldestBase = next;
      pending.clear();
      return;
    }
    int slot = slot(next);
    ByteRanges reused = slots[slot];
    slots[slot] = pending;
    pending = reused;
    pending.clear();
    oldestBase = Math.max(oldestBase, next - slots.length);
  }

  /**
   * Adds everything that changed after {@code base}, with the pending changes.
   *
   * @return false when the history does not reach back that far; then {@code into} is incomplete
   */
  boolean since(long base, ByteRanges into) {
    if (base < oldestBase || base > generation) {
      return false;
    }
    into.addAll(pending);
    for (long g = base + 1; g <= generation; g++) {
      into.addAll(slots[slot(g)]);
    }
    return true;
  }

  private int slot(long ofGeneration) {
    return (int) (ofGeneration % slots.length);
  }
}
