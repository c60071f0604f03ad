package dev.linkd.elf;

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

  AtomContents(LinkState state, Layout layout) {
    this.state = state;
    this.layout = layout;
    this.atoms = state.atoms;
    this.file = state.file;
  }

  boolean same(int atom, AtomUpdate update) {
    if (atoms.size(atom) != update.size
        || (atoms.content(atom) == NONE) != (update.bytes.byteSize() == 0)) {
      return false;
    }
    if (update.bytes.byteSize() == 0) {
      return true;
    }
    long from = atoms.content(atom);
    MemorySegment held = state.contentSegment(atom);
    return Segments.equal(held, from, update.bytes, 0, update.size);
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
    boolean bytes = update.bytes.byteSize() > 0;
    if (!owned || !bytes || atoms.size(atom) != size) {
      free(atom);
      atoms.setContent(atom, bytes ? state.heap.allocate(size) : NONE, size);
      atoms.setFlag(atom, Atoms.OWNS_CONTENT, bytes);
    }
    if (atoms.content(atom) != NONE) {
      Segments.copy(update.bytes, 0, state.heap.segment(), atoms.content(atom), size);
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
    long position = layout.position(atom);
    Segments.copy(state.contentSegment(atom), atoms.content(atom), file.image(), position, size);
    file.dirty(position, position + size);
    state.work.bytesWritten += size;
  }
}
