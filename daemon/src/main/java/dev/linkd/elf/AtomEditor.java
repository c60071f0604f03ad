package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Atoms;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
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
  private final RelocationNeeds needs;
  private final Atoms atoms;
  private final MappedFile file;
  private final Relocations relocations;
  private final Definitions definitions;

  /** Told of every atom before it is removed. */
  private IntConsumer removalListener = atom -> {};

  AtomEditor(LinkState state, Layout layout, RelocationNeeds needs) {
    this.state = state;
    this.layout = layout;
    this.needs = needs;
    this.atoms = state.atoms;
    this.file = state.file;
    this.relocations = state.relocations;
    this.definitions = state.definitions;
  }

  /**
   * Adds or replaces an atom.
   *
   * @param content offset of the bytes in the input's content, or NONE to copy {@code update.bytes}
   * @return its row
   * @throws LinkException when its section cannot grow; then nothing has changed
   */
  int put(Input input, AtomUpdate update, long content) throws LinkException {
    int atom = state.atomIndex.get(input.number, update.key);
    state.work.rowsVisited++;
    if (atom == NONE) {
      return add(input, update, content);
    }
    boolean sameBytes = sameBytes(atom, update);
    boolean sameAttributes = sameAttributes(atom, update);
    if (!sameBytes || !sameAttributes) {
      place(input, atom, update);
      attributes(atom, update);
    }
    keepContent(atom, update, content, sameBytes);
    if (!sameBytes) {
      write(atom);
    }
    boolean sameRelocations = relocate(atom, update, sameBytes);
    boolean sameDefinitions = define(input, atom, update);
    if (!sameBytes || !sameAttributes || !sameRelocations || !sameDefinitions) {
      state.atomsChanged++;
    }
    return atom;
  }

  private int add(Input input, AtomUpdate update, long content) throws LinkException {
    int atom = atoms.add(input.number, update.key);
    try {
      place(input, atom, update);
    } catch (LinkException e) {
      atoms.free(atom);
      throw e;
    }
    state.names.retain(update.key);
    state.atomIndex.put(input.number, update.key, atom);
    link(input, atom);
    attributes(atom, update);
    keepContent(atom, update, content, false);
    write(atom);
    relocate(atom, update, false);
    define(input, atom, update);
    int anchor = state.symbolIndex.get(LinkState.anchorScope(input.number), update.key);
    if (anchor != NONE) {
      setAnchor(atom, anchor);
    }
    state.atomsAdded++;
    return atom;
  }

  private boolean sameBytes(int atom, AtomUpdate update) {
    if (atoms.size(atom) != update.size
        || (atoms.content(atom) == NONE) != (update.bytes.byteSize() == 0)) {
      return false;
    }
    if (update.bytes.byteSize() == 0) {
      return true;
    }
    long from = atoms.content(atom);
    MemorySegment held = state.contentSegment(atom);
    return MemorySegment.mismatch(held, from, from + update.size, update.bytes, 0, update.size) < 0;
  }

  private boolean sameAttributes(int atom, AtomUpdate update) {
    return atoms.sectionName(atom) == update.section
        && atoms.sectionType(atom) == update.sectionType
        && atoms.sectionFlags(atom) == update.sectionFlags
        && atoms.alignmentLog2(atom) == Long.numberOfTrailingZeros(update.alignment);
  }

  /** Finds a place for the atom's new size; its bytes there are undefined until {@link #write}. */
  private void place(Input input, int atom, AtomUpdate update) throws LinkException {
    OutputSection section =
        layout.sectionFor(update.section, update.sectionType, update.sectionFlags);
    int alignment = Long.numberOfTrailingZeros(update.alignment);
    int node = atoms.node(atom);
    try {
      if (node != NONE && atoms.section(atom) == section.number) {
        layout.align(section, alignment);
        if (alignment != file.alignment(node)) {
          file.realign(node, alignment);
        }
        file.resize(node, update.size);
        return;
      }
      layout.align(section, alignment);
      int placed =
          OrderedPlacement.add(state, section, input, update.section, atom, update.size, alignment);
      boolean moved = node != NONE;
      unplace(atom);
      atoms.setNode(atom, placed);
      atoms.setSection(atom, section.number);
      section.atoms++;
      if (moved) {
        state.atomMoved(atom);
      }
    } catch (WindowFullException e) {
      throw Layout.windowFull(section, input.name, state.names.string(update.key));
    }
  }

  private void unplace(int atom) {
    int node = atoms.node(atom);
    if (node != NONE) {
      layout.section(atoms.section(atom)).atoms--;
      file.remove(node);
    }
  }

  private void attributes(int atom, AtomUpdate update) {
    int old = atoms.sectionName(atom);
    boolean had = atoms.flag(atom, Atoms.PLACED);
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
  }

  private void keepContent(int atom, AtomUpdate update, long content, boolean sameBytes) {
    long size = update.size;
    boolean owned = atoms.flag(atom, Atoms.OWNS_CONTENT);
    if (content != NONE) {
      freeContent(atom);
      atoms.setContent(atom, content, size);
      atoms.setFlag(atom, Atoms.NEXT_CONTENT, true);
      return;
    }
    if (sameBytes) {
      return;
    }
    if (!owned || atoms.size(atom) != size) {
      freeContent(atom);
      boolean bytes = update.bytes.byteSize() > 0;
      atoms.setContent(atom, bytes ? state.heap.allocate(size) : NONE, size);
      atoms.setFlag(atom, Atoms.OWNS_CONTENT, bytes);
    }
    if (atoms.content(atom) != NONE) {
      MemorySegment.copy(update.bytes, 0, state.heap.segment(), atoms.content(atom), size);
    }
  }

  private void freeContent(int atom) {
    if (atoms.flag(atom, Atoms.OWNS_CONTENT)) {
      state.heap.free(atoms.content(atom), atoms.size(atom));
      atoms.setFlag(atom, Atoms.OWNS_CONTENT, false);
    }
    atoms.setContent(atom, NONE, atoms.size(atom));
  }

  /** Copies the unrelocated bytes into the image. */
  private void write(int atom) {
    long size = atoms.size(atom);
    if (atoms.content(atom) == NONE || size == 0) {
      return;
    }
    long position = layout.position(atom);
    MemorySegment.copy(
        state.contentSegment(atom), atoms.content(atom), file.image(), position, size);
    file.dirty(position, position + size);
    state.work.bytesWritten += size;
  }

  /** Replaces the atom's relocations and queues them; returns whether they were the same. */
  private boolean relocate(int atom, AtomUpdate update, boolean sameBytes) {
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
    state.work.rowsVisited += update.relocations;
    return false;
  }

  private boolean sameTargets(int first, AtomUpdate update) {
    for (int i = 0; i < update.relocations; i++) {
      int row = first + i;
      if (relocations.symbol(row) != update.relocationTargets[i]
          || relocations.kind(row) != update.relocationKinds[i]
          || relocations.flag(row, Relocations.WEAK) != weak(update, i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean weak(AtomUpdate update, int i) {
    return update.relocationSpaces[i] == AtomUpdate.TARGET_WEAK;
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
      dropRelocation(row);
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
          weak(update, i) ? Relocations.WEAK : 0,
          update.relocationTargets[i],
          update.relocationAddends[i]);
    }
  }

  private void dropRelocation(int row) {
    int symbol = relocations.symbol(row);
    needs.release(row);
    relocations.unlink(row);
    state.work.rowsVisited++;
    if (state.symbols.firstReference(symbol) == NONE) {
      state.queueSymbol(symbol);
    }
  }

  /** Replaces the atom's definitions; returns whether they were the same. */
  private boolean define(Input input, int atom, AtomUpdate update) {
    int row = atoms.firstDefinition(atom);
    boolean same = true;
    int i = update.definitions;
    while (row != NONE && i > 0 && definitions.symbol(row) == update.definitionNames[i - 1]) {
      i--;
      if (definitions.value(row) != update.definitionOffsets[i]
          || definitions.size(row) != update.definitionSizes[i]
          || definitions.info(row) != update.definitionInfo[i]) {
        definitions.set(
            row,
            Definitions.IN_ATOM,
            update.definitionOffsets[i],
            update.definitionSizes[i],
            update.definitionInfo[i]);
        state.queueSymbol(definitions.symbol(row));
        same = false;
      }
      row = definitions.nextOfOwner(row);
    }
    if (row == NONE && i == 0) {
      return same;
    }
    undefine(atom);
    for (i = 0; i < update.definitions; i++) {
      int symbol = update.definitionNames[i];
      int added =
          definitions.add(
              symbol,
              input.number,
              atom,
              Definitions.IN_ATOM,
              update.definitionOffsets[i],
              update.definitionSizes[i],
              update.definitionInfo[i]);
      definitions.setNextOfOwner(added, atoms.firstDefinition(atom));
      atoms.setFirstDefinition(atom, added);
      state.queueSymbol(symbol);
    }
    return false;
  }

  private void undefine(int atom) {
    int row = atoms.firstDefinition(atom);
    atoms.setFirstDefinition(atom, NONE);
    while (row != NONE) {
      int next = definitions.nextOfOwner(row);
      int symbol = definitions.symbol(row);
      if (state.symbols.winner(symbol) == row) {
        state.symbols.setWinner(symbol, Symbols.STALE);
      }
      definitions.remove(row);
      state.queueSymbol(symbol);
      row = next;
    }
  }

  /** Makes a symbol stand for the start of an atom. */
  void setAnchor(int atom, int symbol) {
    if (atoms.anchor(atom) != symbol) {
      atoms.setAnchor(atom, symbol);
      state.queueSymbol(symbol);
    }
  }

  /** The symbol that stands for the start of an atom that may not exist yet. */
  int anchor(Input input, int key) {
    int symbol = state.symbol(LinkState.anchorScope(input.number), key);
    int atom = state.atomIndex.get(input.number, key);
    if (atom != NONE) {
      setAnchor(atom, symbol);
    }
    return symbol;
  }

  void setRemovalListener(IntConsumer listener) {
    removalListener = listener;
  }

  /** Removes an atom with everything in it. */
  void remove(Input input, int atom) {
    removalListener.accept(atom);
    undefine(atom);
    int first = atoms.firstRelocation(atom);
    int count = atoms.relocations(atom);
    for (int row = first; row < first + count; row++) {
      dropRelocation(row);
    }
    if (count > 0) {
      relocations.freeRun(first, count);
    }
    int anchor = atoms.anchor(atom);
    if (anchor != NONE) {
      state.symbols.setWinner(anchor, Symbols.STALE);
      state.queueSymbol(anchor);
    }
    unplace(atom);
    freeContent(atom);
    unlink(input, atom);
    state.atomIndex.remove(input.number, atoms.key(atom));
    state.names.release(atoms.key(atom));
    state.names.release(atoms.sectionName(atom));
    atoms.free(atom);
    state.atomsRemoved++;
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
