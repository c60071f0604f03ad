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

  AtomRelocations(LinkState state, RelocationNeeds needs) {
    this.state = state;
    this.needs = needs;
    this.atoms = state.atoms;
    this.relocations = state.relocations;
  }

  /** Replaces the atom's relocations and queues them; returns whether they were the same. */
  boolean replace(int atom, AtomUpdate update, boolean sameBytes) {
    int first = atoms.firstRelocation(atom);
    int count = atoms.relocations(atom);
    boolean sameTargets = count == update.relocations && sameTargets(first, update);
    if (sameTargets && sameBytes && samePlaces(first, update)) {
      return true;
    }
    if (sameTargets) {
      for (int i = 0; i < count; i++) {
        relocations.setPlace(
            first + i, (int) update.relocationOffsets[i], update.relocationAddends[i]);
      }
    } else {
      replaceRun(atom, first, count, update);
    }
    first = atoms.firstRelocation(atom);
    for (int i = 0; i < update.relocations; i++) {
      state.queueRelocation(first + i);
    }
    state.work.relocations += update.relocations;
    return false;
  }

  private boolean sameTargets(int first, AtomUpdate update) {
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

  private boolean samePlaces(int first, AtomUpdate update) {
    for (int i = 0; i < update.relocations; i++) {
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
