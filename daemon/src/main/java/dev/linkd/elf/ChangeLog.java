package dev.linkd.elf;

import dev.linkd.output.Atoms;
import dev.linkd.publish.AtomChanges;
import dev.linkd.publish.AtomChanges.Kind;

/**
 * Notes which atoms change between two publishes, whatever number of edits and failed flushes lies
 * between. An atom is noted once per kind, by flags in its row; a row that is freed and used again
 * is a new atom. What counts is decided when a record is made: an atom that came and went is
 * nobody's business, and a new atom has neither changed nor moved.
 */
final class ChangeLog {
  private static final int NOTES = Atoms.ADDED | Atoms.CHANGED | Atoms.MOVED;

  private final Atoms atoms;
  private final IntQueue added = new IntQueue();
  private final IntQueue changed = new IntQueue();
  private final IntQueue moved = new IntQueue();
  private final IntQueue removed = new IntQueue();
  private final AtomChanges net = new AtomChanges();
  private boolean startedOver;

  ChangeLog(Atoms atoms) {
    this.atoms = atoms;
  }

  void added(int atom) {
    note(atom, Atoms.ADDED, added);
  }

  void changed(int atom) {
    note(atom, Atoms.CHANGED, changed);
  }

  void moved(int atom) {
    note(atom, Atoms.MOVED, moved);
  }

  private void note(int atom, int flag, IntQueue list) {
    if (!atoms.flag(atom, flag)) {
      atoms.setFlag(atom, flag, true);
      list.add(atom);
    }
  }

  /** Notes an atom that is about to be removed. */
  void removed(int atom) {
    if (!atoms.flag(atom, Atoms.ADDED)) {
      removed.add(atom);
    }
  }

  /** Rows have no meaning across what happened: the whole link was made anew. */
  void startOver() {
    startedOver = true;
  }

  /** What the next record says of atoms; valid until the next note. */
  AtomChanges net() {
    net.clear();
    if (startedOver) {
      net.startOver();
    }
    collect(changed, Atoms.CHANGED, Kind.CHANGED);
    collect(moved, Atoms.MOVED, Kind.MOVED);
    collect(added, Atoms.ADDED, Kind.ADDED);
    for (int i = 0; i < removed.size(); i++) {
      net.add(Kind.REMOVED, removed.get(i));
    }
    return net;
  }

  /** The net changes are copied by now, and may have been very many. */
  void forgetNet() {
    net.clear();
  }

  /** Keeps what counts. A list can hold a row twice, once for each atom that used it. */
  private void collect(IntQueue list, int flag, Kind kind) {
    int kept = 0;
    for (int i = 0; i < list.size(); i++) {
      int atom = list.get(i);
      boolean noted = atoms.live(atom) && atoms.flag(atom, flag);
      if (noted && (flag == Atoms.ADDED || !atoms.flag(atom, Atoms.ADDED))) {
        atoms.setFlag(atom, flag, false);
        list.set(kept++, atom);
        net.add(kind, atom);
      }
    }
    list.truncate(kept);
    for (int i = 0; i < kept; i++) {
      atoms.setFlag(list.get(i), flag, true);
    }
  }

  /** Forgets everything, after a publish. */
  void clear() {
    forget(added);
    forget(changed);
    forget(moved);
    removed.clearAndShrink();
    startedOver = false;
  }

  private void forget(IntQueue list) {
    for (int i = 0; i < list.size(); i++) {
      if (atoms.live(list.get(i))) {
        atoms.setFlag(list.get(i), NOTES, false);
      }
    }
    list.clearAndShrink();
  }
}
