package dev.linkd.elf;

import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.WindowFullException;

/**
 * The room for CIEs at the start of {@code .eh_frame}. When it is full it doubles, and the records
 * behind it that are in the way find other places.
 */
final class CieArea {

  private static final int NONE = -1;

  private final LinkState state;
  private final UnwindTable unwind;
  private final AtomEditor editor;
  private final IntQueue inTheWay = new IntQueue();

  CieArea(LinkState state, UnwindTable unwind, AtomEditor editor) {
    this.state = state;
    this.unwind = unwind;
    this.editor = editor;
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
    while (next != NONE && file.offset(next) < room) {
      int atom = file.owner(next);
      inTheWay.add(atom);
      editor.takeOut(atom);
      next = file.next(area);
    }
    file.setLimit(area, room);
    file.resize(area, room);
    for (int i = 0; i < inTheWay.size(); i++) {
      editor.putBack(inTheWay.get(i));
    }
  }
}
