package dev.linkd.elf;

import dev.linkd.table.RowTable;

/**
 * Counts who needs which slot of a symbol, and gives and takes the slots when a count leaves or
 * reaches zero. The contents are written by {@link SlotWriter} once everything has settled.
 */
final class SlotOwners {

  private static final int NONE = RowTable.NONE;

  private final LinkState state;
  private final Extras extras;
  private final Got got;
  private final Plt plt;
  private final DynamicRelocations dynamic;

  /** Users of the one (module, 0) pair of the local-dynamic TLS model. */
  private int localDynamicUsers;

  private int localDynamicSlot = NONE;
  private int localDynamicRelocation = NONE;

  /** References that count on a place in the static TLS block. */
  private int staticThreadLocals;

  SlotOwners(LinkState state, Got got, Plt plt, DynamicRelocations dynamic) {
    this.state = state;
    this.extras = state.extras;
    this.got = got;
    this.plt = plt;
    this.dynamic = dynamic;
  }

  void acquire(int symbol, int needs) {
    if ((needs & RelocationNeeds.LD) != 0 && localDynamicUsers++ == 0) {
      localDynamicSlot = got.allocatePair();
    }
    if ((needs & RelocationNeeds.STATIC_TLS) != 0) {
      staticThreadLocals++;
      state.headersDoubtful();
    }
    needs &= ~(RelocationNeeds.LD | RelocationNeeds.STATIC_TLS);
    if (needs == 0) {
      return;
    }
    int extra = state.extraOf(symbol);
    if (gain(extra, needs, RelocationNeeds.GOT, Extras.GOT_USERS)) {
      extras.set(extra, Extras.GOT_SLOT, got.allocate());
    }
    if (gain(extra, needs, RelocationNeeds.PLT, Extras.PLT_USERS)) {
      extras.set(extra, Extras.PLT_SLOT, plt.allocate(extra));
    }
    if (gain(extra, needs, RelocationNeeds.TP, Extras.TP_USERS)) {
      extras.set(extra, Extras.TP_SLOT, got.allocate());
    }
    if (gain(extra, needs, RelocationNeeds.GD, Extras.GD_USERS)) {
      extras.set(extra, Extras.GD_SLOT, got.allocatePair());
    }
    if (gain(extra, needs, RelocationNeeds.DESC, Extras.DESC_USERS)) {
      extras.set(extra, Extras.DESC_SLOT, got.allocatePair());
    }
    gain(extra, needs, RelocationNeeds.COPY, Extras.COPY_USERS);
    gain(extra, needs, RelocationNeeds.CANONICAL, Extras.CANONICAL_USERS);
    gain(extra, needs, RelocationNeeds.SYMBOLIC, Extras.DYNAMIC_USERS);
  }

  private boolean gain(int extra, int needs, int need, int field) {
    if ((needs & need) == 0 || extras.count(extra, field, 1) != 1) {
      return false;
    }
    state.queueExtra(extra);
    return true;
  }

  void release(int symbol, int needs) {
    if ((needs & RelocationNeeds.LD) != 0 && --localDynamicUsers == 0) {
      got.freePair(localDynamicSlot);
      localDynamicSlot = NONE;
      localDynamicRelocation = free(localDynamicRelocation);
    }
    if ((needs & RelocationNeeds.STATIC_TLS) != 0) {
      staticThreadLocals--;
      state.headersDoubtful();
    }
    needs &= ~(RelocationNeeds.LD | RelocationNeeds.STATIC_TLS);
    if (needs == 0) {
      return;
    }
    int extra = state.symbols.extra(symbol);
    if (lose(extra, needs, RelocationNeeds.GOT, Extras.GOT_USERS)) {
      got.free(extras.get(extra, Extras.GOT_SLOT));
      extras.set(extra, Extras.GOT_SLOT, NONE);
      freeRelocation(extra, Extras.GOT_DYNAMIC);
    }
    if (lose(extra, needs, RelocationNeeds.PLT, Extras.PLT_USERS)) {
      plt.free(extras.get(extra, Extras.PLT_SLOT));
      extras.set(extra, Extras.PLT_SLOT, NONE);
    }
    if (lose(extra, needs, RelocationNeeds.TP, Extras.TP_USERS)) {
      got.free(extras.get(extra, Extras.TP_SLOT));
      extras.set(extra, Extras.TP_SLOT, NONE);
      freeRelocation(extra, Extras.TP_DYNAMIC);
    }
    if (lose(extra, needs, RelocationNeeds.GD, Extras.GD_USERS)) {
      got.freePair(extras.get(extra, Extras.GD_SLOT));
      extras.set(extra, Extras.GD_SLOT, NONE);
      freeRelocation(extra, Extras.GD_DYNAMIC);
      freeRelocation(extra, Extras.GD_DYNAMIC_OFFSET);
    }
    if (lose(extra, needs, RelocationNeeds.DESC, Extras.DESC_USERS)) {
      got.freePair(extras.get(extra, Extras.DESC_SLOT));
      extras.set(extra, Extras.DESC_SLOT, NONE);
      freeRelocation(extra, Extras.DESC_DYNAMIC);
    }
    lose(extra, needs, RelocationNeeds.COPY, Extras.COPY_USERS);
    lose(extra, needs, RelocationNeeds.CANONICAL, Extras.CANONICAL_USERS);
    lose(extra, needs, RelocationNeeds.SYMBOLIC, Extras.DYNAMIC_USERS);
  }

  private boolean lose(int extra, int needs, int need, int field) {
    if ((needs & need) == 0 || extras.count(extra, field, -1) != 0) {
      return false;
    }
    state.queueExtra(extra);
    return true;
  }

  private void freeRelocation(int extra, int field) {
    extras.set(extra, field, free(extras.get(extra, field)));
  }

  private int free(int slot) {
    if (slot != NONE) {
      dynamic.free(slot);
    }
    return NONE;
  }

  /** Whether the module needs room in the static TLS block (DF_STATIC_TLS). */
  boolean staticThreadLocals() {
    return staticThreadLocals > 0;
  }

  /** The (module, 0) pair, NONE when no code uses the local-dynamic model. */
  int localDynamicSlot() {
    return localDynamicSlot;
  }

  /** The dynamic relocation of the pair, allocated on first use. */
  int localDynamicRelocation() {
    if (localDynamicRelocation == NONE) {
      localDynamicRelocation = dynamic.allocate();
    }
    return localDynamicRelocation;
  }
}
