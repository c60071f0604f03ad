package dev.linkd.elf;

import dev.linkd.reloc.Relocations;

/** Writes what relocations say, once for each that is pending when everything has its address. */
final class PendingRelocations {
  private final LinkState state;
  private final ElfParts parts;
  private final Prefetch prefetch;
  private final PlainRelocations plain;

  /** Relocations that could not be applied; they are tried again at every settle. */
  private final IntQueue failed = new IntQueue();

  PendingRelocations(LinkState state, ElfParts parts, Prefetch prefetch) {
    this.state = state;
    this.parts = parts;
    this.prefetch = prefetch;
    this.plain = new PlainRelocations(state, parts);
  }

  /** At the start of a settle: what failed in the last one is pending again. */
  void retry() {
    state.retry(failed);
  }

  void apply() {
    state.allPending &= state.pending.isEmpty();
    plain.apply(state.pending);
    applyAll();
    parts.writer.retryFar();
  }

  private void applyAll() {
    IntQueue pending = state.pending;
    Relocations relocations = state.relocations;
    int ahead = 0;
    for (int i = 0; i < pending.size(); i++) {
      if (i == ahead) {
        ahead += prefetch.touch(pending, i);
      }
      int row = pending.get(i);
      if (!relocations.live(row) || !relocations.flag(row, Relocations.PENDING)) {
        continue;
      }
      relocations.setFlag(row, Relocations.PENDING, false);
      if (!parts.writer.apply(row)) {
        relocations.setFlag(row, Relocations.FAILED, true);
        failed.add(row);
      }
    }
    pending.clearAndShrink();
  }
}
