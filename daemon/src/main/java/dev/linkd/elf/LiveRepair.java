package dev.linkd.elf;

import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Symbols;

/**
 * Decides what becomes of atoms whose way from a root has lost an edge. Three steps, from cheap to
 * thorough:
 *
 * <ol>
 *   <li>The atom that led there before leads there again: an edit that kept its calls. Restores the
 *       same tree, so nothing else need be looked at.
 *   <li>Another referrer whose own way leads to a root: found by walking up from it, at most {@link
 *       #STEPS_MAX} steps.
 *   <li>Everything below is detached; whatever still has a referrer outside is attached again with
 *       all that it leads to; the rest goes. Costs as much as what is below.
 * </ol>
 */
final class LiveRepair {

  private static final int NONE = -1;

  /** Steps that are tried for one atom before everything below it is looked at. */
  private static final int STEPS_MAX = 1000;

  private final LinkState state;
  private final Liveness liveness;
  private final LiveTree tree;
  private final AtomSymbols symbolsOf;
  private final LiveRoots roots;
  private final AtomEditor editor;
  private final Relocations relocations;

  /** Atoms that were detached: with each the atom that led to it, and when that became live. */
  private final IntQueue detached = new IntQueue();

  private final IntQueue parents = new IntQueue();
  private final IntQueue births = new IntQueue();

  /** Detached atom to its place in the queues; an atom that is detached twice has the last. */
  private final IntMap places = new IntMap();

  private final IntSet scanned = new IntSet();
  private final IntQueue below = new IntQueue();
  private final IntQueue work = new IntQueue();
  private final IntQueue symbols = new IntQueue();
  private int steps;

  LiveRepair(
      LinkState state,
      Liveness liveness,
      LiveTree tree,
      AtomSymbols symbolsOf,
      LiveRoots roots,
      AtomEditor editor) {
    this.state = state;
    this.liveness = liveness;
    this.tree = tree;
    this.symbolsOf = symbolsOf;
    this.roots = roots;
    this.editor = editor;
    this.relocations = state.relocations;
  }

  /**
   * What led to an atom is gone.
   *
   * @param parent the atom from where it led, if that may do so again, else NONE
   */
  void detach(int atom, int parent) {
    if (!tree.detached(atom)) {
      tree.setCause(atom, LiveTree.DETACHED);
    }
    places.put(atom, detached.size());
    detached.add(atom);
    parents.add(parent);
    births.add(parent == NONE ? 0 : tree.birth(parent));
  }

  boolean settle() {
    if (detached.isEmpty()) {
      return false;
    }
    for (int i = 0; i < detached.size(); i++) {
      again(i);
    }
    scanned.clear();
    for (int i = 0; i < detached.size(); i++) {
      int atom = detached.get(i);
      if (tree.detached(atom)) {
        elsewhere(atom);
      }
    }
    for (int i = 0; i < detached.size(); i++) {
      if (tree.detached(detached.get(i))) {
        below.add(detached.get(i));
      }
    }
    forget();
    return !below.isEmpty() && rebuild();
  }

  private void forget() {
    for (int i = 0; i < detached.size(); i++) {
      places.remove(detached.get(i));
    }
    detached.clear();
    parents.clear();
    births.clear();
  }

  /** The first step. The same atom, marked without interruption, cannot be below this one. */
  private void again(int place) {
    int atom = detached.get(place);
    int parent = parents.get(place);
    if (!tree.detached(atom) || places.get(atom) != place) {
      return;
    }
    int root = rootCause(atom);
    if (root != LiveTree.DETACHED) {
      tree.setCause(atom, root);
      return;
    }
    if (parent == NONE || !tree.live(parent) || tree.birth(parent) != births.get(place)) {
      return;
    }
    int first = state.atoms.firstRelocation(atom);
    for (int row = first; row < first + state.atoms.relocations(atom); row++) {
      if (relocations.flag(row, Relocations.OWNER)
          && liveness.target(relocations.symbol(row)) == parent) {
        tree.setCause(atom, row);
        return;
      }
    }
    if (liveness.leads(parent) && scanned.add(parent)) {
      restoreFrom(parent);
    }
  }

  /** Looks at the edges of a parent once for all its children. */
  private void restoreFrom(int parent) {
    int first = state.atoms.firstRelocation(parent);
    int count = state.atoms.relocations(parent);
    for (int row = first; row < first + count; row++) {
      if (relocations.flag(row, Relocations.OWNER)) {
        continue;
      }
      int symbol = relocations.symbol(row);
      int resolution = state.symbols.state(symbol);
      if (resolution == Symbols.DEFINED) {
        restore(state.symbols.atom(symbol), parent, row);
      } else if (resolution == Symbols.SECTION_START || resolution == Symbols.SECTION_END) {
        IntQueue atoms = liveness.surrounded(symbol);
        for (int i = 0; i < atoms.size(); i++) {
          restore(atoms.get(i), parent, row);
        }
      }
    }
    state.work.relocations += count;
  }

  private void restore(int atom, int parent, int row) {
    if (!tree.detached(atom)) {
      return;
    }
    int place = places.get(atom);
    if (parents.get(place) == parent && births.get(place) == tree.birth(parent)) {
      tree.setCause(atom, row);
    }
  }

  /** What makes an atom a root, DETACHED when nothing does. */
  private int rootCause(int atom) {
    if (roots.section(atom)) {
      return LiveTree.SECTION_ROOT;
    }
    symbolsOf.collect(atom, symbols);
    for (int i = 0; i < symbols.size(); i++) {
      if (roots.symbol(symbols.get(i))) {
        return LiveTree.symbolRoot(symbols.get(i));
      }
    }
    int replaced = roots.replaced.symbolIn(atom);
    return replaced == NONE ? LiveTree.DETACHED : LiveTree.symbolRoot(replaced);
  }

  /** The second step. */
  private void elsewhere(int atom) {
    steps = 0;
    int row = support(atom, true);
    if (row != NONE) {
      tree.setCause(atom, row);
    }
  }

  /**
   * A relocation that keeps an atom in the image.
   *
   * @param walk only one whose own way leads to a root; else any whose atom is not detached
   */
  private int support(int atom, boolean walk) {
    int first = state.atoms.firstRelocation(atom);
    for (int row = first; row < first + state.atoms.relocations(atom); row++) {
      if (relocations.flag(row, Relocations.OWNER)) {
        int owner = liveness.target(relocations.symbol(row));
        if (owner != NONE && carries(owner, walk)) {
          return row;
        }
      }
    }
    symbolsOf.collect(atom, symbols);
    for (int i = 0; i < symbols.size(); i++) {
      int row = referrer(symbols.get(i), walk);
      if (row != NONE) {
        return row;
      }
    }
    return liveness.isNamed(atom) ? boundary(atom, walk) : NONE;
  }

  private int boundary(int atom, boolean walk) {
    String section = state.names.string(state.atoms.sectionName(atom));
    for (String prefix : LinkerSymbols.START_STOP) {
      int symbol = liveness.boundary(prefix + section);
      if (symbol == NONE || !liveness.keepsNamed(section)) {
        continue;
      }
      int resolution = state.symbols.state(symbol);
      boolean linkers = resolution == Symbols.SECTION_START || resolution == Symbols.SECTION_END;
      int row = linkers ? referrer(symbol, walk) : NONE;
      if (row != NONE) {
        return row;
      }
    }
    return NONE;
  }

  private int referrer(int symbol, boolean walk) {
    int row = state.symbols.firstReference(symbol);
    for (; row != NONE; row = relocations.next(row)) {
      int source = relocations.atom(row);
      state.work.relocations++;
      if (!relocations.flag(row, Relocations.OWNER)
          && liveness.leads(source)
          && carries(source, walk)) {
        return row;
      }
      if (walk && ++steps > STEPS_MAX) {
        return NONE;
      }
    }
    return NONE;
  }

  private boolean carries(int atom, boolean walk) {
    return walk ? reachesRoot(atom) : tree.live(atom) && !tree.detached(atom);
  }

  private boolean reachesRoot(int atom) {
    int at = atom;
    while (steps++ < STEPS_MAX) {
      state.work.atoms++;
      int cause = tree.cause(at);
      if (cause < 0) {
        return LiveTree.root(cause);
      }
      at =
          relocations.flag(cause, Relocations.OWNER)
              ? state.symbols.atom(relocations.symbol(cause))
              : relocations.atom(cause);
    }
    return false;
  }

  /** The third step. */
  private boolean rebuild() {
    for (int i = 0; i < below.size(); i++) {
      edges(below.get(i), true);
    }
    for (int i = 0; i < below.size(); i++) {
      int atom = below.get(i);
      int row = tree.detached(atom) ? support(atom, false) : NONE;
      if (row != NONE) {
        tree.setCause(atom, row);
        work.add(atom);
        while (!work.isEmpty()) {
          edges(work.removeLast(), false);
        }
      }
    }
    boolean any = false;
    for (int i = 0; i < below.size(); i++) {
      int atom = below.get(i);
      if (tree.detached(atom)) {
        tree.remove(atom);
        editor.bury(atom);
        any = true;
      }
    }
    below.clear();
    return any;
  }

  /** Detaches what an atom led to, or attaches what it leads to. */
  private void edges(int atom, boolean detaching) {
    state.work.atoms++;
    if (liveness.leads(atom)) {
      int first = state.atoms.firstRelocation(atom);
      int count = state.atoms.relocations(atom);
      for (int row = first; row < first + count; row++) {
        if (!relocations.flag(row, Relocations.OWNER)) {
          targets(row, detaching);
        }
      }
      state.work.relocations += count;
    }
    symbolsOf.collect(atom, symbols);
    for (int i = 0; i < symbols.size(); i++) {
      int row = state.symbols.firstReference(symbols.get(i));
      for (; row != NONE; row = relocations.next(row)) {
        state.work.relocations++;
        if (relocations.flag(row, Relocations.OWNER)) {
          edge(row, relocations.atom(row), detaching);
        }
      }
    }
  }

  private void targets(int row, boolean detaching) {
    int symbol = relocations.symbol(row);
    int resolution = state.symbols.state(symbol);
    if (resolution == Symbols.DEFINED) {
      edge(row, state.symbols.atom(symbol), detaching);
    } else if (resolution == Symbols.SECTION_START || resolution == Symbols.SECTION_END) {
      IntQueue atoms = liveness.surrounded(symbol);
      for (int i = 0; i < atoms.size(); i++) {
        edge(row, atoms.get(i), detaching);
      }
    }
  }

  private void edge(int row, int target, boolean detaching) {
    if (detaching) {
      if (tree.cause(target) == row) {
        tree.setCause(target, LiveTree.DETACHED);
        below.add(target);
      }
    } else if (tree.detached(target)) {
      tree.setCause(target, row);
      work.add(target);
    }
  }
}
