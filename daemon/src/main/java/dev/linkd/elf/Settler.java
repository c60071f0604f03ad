package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_TLS;

import dev.linkd.mapped.MappedFile;
import dev.linkd.reloc.Relocations;

/**
 * Brings an image in line with its tables: first everything that may change places or addresses,
 * again and again until nothing does, and only then the bytes that depend on them, each once.
 */
final class Settler {

  private static final int NONE = -1;

  /** A settle that needs more rounds has a cycle; real ones need two to four. */
  private static final int ROUNDS_MAX = 1000;

  private final LinkState state;
  private final Layout layout;
  private final MappedFile file;
  private final ElfParts parts;
  private final IntQueue extraWrites = new IntQueue();
  private final Prefetch prefetch;
  private final FirstOrder order;
  private final ShiftedAtoms shifted;
  private final PendingRelocations pendingRelocations;

  private int needsDone;

  /** {@link LinkState#shape} when the addresses were settled last. */
  private long settledShape = NONE;

  /** The same when all segments fitted into their windows. */
  private long fittedShape = NONE;

  Settler(LinkState state, ElfParts parts) {
    this.state = state;
    this.layout = parts.layout;
    this.file = state.file;
    this.parts = parts;
    this.prefetch = new Prefetch(state);
    this.shifted = new ShiftedAtoms(state);
    this.pendingRelocations = new PendingRelocations(state, parts, prefetch);
    this.order = new FirstOrder(state, layout);
  }

  /** Settles everything; faults are in the problems of the state. */
  void settle() {
    layout.segments().begin();
    if (parts.script != null) {
      state.headersDoubtful(); // what a script says may depend on anything
    }
    pendingRelocations.retry();
    state.room.outOfReach = false;
    parts.properties.settle();
    if (parts.plt.useBranchTracking(parts.properties.branchTracking())) {
      slotsMoved();
    }
    if (order.pending()) {
      place();
      order.apply();
    }
    int rounds = 0;
    boolean packed;
    do {
      settlePlaces();
      pendingRelocations.apply();
      parts.linkOrder.settled();
      parts.unwindTable.settle();
      packed = packRelocations();
      if (++rounds > ROUNDS_MAX) {
        throw new IllegalStateException("the layout does not settle");
      }
    } while (rebase() || packed || !state.pending.isEmpty());
    parts.entry.check();
    if (parts.script != null) {
      parts.script.report();
    }
    EmittedRelocations emitted = parts.emittedRelocations;
    if (emitted != null) {
      emitted.prepare();
    }
    parts.symbolTable.drain();
    parts.resolver.drain();
    if (emitted != null) {
      emitted.write();
    }
    parts.headers.write();
    parts.resolver.doubtful().report(parts.undefined);
    parts.undefined.report();
    parts.demanded.report();
    parts.definedSymbols.report();
    parts.libraryReferences.report();
    parts.unwindTable.report();
    if (parts.dynamicSymbols != null) {
      parts.dynamicSymbols.versionTables.report();
    }
    if (parts.dynamicSection != null) {
      parts.dynamicSection.report();
    }
  }

  /** Returns whether the table has another size. */
  private boolean packRelocations() {
    RelativeRelocations relative = parts.dynamicRelocations.relative();
    return relative != null && relative.settle();
  }

  private void settlePlaces() {
    needsDone = 0;
    int rounds = 0;
    do {
      if (++rounds > ROUNDS_MAX) {
        throw new IllegalStateException("the layout does not settle");
      }
      place();
      while (parts.dynamicSymbols != null && parts.dynamicSymbols.rebuild()) {
        parts.plt.renumbered();
        state.headersDoubtful();
        place();
      }
      writeSlots();
      writeTables();
    } while (unsettled());
  }

  private boolean unsettled() {
    return drainEvents()
        || !state.symbolQueue.isEmpty()
        || !state.extraQueue.isEmpty()
        || needsDone < state.pending.size();
  }

  /** Resolution, slots and places. */
  private void place() {
    boolean again = true;
    while (again) {
      layout.joins.settle(state, parts.editor);
      parts.demanded.demandBoundaries(layout);
      if (!state.symbolQueue.isEmpty()) {
        parts.resolver.drain();
        needsDone = 0;
      }
      updateNeeds();
      settleExtras();
      again = drainEvents() | settleAddresses() | rebase();
      again |= parts.definedSymbols.settle() | layout.joins.pending() | layout.rangeSets.settle();
      again |= !state.symbolQueue.isEmpty() || !state.extraQueue.isEmpty();
      again |= needsDone < state.pending.size();
      // Only when nothing can be reached any more it is certain what cannot be.
      again = again || state.marking.settle() || fold() || parts.linkOrder.settle();
    }
  }

  private boolean fold() {
    return parts.folding != null && parts.folding.settle();
  }

  private void updateNeeds() {
    IntQueue pending = state.pending;
    Relocations relocations = state.relocations;
    int ahead = needsDone;
    while (needsDone < pending.size()) {
      if (needsDone == ahead) {
        ahead += prefetch.touchSymbols(pending, needsDone);
      }
      int row = pending.get(needsDone++);
      if (relocations.live(row) && relocations.flag(row, Relocations.PENDING)) {
        state.marking.reach(row);
        if (state.placed(relocations.atom(row))) {
          parts.needs.update(row);
        } else {
          // Waits again when its atom gets a place.
          relocations.setFlag(row, Relocations.PENDING, false);
        }
      }
    }
  }

  private void settleExtras() {
    IntQueue queue = state.extraQueue;
    Extras extras = state.extras;
    parts.copies.release(queue);
    while (!queue.isEmpty()) {
      int extra = queue.removeLast();
      int queued = extras.get(extra, Extras.QUEUED);
      if ((queued & Extras.WRITE) == 0) {
        extraWrites.add(extra);
      }
      extras.set(extra, Extras.QUEUED, Extras.WRITE);
      if (parts.dynamicSymbols != null) {
        parts.copies.settle(extra);
        parts.dynamicSymbols.settle(extra);
      }
    }
  }

  /** Handles moved nodes; returns whether there were any. */
  private boolean drainEvents() {
    boolean any = false;
    for (int node = file.pollEvent(); node != NONE; node = file.pollEvent()) {
      int owner = file.owner(node);
      state.work.nodes++;
      if (Owners.isAtom(owner)) {
        if (file.moved(node)) {
          any = true;
          state.atomsMoved++;
          state.changes.moved(owner);
          shifted.shifted(owner);
        }
      } else if (Owners.isSection(owner) && file.moved(node)) {
        any |= sectionMoved(layout.section(Owners.sectionNumber(owner)));
      }
    }
    return any;
  }

  private boolean sectionMoved(OutputSection section) {
    long address = layout.addressOf(section);
    if (address == section.address) {
      return false;
    }
    section.address = address;
    for (int node = file.first(section.node); node != NONE; node = file.next(node)) {
      if (Owners.isAtom(file.owner(node))) {
        state.changes.moved(file.owner(node));
      }
    }
    state.headersDoubtful();
    addressChanged(section);
    return true;
  }

  /**
   * Gives segments that outgrew their windows others, and queues all that depends on addresses in
   * them.
   *
   * @return whether an address changed
   */
  private boolean rebase() {
    ScriptEvaluator script = parts.script;
    boolean followed = script != null && script.settle();
    if (followed) {
      state.headersDoubtful();
    }
    if (layout.scripted()) {
      return followScript();
    }
    if (state.shape() == fittedShape) {
      return followed;
    }
    Segments segments = layout.segments();
    segments.measure(layout, parts.threadLocals.memorySize());
    Segment block = segments.existing(SegmentKind.TLS);
    long start = block == null ? 0 : block.address;
    if (!segments.fit(layout)) {
      fittedShape = segments.fits() ? state.shape() : NONE;
      return followed;
    }
    state.headersDoubtful();
    for (OutputSection section : layout.sections()) {
      if (section.allocated()) {
        sectionMoved(section);
      }
    }
    if (block != null && block.address != start) {
      parts.threadLocals.moved();
      threadLocalsMoved();
    }
    return true;
  }

  /** Sections are where the linker script wants them; returns whether an address changed. */
  private boolean followScript() {
    boolean any = false;
    for (OutputSection section : layout.sections()) {
      any |= section.allocated() && sectionMoved(section);
    }
    if (parts.threadLocals.settle()) {
      any = true;
      threadLocalsMoved();
    }
    return any | !state.symbolQueue.isEmpty();
  }

  private void addressChanged(OutputSection section) {
    state.atomsMoved(section.node);
    if (section == parts.got.section()
        || section == parts.plt.section()
        || section == parts.plt.words()) {
      slotsMoved();
      gotMoved();
    }
    parts.unwindTable.moved(section);
    boundaryMoved(section);
  }

  /** Relocations that count from the GOT are in no list; few programs have any. */
  private void gotMoved() {
    if (!parts.needs.gotRelative()) {
      return;
    }
    state.queueAll(RelocationNeeds::gotRelative);
  }

  private void slotsMoved() {
    state.extrasMoved();
    parts.plt.moved();
  }

  /** Returns whether there are symbols at the boundaries. */
  private boolean boundaryMoved(OutputSection section) {
    for (int i = 0; i < section.boundaries.size(); i++) {
      int symbol = section.boundaries.get(i);
      state.symbolMoved(symbol);
      state.aliasesMoved(symbol);
    }
    OutputSection around = layout.bounds.around(section);
    return !section.boundaries.isEmpty() | (around != null && boundaryMoved(around));
  }

  /** Boundary symbols and the thread-local block follow the sizes of sections. */
  private boolean settleAddresses() {
    if (state.shape() == settledShape) {
      return false;
    }
    boolean any = false;
    for (OutputSection section : layout.sections()) {
      long size = layout.size(section);
      if (size != section.settledSize) {
        section.settledSize = size;
        any |= boundaryMoved(section);
      }
    }
    if (parts.threadLocals.settle()) {
      any = true;
      state.headersDoubtful();
      threadLocalsMoved();
    }
    settledShape = state.shape();
    return any;
  }

  private void threadLocalsMoved() {
    for (OutputSection section : layout.sections()) {
      if ((section.flags & SHF_TLS) != 0) {
        addressChanged(section);
      }
    }
  }

  private void writeSlots() {
    Extras extras = state.extras;
    for (int i = 0; i < extraWrites.size(); i++) {
      int extra = extraWrites.get(i);
      extras.set(extra, Extras.QUEUED, extras.get(extra, Extras.QUEUED) & ~Extras.WRITE);
      parts.slotWriter.write(extra);
      if (parts.dynamicSymbols != null) {
        parts.dynamicSymbols.write(extra);
      }
      if (extras.unused(extra)) {
        int symbol = extras.get(extra, Extras.SYMBOL);
        state.symbols.setExtra(symbol, NONE);
        extras.free(extra);
        state.queueSymbol(symbol);
        state.queueRow(symbol); // a slot counts as a mention
      }
    }
    extraWrites.clear();
    parts.slotWriter.writeLocalDynamic();
  }

  /** Tables that are written whole and compared with what is there. */
  private void writeTables() {
    DynamicSection dynamic = parts.dynamicSection;
    if (dynamic != null) {
      dynamic.write();
    }
    parts.plt.settle(dynamic == null ? 0 : dynamic.section.address);
  }
}
