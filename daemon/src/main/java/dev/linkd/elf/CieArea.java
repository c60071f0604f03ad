package dev.linkd.elf;

import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.Policy;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.output.Atoms;

/**
 * The room for CIEs at the start of {@code .eh_frame}. When it is full it doubles, and the records
 * behind it that are in the way find other places.
 */
final class CieArea {

  private static final int NONE = -1;

  private final LinkState state;
  private final UnwindTable unwind;
  private final Layout layout;
  private final AtomContents contents;
  private final IntQueue inTheWay = new IntQueue();

  CieArea(LinkState state, UnwindTable unwind, Layout layout) {
    this.state = state;
    this.unwind = unwind;
    this.layout = layout;
    this.contents = new AtomContents(state, layout);
  }

  /** Makes room for a CIE of that size. */
  void reserve(long size) {
    int area = unwind.cieNode();
    MappedFile file = state.file;
    long room = file.size(area);
    // Behind the last one there has to be nothing, or room for a record that fills it.
    while (file.extent(area) + size + Unwind.GAP_MIN > room) {
      room *= 2;
    }
    if (room > file.size(area)) {
      try {
        grow(area, room);
      } catch (WindowFullException e) {
        throw new TableTooLargeException(".eh_frame", e);
      }
    }
  }

  private void grow(int area, long room) throws WindowFullException {
    MappedFile file = state.file;
    inTheWay.clear();
    int next = file.next(area);
    // Between the area and the next record there has to be nothing, or room for another record.
    while (next != NONE && file.offset(next) < room + Unwind.GAP_MIN) {
      int atom = file.owner(next);
      inTheWay.add(atom);
      file.remove(next);
      state.atoms.setNode(atom, NONE);
      next = file.next(area);
    }
    file.setLimit(area, room);
    file.resize(area, room);
    for (int i = 0; i < inTheWay.size(); i++) {
      putBack(inTheWay.get(i));
    }
  }

  /** Gives a record another place. */
  private void putBack(int atom) throws WindowFullException {
    Atoms atoms = state.atoms;
    OutputSection section = layout.section(atoms.section(atom));
    long size = section.place(atoms.size(atom));
    int alignment = atoms.alignmentLog2(atom);
    atoms.setNode(atom, state.file.add(section.node, Policy.FIXED, size, alignment, atom));
    contents.write(atom);
    state.atomMoved(atom);
  }
}
