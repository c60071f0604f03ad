package dev.linkd.elf;

import dev.linkd.mapped.MappedFile;

/**
 * Gives back the room of large arrays. What was placed behind an array of gigabytes stays there
 * when the array shrinks again or goes, because nothing moves without need; but then it can be out
 * of reach, and the program takes memory that it does not use. A section that has much more room
 * than its atoms take gets those at its end back into the holes before them.
 */
final class Compaction {

  private static final int NONE = -1;

  private final Layout layout;
  private final MappedFile file;
  private final AtomEditor editor;

  Compaction(LinkState state, Layout layout, AtomEditor editor) {
    this.layout = layout;
    this.file = state.file;
    this.editor = editor;
  }

  /**
   * Looks at every section, and at the atoms of those that are sparse; returns whether any moved.
   */
  boolean run() {
    boolean moved = false;
    for (OutputSection section : layout.sections()) {
      boolean movable = section.allocated() && !section.dense && !section.unwind();
      if (movable && section.tableSize < 0 && layout.size(section) > Room.LARGE_BYTES) {
        moved |= compact(section.node);
      }
    }
    return moved;
  }

  private boolean compact(int container) {
    boolean moved = false;
    long used = 0;
    for (int node = file.first(container); node != NONE; node = file.next(node)) {
      used += file.size(node);
    }
    long wanted = used + Room.LARGE_BYTES;
    int node = file.last(container);
    while (node != NONE && file.offset(node) + file.size(node) > wanted) {
      int previous = file.prev(node);
      int owner = file.owner(node);
      if (Owners.isAtom(owner)) {
        editor.rehome(owner);
        moved = true;
      }
      node = previous;
    }
    return moved;
  }
}
