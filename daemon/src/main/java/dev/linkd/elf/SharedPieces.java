package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.output.AtomUpdate;
import dev.linkd.table.PairIndex;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pieces that several inputs have in common: strings and constants of SHF_MERGE sections, and CIEs.
 * Each different content is one atom; it lives as long as an input uses it.
 */
final class SharedPieces {

  private static final int NONE = -1;

  private final LinkState state;
  private final AtomEditor editor;

  /** Owner of the pieces with one name, flags and alignment: only those are equal. */
  private final Map<PieceKind, Input> owners = new HashMap<>();

  /** (atom, 0) to the number of uses. */
  private final PairIndex uses = new PairIndex("uses of pieces");

  private final AtomUpdate update = new AtomUpdate();

  /** What was asked for last, which most updates ask for again. */
  private PieceKind lastKind = new PieceKind(NONE, 0, 0);

  private @Nullable Input lastOwner;

  private record PieceKind(int section, long flags, long alignment) {
    boolean is(int otherSection, long otherFlags, long otherAlignment) {
      return section == otherSection && flags == otherFlags && alignment == otherAlignment;
    }
  }

  SharedPieces(LinkState state, AtomEditor editor) {
    this.state = state;
    this.editor = editor;
  }

  /**
   * Counts a use of a piece, which is added when it is new.
   *
   * @param section name id of the input section
   * @param key name id that is equal for equal pieces
   * @return its atom
   */
  int acquire(int section, int type, long flags, long alignment, int key, MemorySegment bytes)
      throws LinkException {
    Input owner = owner(section, flags, alignment);
    int atom = state.atomIndex.get(owner.number, key);
    if (atom == NONE) {
      start(section, type, flags, alignment, key, bytes);
      atom = editor.add(owner, update, NONE);
    }
    use(atom);
    return atom;
  }

  private Input owner(int section, long flags, long alignment) {
    if (lastOwner != null && lastKind.is(section, flags, alignment)) {
      return lastOwner;
    }
    PieceKind kind = new PieceKind(section, flags, alignment);
    Input owner = owners.get(kind);
    if (owner == null) {
      String name = name(state.names.string(section), flags, alignment);
      owner = state.inputs.add((number, order) -> new Input(number, name, order));
      state.names.retain(section);
      owners.put(kind, owner);
    }
    lastKind = kind;
    lastOwner = owner;
    return owner;
  }

  /** The same in every link, whatever kinds of pieces there were before. */
  private static String name(String section, long flags, long alignment) {
    return "<merged "
        + section
        + ", flags 0x"
        + Long.toHexString(flags)
        + ", align "
        + alignment
        + ">";
  }

  private void start(
      int section, int type, long flags, long alignment, int key, MemorySegment bytes) {
    update.clear();
    update.key = key;
    update.section = section;
    update.sectionType = type;
    update.sectionFlags = flags;
    update.alignment = alignment;
    update.size = bytes.byteSize();
    update.bytes = bytes;
  }

  /** The piece with that key, NONE when it has to be made by {@link #acquireWith}. */
  int find(int section, long flags, long alignment, int key) {
    return state.atomIndex.get(owner(section, flags, alignment).number, key);
  }

  /** Like {@link #acquire} for a piece that has relocations. */
  int acquireWith(AtomUpdate piece) throws LinkException {
    Input owner = owner(piece.section, piece.sectionFlags, piece.alignment);
    int atom = editor.put(owner, piece, NONE);
    use(atom);
    return atom;
  }

  void use(int atom) {
    int count = uses.get(atom, 0);
    uses.put(atom, 0, count == NONE ? 1 : count + 1);
  }

  /** Takes a use back; the last one removes the piece. */
  void release(int atom) {
    int count = uses.get(atom, 0);
    if (count > 1) {
      uses.put(atom, 0, count - 1);
      return;
    }
    uses.remove(atom, 0);
    editor.remove(state.inputs.get(state.atoms.input(atom)), atom);
  }

  /** The symbol that stands for the start of a piece. */
  int anchor(int atom) {
    int known = state.atoms.anchor(atom);
    if (known != NONE) {
      return known;
    }
    Input owner = state.inputs.get(state.atoms.input(atom));
    return editor.anchors.of(owner, state.atoms.key(atom));
  }

  long bytes() {
    return uses.bytes();
  }

  void close() {
    uses.close();
  }
}
