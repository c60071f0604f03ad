package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.WindowFullException;

/**
 * Gives back the room of large arrays. What was placed behind an array of gigabytes stays there
 * when the array shrinks again or goes, because nothing moves without need; but then it can be out
 * of reach, and the program takes memory that it does not use. A section that has much more room
 * than its atoms take gets those at its end back into the holes before them, and so does a segment
 * its sections. Much less is looked at when the file does not fit on its disk.
 */
final class Compaction {

  private static final int NONE = -1;

  /** Half of what an instruction reaches. */
  private static final long GIANT_BYTES = 1L << 30;

  private final LinkState state;
  private final Layout layout;
  private final MappedFile file;
  private final AtomEditor editor;

  Compaction(LinkState state, Layout layout, AtomEditor editor) {
    this.state = state;
    this.layout = layout;
    this.file = state.file;
    this.editor = editor;
  }

  /**
   * Looks at every section, and at the atoms of those that are sparse; returns whether any moved.
   *
   * @param outOfReach whether something does not reach its target: then the largest arrays go
   *     behind everything else of their segments, as only what is behind them is far away
   */
  boolean run(boolean outOfReach) {
    boolean taken = outOfReach && takeGiants();
    boolean moved = compact() || taken;
    settle();
    return moved;
  }

  /** Places what was taken out; what finds no place is tried again by the next settle. */
  void settle() {
    while (!state.room.homeless.isEmpty()) {
      int atom = state.room.homeless.iterator().next();
      try {
        if (!state.placed(atom)) { // else an edit placed it
          editor.revive(atom);
        }
      } catch (LinkException e) {
        throw new TableTooLargeException(e.diagnostic().message(), e);
      }
      state.room.homeless.remove(atom);
    }
  }

  /** Takes the arrays out that others lie behind; returns whether there are any. */
  private boolean takeGiants() {
    IntQueue giants = new IntQueue();
    for (OutputSection section : layout.sections()) {
      if (movable(section) && file.size(section.node) > GIANT_BYTES) {
        for (int node = file.first(section.node); node != NONE; node = file.next(node)) {
          boolean last = file.next(node) == NONE && file.next(section.node) == NONE;
          if (!last && file.size(node) > GIANT_BYTES && Owners.isAtom(file.owner(node))) {
            giants.add(file.owner(node));
          }
        }
      }
    }
    for (int i = 0; i < giants.size(); i++) {
      editor.bury(giants.get(i));
      state.room.homeless.add(giants.get(i));
    }
    return !giants.isEmpty();
  }

  private static boolean movable(OutputSection section) {
    return section.allocated() && !section.dense && !section.unwind() && section.tableSize < 0;
  }

  private boolean compact() {
    boolean moved = false;
    for (OutputSection section : layout.sections()) {
      if (movable(section) && file.size(section.node) > state.room.worth()) {
        moved |= compact(section.node);
        moved |= trim(section.node);
      }
    }
    for (OutputSection section : layout.sections()) {
      moved |= pull(section);
    }
    return state.room.scarce ? shrinkFile() || moved : moved;
  }

  /** Gives the room of segments back, and fills with what is last in the file. */
  private boolean shrinkFile() {
    boolean moved = false;
    for (OutputSection section : layout.sections()) {
      int segment = file.parent(section.node);
      if (section.allocated() && file.hasContent(segment) && segment != MappedFile.FILE) {
        moved |= trim(segment);
      }
    }
    while (file.pull(file.last(MappedFile.FILE))) {
      moved = true;
    }
    return moved;
  }

  /** Takes room from a section that it needed once; returns whether there was much. */
  private boolean trim(int container) {
    long extent = file.extent(container);
    if (file.size(container) - extent <= state.room.worth()) {
      return false;
    }
    try {
      file.resize(container, extent);
    } catch (WindowFullException e) {
      throw new IllegalStateException("a section cannot shrink", e);
    }
    return true;
  }

  /** Moves a section whose segment has much room before it. */
  private boolean pull(OutputSection section) {
    return section.allocated()
        && file.offset(section.node) > state.room.worth()
        && file.pull(section.node);
  }

  private boolean compact(int container) {
    boolean moved = false;
    long used = 0;
    for (int node = file.first(container); node != NONE; node = file.next(node)) {
      used += file.size(node);
    }
    long wanted = used + state.room.worth();
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
