package dev.linkd.elf;

import dev.linkd.mapped.MappedFile;
import dev.linkd.output.Atoms;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Symbols;

/**
 * Reads ahead what the application of relocations is going to read. In a large program each of the
 * rows that a relocation leads to is a cache miss, and each depends on the one before: symbol,
 * atom, node. Handled one after the other, twenty relocations wait for sixty misses; read level by
 * level, the processor has all misses of a level under way at once.
 */
final class Prefetch {
  private static final int NONE = -1;

  /** Relocations of one pass; their rows stay in the first-level cache until they are used. */
  private static final int BATCH = 128;

  private final Relocations relocations;
  private final Symbols symbols;
  private final Atoms atoms;
  private final MappedFile file;

  /** Atoms of one pass: where the fields are, and where their targets are. */
  private final int[] places = new int[BATCH];

  private final int[] targets = new int[BATCH];

  /** Sum of the offsets that were read last. */
  private long sum;

  Prefetch(LinkState state) {
    this.relocations = state.relocations;
    this.symbols = state.symbols;
    this.atoms = state.atoms;
    this.file = state.file;
  }

  /**
   * Reads what the next relocations of a queue from an index on lead to.
   *
   * @return how many relocations these are
   */
  int touch(IntQueue rows, int from) {
    int count = Math.min(BATCH, rows.size() - from);
    for (int i = 0; i < count; i++) {
      int row = rows.get(from + i);
      boolean live = relocations.live(row);
      places[i] = live ? relocations.atom(row) : NONE;
      targets[i] = live ? relocations.symbol(row) : NONE;
    }
    for (int i = 0; i < count; i++) {
      if (places[i] != NONE) {
        int symbol = targets[i];
        targets[i] = symbols.state(symbol) == Symbols.DEFINED ? symbols.atom(symbol) : NONE;
        places[i] = atoms.node(places[i]);
      }
    }
    for (int i = 0; i < count; i++) {
      targets[i] = targets[i] == NONE ? NONE : atoms.node(targets[i]);
    }
    long offsets = 0;
    for (int i = 0; i < count; i++) {
      offsets += places[i] == NONE ? 0 : file.offset(places[i]);
      offsets += targets[i] == NONE ? 0 : file.offset(targets[i]);
    }
    sum = offsets;
    return count;
  }

  /** Something that depends on every read, so that no compiler may leave one out. */
  long sum() {
    return sum;
  }
}
