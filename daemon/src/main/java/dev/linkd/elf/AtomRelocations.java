package dev.linkd.elf;

import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Atoms;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Symbols;

/** The runs of relocations that atoms contain. */
final class AtomRelocations {

  private static final int NONE = -1;

  private final LinkState state;
  private final RelocationNeeds needs;
  private final Atoms atoms;
  private final Relocations relocations;

  /** How the relocations of an update differ from those that are held. */
  enum Change {
    NONE,
    PLACES,
    TARGETS
  }

  AtomRelocations(LinkState state, RelocationNeeds needs) {
    this.state = state;
    this.needs = needs;
    this.atoms = state.atoms;
    this.relocations = state.relocations;
  }

  /** Replaces the atom's relocations and queues them; returns whether they were the same. */
  boolean replace(int atom, AtomUpdate update, boolean sameBytes) {
    boolean sameTargets = sameTargets(atom, update);
    if (sameTargets && sameBytes && samePlaces(atom, update)) {
      return true;
    }
    if (sameTargets) {
      place(atom, update);
    } else {
      replaceRun(atom, atoms.firstRelocation(atom), atoms.relocations(atom), update);
    }
    int first = atoms.firstRelocation(atom);
    int count = atoms.relocations(atom);
    for (int row = first; row < first + count; row++) {
      state.queueRelocation(row);
    }
    state.work.relocations += count;
    return false;
  }

  private void place(int atom, AtomUpdate update) {
    int first = atoms.firstRelocation(atom);
    for (int i = 0; !update.sameRelocations && i < update.relocations; i++) {
      relocations.setPlace(
          first + i, (int) update.relocationOffsets[i], update.relocationAddends[i]);
    }
  }

  /**
   * Changes the places of the atom's relocations, and queues those whose fields are other ones or
   * lie in blocks that change, to which blocks of fields that are given up are added.
   *
   * @return what is different; with other targets nothing was changed
   */
  Change replaceInPart(int atom, AtomUpdate update, ChangedBlocks blocks) {
    if (!sameTargets(atom, update)) {
      return Change.TARGETS;
    }
    boolean moved = !update.sameRelocations && placeInPart(atom, update, blocks);
    if (!blocks.none()) {
      int first = atoms.firstRelocation(atom);
      int end = first + atoms.relocations(atom);
      for (int row = first; row < end; row++) {
        if (blocks.touch(relocations.offset(row))) {
          queue(row);
        }
      }
    }
    return moved ? Change.PLACES : Change.NONE;
  }

  private boolean placeInPart(int atom, AtomUpdate update, ChangedBlocks blocks) {
    int first = atoms.firstRelocation(atom);
    boolean moved = false;
    for (int i = 0; i < update.relocations; i++) {
      int row = first + i;
      long before = relocations.offset(row);
      boolean shifted = before != update.relocationOffsets[i];
      if (shifted) {
        blocks.add(before);
      }
      if (shifted || relocations.addend(row) != update.relocationAddends[i]) {
        relocations.setPlace(row, (int) update.relocationOffsets[i], update.relocationAddends[i]);
        queue(row);
        moved = true;
      }
    }
    return moved;
  }

  private void queue(int row) {
    state.queueRelocation(row);
    state.work.relocations++;
  }

  private boolean sameTargets(int atom, AtomUpdate update) {
    if (update.sameRelocations) {
      return true;
    }
    if (atoms.relocations(atom) != update.relocations) {
      return false;
    }
    int first = atoms.firstRelocation(atom);
    for (int i = 0; i < update.relocations; i++) {
      int row = first + i;
      if (relocations.symbol(row) != update.relocationTargets[i]
          || relocations.kind(row) != update.relocationKinds[i]
          || relocations.flag(row, Relocations.WEAK) != weak(update, i)
          || relocations.flag(row, Relocations.OWNER) != owner(update, i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean weak(AtomUpdate update, int i) {
    return update.relocationSpaces[i] == AtomUpdate.TARGET_WEAK;
  }

  private static boolean owner(AtomUpdate update, int i) {
    return update.relocationSpaces[i] == AtomUpdate.TARGET_OWNER;
  }

  private boolean samePlaces(int atom, AtomUpdate update) {
    int first = atoms.firstRelocation(atom);
    for (int i = 0; !update.sameRelocations && i < update.relocations; i++) {
      if (relocations.offset(first + i) != update.relocationOffsets[i]
          || relocations.addend(first + i) != update.relocationAddends[i]) {
        return false;
      }
    }
    return true;
  }

  private void replaceRun(int atom, int first, int count, AtomUpdate update) {
    for (int row = first; row < first + count; row++) {
      drop(row);
    }
    int wanted = update.relocations;
    if (count > 0 && (wanted == 0 || !relocations.resizeRun(first, count, wanted))) {
      relocations.freeRun(first, count);
      count = 0;
    }
    if (count == 0 && wanted > 0) {
      first = relocations.allocateRun(wanted);
    }
    atoms.setRelocations(atom, wanted == 0 ? NONE : first, wanted);
    for (int i = 0; i < wanted; i++) {
      mention(update.relocationTargets[i]);
      relocations.set(
          first + i,
          atom,
          (int) update.relocationOffsets[i],
          update.relocationKinds[i],
          (weak(update, i) ? Relocations.WEAK : 0) | (owner(update, i) ? Relocations.OWNER : 0),
          update.relocationTargets[i],
          update.relocationAddends[i]);
    }
  }

  /** What nothing defines is listed as soon as something refers to it, though it stays the same. */
  private void mention(int symbol) {
    if (state.symbols.firstReference(symbol) == NONE
        && state.symbols.state(symbol) == Symbols.UNDEFINED) {
      state.queueRow(symbol);
    }
  }

  private void drop(int row) {
    int symbol = relocations.symbol(row);
    state.marking.dropped(row);
    needs.release(row);
    relocations.unlink(row);
    state.membersDoubtful |= streamed(row) && fromMember(symbol);
    state.work.relocations++;
    if (state.symbols.firstReference(symbol) == NONE) {
      state.queueSymbol(symbol);
      if (state.symbols.state(symbol) == Symbols.UNDEFINED) {
        state.queueRow(symbol); // listed only while something refers to it
      }
    }
  }

  /** Streams have no rows for their references as objects have. */
  private boolean streamed(int row) {
    return state.inputs.get(atoms.input(relocations.atom(row))) instanceof Stream;
  }

  /** Whether an archive member defines the symbol, perhaps only for the sake of a relocation. */
  private boolean fromMember(int symbol) {
    int winner = state.symbols.winner(symbol);
    return winner >= 0
        && state.symbols.global(symbol)
        && state.inputs.get(state.definitions.input(winner)) instanceof ObjectInput input
        && input.archive != null;
  }

  /** Takes back what a relocation has requested; it stays in the tables, but is not applied. */
  void release(int row) {
    needs.release(row);
    relocations.setFlag(row, Relocations.PENDING | Relocations.FAILED, false);
  }

  /** Removes an atom's relocations. */
  void remove(int atom) {
    int first = atoms.firstRelocation(atom);
    int count = atoms.relocations(atom);
    for (int row = first; row < first + count; row++) {
      drop(row);
    }
    if (count > 0) {
      relocations.freeRun(first, count);
    }
  }
}
