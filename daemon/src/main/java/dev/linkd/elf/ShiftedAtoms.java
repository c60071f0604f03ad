package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;

import dev.linkd.elf.x86_64.RelocationKinds;

/** Atoms whose bytes were moved within the image, with the fields that were written in them. */
final class ShiftedAtoms {
  private final LinkState state;

  ShiftedAtoms(LinkState state) {
    this.state = state;
  }

  /**
   * Queues all that depends on where the atom is. In what is not loaded that is little: no slot and
   * no dynamic relocation names the place of a field, and what the field holds has come along,
   * unless it is the distance from there.
   */
  void shifted(int atom) {
    boolean loaded = (state.atoms.sectionFlags(atom) & SHF_ALLOC) != 0;
    if (loaded || state.spec.relocatable().keepRelocations()) {
      state.atomMoved(atom);
      return;
    }
    int first = state.atoms.firstRelocation(atom);
    int count = state.atoms.relocations(atom);
    for (int row = first; row < first + count; row++) {
      if (RelocationKinds.pcRelative(state.relocations.kind(row))) {
        state.queueRelocation(row);
      }
    }
    state.work.relocations += count;
    state.symbolsMoved(atom);
  }
}
