package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;

import dev.linkd.mapped.MappedFile;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Atoms;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/** The unrelocated bytes of atoms: where they are kept, and their copy in the image. */
final class AtomContents {

  private static final int NONE = -1;

  private final LinkState state;
  private final Layout layout;
  private final Atoms atoms;
  private final MappedFile file;
  private final ChangedBlocks changed = new ChangedBlocks();

  /** Fewer bytes are written as a whole. */
  private static final int BYTES_MIN = 4096;

  AtomContents(LinkState state, Layout layout) {
    this.state = state;
    this.layout = layout;
    this.atoms = state.atoms;
    this.file = state.file;
  }

  boolean same(int atom, AtomUpdate update) {
    if (atoms.size(atom) != update.size || (atoms.content(atom) == NONE) == update.hasContent()) {
      return false;
    }
    if (!update.hasContent()) {
      return true;
    }
    long from = atoms.content(atom);
    MemorySegment held = state.contentSegment(atom);
    return Segments.equal(held, from, update.bytes, update.bytesOffset, update.size);
  }

  /**
   * Whether an update of the same size can be written in part: fields of sections that are not
   * loaded depend on nothing beside them.
   */
  boolean divisible(int atom, AtomUpdate update) {
    return update.size >= BYTES_MIN
        && atoms.size(atom) == update.size
        && atoms.content(atom) != NONE
        && update.hasContent()
        && atoms.node(atom) != NONE
        && (atoms.sectionFlags(atom) & SHF_ALLOC) == 0;
  }

  /** The blocks in which the bytes of such an update differ, until this is called again. */
  ChangedBlocks changes(int atom, AtomUpdate update, boolean sameBytes) {
    changed.begin(update.size);
    if (!sameBytes) {
      changed.compare(
          state.contentSegment(atom), atoms.content(atom), update.bytes, update.bytesOffset);
    }
    return changed;
  }

  void keep(int atom, AtomUpdate update, long content, boolean sameBytes) {
    long size = update.size;
    boolean owned = atoms.flag(atom, Atoms.OWNS_CONTENT);
    if (content != NONE) {
      free(atom);
      atoms.setContent(atom, content, size);
      atoms.setFlag(atom, Atoms.NEXT_CONTENT, true);
      return;
    }
    if (sameBytes && (owned || atoms.content(atom) == NONE)) {
      return;
    }
    boolean bytes = update.hasContent();
    if (!owned || !bytes || atoms.size(atom) != size) {
      free(atom);
      atoms.setContent(atom, bytes ? state.heap.allocate(size) : NONE, size);
      atoms.setFlag(atom, Atoms.OWNS_CONTENT, bytes);
    }
    if (atoms.content(atom) != NONE) {
      MemorySegment to = state.heap.segment();
      Segments.copy(update.bytes, update.bytesOffset, to, atoms.content(atom), size);
    }
  }

  void free(int atom) {
    if (atoms.flag(atom, Atoms.OWNS_CONTENT)) {
      state.heap.free(atoms.content(atom), atoms.size(atom));
      atoms.setFlag(atom, Atoms.OWNS_CONTENT, false);
    }
    atoms.setContent(atom, NONE, atoms.size(atom));
  }

  /** Copies the unrelocated bytes into the image. */
  void write(int atom) {
    long size = atoms.size(atom);
    if (atoms.content(atom) == NONE || size == 0) {
      return;
    }
    write(atom, 0, size);
  }

  /** Copies some blocks of the unrelocated bytes into the image. */
  void write(int atom, ChangedBlocks blocks) {
    long size = atoms.size(atom);
    long end;
    for (long at = blocks.next(0); at < size; at = blocks.next(end)) {
      end = blocks.end(at);
      write(atom, at, end);
    }
  }

  private void write(int atom, long from, long to) {
    long position = layout.position(atom) + from;
    long size = to - from;
    long content = atoms.content(atom) + from;
    Segments.copy(state.contentSegment(atom), content, file.image(), position, size);
    file.dirty(position, position + size);
    state.work.bytesWritten += size;
  }
}
