package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;

import dev.linkd.diag.LinkException;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Symbols;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps in the image exactly the atoms that something leads to: roots, and what relocations of such
 * atoms refer to. An atom that is not in the image keeps its row, bytes, relocations and
 * definitions, so that it can come back at any time; it has no place, and its relocations request
 * nothing.
 *
 * <p><b>Additions</b> follow new edges forwards: whenever an atom gets a place, its relocations and
 * those that refer to it wait to be applied, and {@link #reach} looks at each of these.
 *
 * <p><b>Removals</b> use a forest: each atom knows the one relocation that led to it. Only when
 * that one goes is the atom in doubt, and {@link LiveRepair} looks for another.
 *
 * <p>Sections that are not loaded are kept, but lead to nothing. An unwind record belongs to its
 * function ({@link Relocations#OWNER}): the edge has the opposite direction.
 */
final class Liveness implements Marking {

  private static final int NONE = -1;
  private static final String LIBC_PREFIX = "__libc_";

  private final LinkState state;
  private final Layout layout;
  private final AtomEditor editor;
  private final LiveRoots roots;
  private final AtomSymbols symbolsOf;
  private final NamedSections named;
  private final LiveTree tree = new LiveTree();
  private final LiveRepair repair;
  private final IntQueue scratch = new IntQueue();

  /** By symbol, the atom that is wanted for a definition which a script replaces. */
  private final Map<Integer, Integer> replacedAtoms = new HashMap<>();

  /** Atoms that have come into a section that is always wanted. */
  private final IntQueue newRoots = new IntQueue();

  Liveness(LinkState state, Layout layout, AtomEditor editor, LiveRoots roots) {
    this.state = state;
    this.layout = layout;
    this.editor = editor;
    this.roots = roots;
    this.symbolsOf = new AtomSymbols(state);
    this.named = new NamedSections(state);
    this.repair = new LiveRepair(state, this, tree, symbolsOf, roots, editor);
  }

  @Override
  public boolean collects() {
    return true;
  }

  @Override
  public int cause(int atom) {
    return tree.cause(atom);
  }

  @Override
  public boolean live(int atom) {
    return tree.live(atom);
  }

  @Override
  public void added(int atom) {
    if (named.add(atom)) {
      boundariesMoved(atom);
    }
    if (state.placed(atom)) {
      tree.add(atom, LiveTree.SECTION_ROOT);
    }
  }

  @Override
  public boolean wants(Input input, int sectionName, int type, long flags) {
    return roots.section(input, sectionName, type, flags);
  }

  /** What refers to the start or end of a section leads to all of it, also to what is new. */
  private void boundariesMoved(int atom) {
    String section = state.names.string(state.atoms.sectionName(atom));
    for (String prefix : LinkerSymbols.START_STOP) {
      int symbol = boundary(prefix + section);
      if (symbol != NONE) {
        state.queueSymbol(symbol);
        state.symbolMoved(symbol);
      }
    }
  }

  int boundary(String name) {
    int id = state.names.find(name);
    return id == NONE ? NONE : state.global(id);
  }

  @Override
  public void removed(int atom) {
    symbolsOf.collect(atom, scratch);
    for (int i = 0; i < scratch.size(); i++) {
      detachOwned(scratch.get(i));
    }
    tree.remove(atom);
    leavingSection(atom);
  }

  @Override
  public void leavingSection(int atom) {
    if (named.contains(atom)) {
      boundariesMoved(atom);
      named.remove(atom);
    }
    if (tree.live(atom)) {
      repair.detach(atom, NONE);
    }
    int first = state.atoms.firstRelocation(atom);
    for (int row = first; row < first + state.atoms.relocations(atom); row++) {
      dropped(row);
    }
  }

  /** Its relocations and those that refer to it are looked at again: it may lead elsewhere now. */
  @Override
  public void enteredSection(int atom) {
    if (named.add(atom)) {
      boundariesMoved(atom);
    }
    if (roots.section(atom)) {
      newRoots.add(atom);
    }
    state.atomMoved(atom);
  }

  @Override
  public void dropped(int row) {
    int source = state.relocations.atom(row);
    int symbol = state.relocations.symbol(row);
    if (state.relocations.flag(row, Relocations.OWNER)) {
      if (tree.cause(source) == row) {
        repair.detach(source, target(symbol));
      }
      return;
    }
    switch (state.symbols.state(symbol)) {
      case Symbols.DEFINED -> {
        if (tree.cause(state.symbols.atom(symbol)) == row) {
          repair.detach(state.symbols.atom(symbol), source);
        }
      }
      case Symbols.SECTION_START, Symbols.SECTION_END -> detachNamed(symbol, row, source);
      case Symbols.UNDEFINED, Symbols.IMPORTED -> state.queueRow(symbol);
      default -> {}
    }
  }

  private void detachNamed(int symbol, int row, int source) {
    IntQueue atoms = surrounded(symbol);
    for (int i = 0; i < atoms.size(); i++) {
      if (tree.cause(atoms.get(i)) == row) {
        repair.detach(atoms.get(i), source);
      }
    }
    state.work.atoms += atoms.size();
  }

  /** The atoms between {@code __start_} and {@code __stop_} symbols that keep them. */
  IntQueue surrounded(int symbol) {
    String section = layout.section(state.symbols.atom(symbol)).name;
    return keepsNamed(section) && isStartStop(symbol, section)
        ? named.atoms(section)
        : named.atoms("");
  }

  private boolean isStartStop(int symbol, String section) {
    String name = state.name(symbol);
    return LinkerSymbols.START_STOP.stream().anyMatch(prefix -> name.equals(prefix + section));
  }

  boolean isNamed(int atom) {
    return named.contains(atom);
  }

  @Override
  public void reach(int row) {
    int source = state.relocations.atom(row);
    int symbol = state.relocations.symbol(row);
    if (state.relocations.flag(row, Relocations.OWNER)) {
      int owner = target(symbol);
      if (owner != NONE && tree.live(owner)) {
        mark(source, row);
      }
      return;
    }
    if (!tree.live(source)) {
      return;
    }
    int resolution = state.symbols.state(symbol);
    if (resolution == Symbols.UNDEFINED || resolution == Symbols.IMPORTED) {
      if (state.symbols.slot(symbol) == NONE) {
        state.queueRow(symbol);
      }
    } else if (leads(source)) {
      if (resolution == Symbols.DEFINED) {
        mark(state.symbols.atom(symbol), row);
      } else if (resolution == Symbols.SECTION_START || resolution == Symbols.SECTION_END) {
        markNamed(symbol, row);
      }
    }
  }

  private void markNamed(int symbol, int row) {
    IntQueue atoms = surrounded(symbol);
    for (int i = 0; i < atoms.size(); i++) {
      mark(atoms.get(i), row);
    }
    state.work.atoms += atoms.size();
  }

  /** Only what is loaded can refer to something at run time. */
  boolean leads(int atom) {
    return (state.atoms.sectionFlags(atom) & SHF_ALLOC) != 0;
  }

  /** The atom that a symbol resolves into, NONE when there is none. */
  int target(int symbol) {
    return state.symbols.state(symbol) == Symbols.DEFINED ? state.symbols.atom(symbol) : NONE;
  }

  private void root(int atom, int cause) {
    if (tree.live(atom)) {
      tree.setCause(atom, cause);
    } else {
      mark(atom, cause);
    }
  }

  private void mark(int atom, int cause) {
    if (tree.live(atom)) {
      return;
    }
    tree.add(atom, cause);
    try {
      editor.revive(atom);
    } catch (LinkException e) {
      tree.remove(atom);
      throw new TableTooLargeException(e.diagnostic().message(), e);
    }
  }

  @Override
  public void leaving(int symbol) {
    switch (state.symbols.state(symbol)) {
      case Symbols.DEFINED -> {
        int atom = state.symbols.atom(symbol);
        int cause = tree.cause(atom);
        boolean along = cause >= 0 && state.relocations.symbol(cause) == symbol;
        if (along || cause == LiveTree.symbolRoot(symbol)) {
          repair.detach(atom, NONE);
        }
        detachOwned(symbol);
      }
      case Symbols.SECTION_START, Symbols.SECTION_END -> {
        IntQueue atoms = surrounded(symbol);
        for (int i = 0; i < atoms.size(); i++) {
          int cause = tree.cause(atoms.get(i));
          if (cause >= 0 && state.relocations.symbol(cause) == symbol) {
            repair.detach(atoms.get(i), NONE);
          }
        }
      }
      default -> {}
    }
  }

  private void detachOwned(int symbol) {
    int row = state.symbols.firstReference(symbol);
    for (; row != NONE; row = state.relocations.next(row)) {
      int atom = state.relocations.atom(row);
      if (state.relocations.flag(row, Relocations.OWNER) && tree.cause(atom) == row) {
        repair.detach(atom, NONE);
      }
      state.work.relocations++;
    }
  }

  @Override
  public void consider(int symbol) {
    if (roots.replaced.of(symbol)) {
      considerReplaced(symbol);
    }
    if (state.symbols.state(symbol) != Symbols.DEFINED) {
      return;
    }
    int atom = state.symbols.atom(symbol);
    if (roots.symbol(symbol)) {
      if (!LiveTree.root(tree.cause(atom))) {
        root(atom, LiveTree.symbolRoot(symbol));
      }
    } else if (tree.cause(atom) == LiveTree.symbolRoot(symbol)) {
      repair.detach(atom, NONE);
    }
  }

  private void considerReplaced(int symbol) {
    int atom = roots.replaced.atom(symbol);
    int before = replacedAtoms.getOrDefault(symbol, NONE);
    if (before != NONE && before != atom && tree.cause(before) == LiveTree.symbolRoot(symbol)) {
      repair.detach(before, NONE);
    }
    replacedAtoms.put(symbol, atom);
    if (atom != NONE && !LiveTree.root(tree.cause(atom))) {
      root(atom, LiveTree.symbolRoot(symbol));
    }
  }

  @Override
  public boolean settle() {
    if (newRoots.isEmpty()) {
      return repair.settle();
    }
    while (!newRoots.isEmpty()) {
      int atom = newRoots.get(newRoots.size() - 1);
      if (state.atoms.live(atom) && roots.section(atom)) {
        root(atom, LiveTree.SECTION_ROOT);
      }
      newRoots.removeLast();
    }
    return true;
  }

  @Override
  public boolean keepsNamed(String section) {
    return !state.spec.sections().collectStartStop() || section.startsWith(LIBC_PREFIX);
  }

  @Override
  public int anyNamed(String section) {
    IntQueue atoms = named.atoms(section);
    return atoms.isEmpty() ? NONE : atoms.get(0);
  }

  @Override
  public void close() {
    named.close();
  }
}
