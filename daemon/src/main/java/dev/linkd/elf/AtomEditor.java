package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Atoms;
import dev.linkd.symbol.Symbols;
import java.util.function.IntConsumer;

/**
 * Adds, replaces and removes atoms: their rows, their place and bytes in the image, their
 * relocations and the definitions inside them. Targets and definitions of the updates given here
 * are rows of the symbol table, and the space of a target says only whether it may stay undefined.
 */
final class AtomEditor {

  private static final int NONE = -1;

  private final LinkState state;
  private final Layout layout;
  private final Atoms atoms;
  private final MappedFile file;
  private final AtomContents contents;
  private final AtomRelocations runs;
  private final AtomDefinitions defined;
  final Anchors anchors;

  /** Told of every atom before it is removed. */
  private IntConsumer removalListener = atom -> {};

  /** Told of atoms that come into sections with SHF_LINK_ORDER, or change there. */
  private IntConsumer arrivalListener = atom -> {};

  AtomEditor(LinkState state, Layout layout, RelocationNeeds needs) {
    this.state = state;
    this.layout = layout;
    this.atoms = state.atoms;
    this.file = state.file;
    this.contents = new AtomContents(state, layout);
    this.runs = new AtomRelocations(state, needs);
    this.defined = new AtomDefinitions(state);
    this.anchors = new Anchors(state);
  }

  /**
   * Adds or replaces an atom.
   *
   * @param content offset of the bytes in the input's content, or NONE to copy {@code update.bytes}
   * @return its row
   * @throws LinkException when its section cannot grow; then nothing has changed
   */
  int put(Input input, AtomUpdate update, long content) throws LinkException {
    int atom = input.atomsIndexed ? state.atomIndex.get(input.number, update.key) : NONE;
    state.work.atoms++;
    if (atom == NONE) {
      return add(input, update, content);
    }
    boolean sameBytes = contents.same(atom, update);
    boolean sameAttributes = sameAttributes(atom, update);
    if (sameAttributes && putInPart(input, atom, update, content, sameBytes)) {
      return atom;
    }
    int node = atoms.node(atom);
    if (!sameBytes || !sameAttributes) {
      if (node != NONE) {
        place(input, atom, update);
      }
      attributes(atom, update);
    }
    contents.keep(atom, update, content, sameBytes);
    boolean sameRelocations = runs.replace(atom, update, sameBytes);
    // Fields of relocations that are gone hold what was written there last.
    if (node != NONE && (!sameBytes || !sameRelocations || atoms.node(atom) != node)) {
      contents.write(atom);
    }
    boolean sameDefinitions = defined.replace(input, atom, update);
    if (!sameBytes || !sameAttributes || !sameRelocations || !sameDefinitions) {
      changed(atom);
    }
    return atom;
  }

  /** Replaces only what differs; returns false when that is not possible, and changes nothing. */
  private boolean putInPart(
      Input input, int atom, AtomUpdate update, long content, boolean sameBytes) {
    if (!contents.divisible(atom, update)) {
      return false;
    }
    ChangedBlocks changes = contents.changes(atom, update, sameBytes);
    AtomRelocations.Change relocations = runs.replaceInPart(atom, update, changes);
    if (relocations == AtomRelocations.Change.TARGETS) {
      return false;
    }
    contents.keep(atom, update, content, sameBytes);
    contents.write(atom, changes);
    boolean sameDefinitions = defined.replace(input, atom, update);
    if (!sameBytes || relocations != AtomRelocations.Change.NONE || !sameDefinitions) {
      changed(atom);
    }
    return true;
  }

  private void changed(int atom) {
    state.atomsChanged++;
    state.changes.changed(atom);
    state.folds.doubt();
  }

  /** Adds an atom that the input does not have. */
  int add(Input input, AtomUpdate update, long content) throws LinkException {
    int atom = atoms.add(input.number, update.key);
    boolean placed =
        state.marking.wants(input, update.section, update.sectionType, update.sectionFlags);
    try {
      if (placed) {
        place(input, atom, update);
      }
    } catch (LinkException e) {
      atoms.free(atom);
      throw e;
    }
    state.names.retain(update.key);
    link(input, atom);
    attributes(atom, update);
    contents.keep(atom, update, content, false);
    if (placed) {
      contents.write(atom);
    }
    runs.replace(atom, update, false);
    defined.replace(input, atom, update);
    if (input.atomsIndexed) {
      anchors.index(input, atom, update.key);
    }
    state.marking.added(atom);
    state.folds.doubt();
    state.atomsAdded++;
    state.changes.added(atom);
    return atom;
  }

  private boolean sameAttributes(int atom, AtomUpdate update) {
    return atoms.sectionName(atom) == update.section
        && atoms.sectionType(atom) == update.sectionType
        && atoms.sectionFlags(atom) == update.sectionFlags
        && atoms.alignmentLog2(atom) == Long.numberOfTrailingZeros(update.alignment);
  }

  /** The output section; a look-up would allocate, and most updates keep the attributes. */
  private OutputSection section(Input input, int atom, AtomUpdate update) {
    OutputSection section =
        atoms.node(atom) != NONE && sameAttributes(atom, update)
            ? layout.section(atoms.section(atom))
            : layout.sectionFor(input, update.section, update.sectionType, update.sectionFlags);
    return layout.suited(section, update.size);
  }

  /** The name of a section can contain a priority, which decides on the place among others. */
  private boolean keepsOrder(OutputSection section, int atom, AtomUpdate update) {
    return !section.dense || atoms.sectionName(atom) == update.section;
  }

  /** Finds a place for the atom's new size; its bytes there are undefined until {@link #write}. */
  private void place(Input input, int atom, AtomUpdate update) throws LinkException {
    OutputSection section = section(input, atom, update);
    int own = Long.numberOfTrailingZeros(update.alignment);
    int alignment = ScriptLayout.alignmentLog2(layout, section, own);
    int sectionAlignment = Math.max(own, alignment);
    if (section.linked != null) {
      arrivalListener.accept(atom);
    }
    int node = atoms.node(atom);
    try {
      if (node != NONE
          && atoms.section(atom) == section.number
          && keepsOrder(section, atom, update)) {
        layout.align(section, sectionAlignment);
        if (alignment != file.alignment(node)) {
          file.realign(node, alignment);
        }
        state.room.given(file.size(node) - section.place(update.size));
        file.resize(node, section.place(update.size));
        return;
      }
      layout.align(section, sectionAlignment);
      long size = section.place(update.size);
      boolean written = update.hasContent() && size == update.size;
      int placed =
          add(section, input, update.section, update.sectionFlags, atom, size, alignment, written);
      boolean moved = node != NONE;
      unplace(atom);
      atoms.setNode(atom, placed);
      atoms.setSection(atom, section.number);
      layout.atomAdded(section);
      if (moved) {
        state.changes.moved(atom);
        state.atomMoved(atom);
      }
    } catch (WindowFullException e) {
      throw TableTooLargeException.ofAtom(section, input.name, state.names.string(update.key));
    }
  }

  /** Adds the node of an atom, of which the caller writes all bytes at once if it says so. */
  private int add(
      OutputSection section,
      Input input,
      int name,
      long flags,
      int atom,
      long size,
      int alignment,
      boolean written)
      throws WindowFullException {
    ScriptLayout script = layout.script();
    return script != null && section.dense && section.allocated()
        ? script.add(section, input, name, flags, atom, size, alignment)
        : OrderedPlacement.add(state, section, input, name, atom, size, alignment, written);
  }

  private void unplace(int atom) {
    int node = atoms.node(atom);
    if (node != NONE) {
      layout.atomRemoved(layout.section(atoms.section(atom)));
      state.room.given(file.size(node));
      file.remove(node);
    }
  }

  private void attributes(int atom, AtomUpdate update) {
    int old = atoms.sectionName(atom);
    boolean had = atoms.flag(atom, Atoms.PLACED);
    boolean leaves = had && !sameAttributes(atom, update);
    if (leaves) {
      state.marking.leavingSection(atom);
    }
    if (!had || old != update.section) {
      state.names.retain(update.section);
      if (had) {
        state.names.release(old);
      }
    }
    atoms.setFlag(atom, Atoms.PLACED, true);
    atoms.setAttributes(
        atom,
        update.section,
        update.sectionType,
        update.sectionFlags,
        Long.numberOfTrailingZeros(update.alignment));
    if (leaves) {
      state.marking.enteredSection(atom);
    }
  }

  void setRemovalListener(IntConsumer listener) {
    removalListener = listener;
  }

  void setArrivalListener(IntConsumer listener) {
    arrivalListener = listener;
  }

  /** Removes an atom with everything in it. */
  void remove(Input input, int atom) {
    removalListener.accept(atom);
    state.changes.removed(atom);
    state.marking.removed(atom);
    state.folds.removed(atom);
    state.folds.doubt();
    defined.remove(atom);
    runs.remove(atom);
    int anchor = atoms.anchor(atom);
    if (anchor != NONE) {
      state.symbols.setWinner(anchor, Symbols.STALE);
      state.queueSymbol(anchor);
    }
    unplace(atom);
    contents.free(atom);
    unlink(input, atom);
    if (input.atomsIndexed) {
      state.atomIndex.remove(input.number, atoms.key(atom));
    }
    state.names.release(atoms.key(atom));
    state.names.release(atoms.sectionName(atom));
    atoms.free(atom);
    state.atomsRemoved++;
  }

  /** Gives an atom that was collected a place in the image. */
  void revive(int atom) throws LinkException {
    home(atom);
    mentionsChanged(atom, false);
    state.atomMoved(atom);
  }

  private void home(int atom) throws LinkException {
    Input input = state.inputs.get(atoms.input(atom));
    int name = atoms.sectionName(atom);
    long flags = atoms.sectionFlags(atom);
    OutputSection usual = layout.sectionFor(input, name, atoms.sectionType(atom), flags);
    OutputSection section = layout.suited(usual, atoms.size(atom));
    int own = atoms.alignmentLog2(atom);
    int alignment = ScriptLayout.alignmentLog2(layout, section, own);
    long size = section.place(atoms.size(atom));
    try {
      layout.align(section, Math.max(own, alignment));
      boolean written = atoms.content(atom) != NONE && size == atoms.size(atom);
      int placed = add(section, input, name, flags, atom, size, alignment, written);
      unplace(atom);
      atoms.setNode(atom, placed);
    } catch (WindowFullException e) {
      throw TableTooLargeException.ofAtom(section, input.name, state.names.string(atoms.key(atom)));
    }
    atoms.setSection(atom, section.number);
    layout.atomAdded(section);
    if (section.linked != null) {
      arrivalListener.accept(atom);
    }
    contents.write(atom);
  }

  /** Moves an atom to the section that its name leads to now. */
  void rehome(int atom) {
    try {
      home(atom);
    } catch (LinkException e) {
      throw new TableTooLargeException(e.diagnostic().message(), e);
    }
    state.changes.moved(atom);
    state.atomMoved(atom);
  }

  /** Takes an atom out of the image; its row, bytes and relocations stay. */
  void bury(int atom) {
    removalListener.accept(atom);
    state.atomMoved(atom);
    mentionsChanged(atom, true);
    unplace(atom);
    atoms.setNode(atom, NONE);
    atoms.setSection(atom, NONE);
    state.folds.removed(atom);
  }

  /** Lets another atom stand for this one. */
  void fold(int atom, int leader) {
    if (state.placed(atom)) {
      bury(atom);
    }
    state.folds.set(atom, leader);
    state.symbolsMoved(atom);
  }

  /** Gives an atom for which another stood a place of its own. */
  void unfold(int atom) throws LinkException {
    state.folds.forget(atom);
    revive(atom);
  }

  /** What this image does not define is in its symbol table only when something in it refers. */
  private void mentionsChanged(int atom, boolean release) {
    int first = atoms.firstRelocation(atom);
    int end = first + atoms.relocations(atom);
    for (int row = first; row < end; row++) {
      if (release) {
        runs.release(row);
      }
      int symbol = state.relocations.symbol(row);
      int resolution = state.symbols.state(symbol);
      if (resolution == Symbols.UNDEFINED || resolution == Symbols.IMPORTED) {
        state.queueRow(symbol);
      }
    }
    state.work.relocations += atoms.relocations(atom);
  }

  private void link(Input input, int atom) {
    int first = input.firstAtom;
    atoms.setNext(atom, first);
    if (first != NONE) {
      atoms.setPrevious(first, atom);
    }
    input.firstAtom = atom;
  }

  private void unlink(Input input, int atom) {
    int next = atoms.next(atom);
    int previous = atoms.previous(atom);
    if (previous == NONE) {
      input.firstAtom = next;
    } else {
      atoms.setNext(previous, next);
    }
    if (next != NONE) {
      atoms.setPrevious(next, previous);
    }
  }
}
