package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;
import static dev.linkd.object.ElfConstants.SHT_X86_64_UNWIND;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.object.EhFrames;
import dev.linkd.output.AtomUpdate;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * Unwind records that clients send: an atom of {@code .eh_frame} consists of one CIE and one FDE
 * behind it that refers to it. The CIE becomes a piece that all records with an equal one share;
 * what stays of the atom is the FDE. Everything that readers depend on is checked first, because
 * they stop at the first bytes that are no record: one atom could hide all functions.
 */
final class StreamedUnwind {

  private static final int NONE = -1;
  private static final int RECORDS = 2;

  private final LinkState state;
  private final AtomEditor editor;
  private final UnwindTable table;
  private final CiePieces cies;
  private final int section;
  private final AtomUpdate cie = new AtomUpdate();
  private final AtomUpdate fde = new AtomUpdate();
  private final EhFrames frames = new EhFrames();

  StreamedUnwind(LinkState state, ElfParts parts) {
    this.state = state;
    this.editor = parts.editor;
    this.table = parts.unwindTable;
    this.cies = new CiePieces(state, parts);
    this.section = state.names.intern(".eh_frame");
    state.names.retain(section);
  }

  /** Whether an update is about unwind records that the program loads. */
  boolean concerns(AtomUpdate update) {
    return update.section == section && (update.sectionFlags & SHF_ALLOC) != 0;
  }

  /** The CIE of an atom, NONE when it holds no unwind record. */
  int cie(int atom) {
    return state.atoms.sectionName(atom) == section ? cies.of(atom) : NONE;
  }

  /** Refuses what readers of the section could not follow. */
  void check(Stream stream, AtomUpdate update) throws LinkException {
    if ((update.sectionType != SHT_PROGBITS && update.sectionType != SHT_X86_64_UNWIND)
        || update.sectionFlags != SHF_ALLOC) {
      throw fault(stream, update, -1, "unwind records need type SHT_PROGBITS and flags SHF_ALLOC");
    }
    if (update.definitions != 0) {
      throw fault(stream, update, -1, "an unwind record defines symbols");
    }
    split(stream, update);
    if (frames.count() != RECORDS
        || !frames.isCie(0)
        || frames.isCie(1)
        || frames.offset(1) + frames.size(1) != update.size) {
      throw fault(stream, update, -1, "unwind records are not one CIE and one FDE");
    }
    boolean code = false;
    for (int i = 0; i < update.relocations; i++) {
      long offset = update.relocationOffsets[i];
      int record = offset < frames.offset(1) ? 0 : 1;
      if (offset < frames.offset(record) + EhFrames.ID_END) {
        throw fault(stream, update, offset, "a relocation in the head of an unwind record");
      }
      code |= offset == frames.codeStart(1);
    }
    if (!code) {
      long offset = frames.codeStart(1);
      throw fault(stream, update, offset, "the start of an FDE's code range has no relocation");
    }
  }

  /** The key as text is for messages, and made only when there is one. */
  private void split(Stream stream, AtomUpdate update) throws LinkException {
    try {
      frames.set(stream.name, "", update.bytes, update.bytesOffset);
    } catch (LinkException _) {
      String key = state.names.string(update.key);
      frames.set(stream.name, key, update.bytes, update.bytesOffset);
    }
  }

  private LinkException fault(Stream stream, AtomUpdate update, long offset, String message) {
    Place place = Place.section(stream.name, state.names.string(update.key), offset);
    return new LinkException(Code.INVALID_REQUEST, place, message);
  }

  /**
   * Adds or replaces a record.
   *
   * @param staged checked, with rows of the symbol table as targets, relocations in ascending order
   * @param before the CIE of the atom with that key, see {@link #cie}
   */
  void put(Stream stream, AtomUpdate staged, int before) throws LinkException {
    MemorySegment bytes = staged.bytes;
    long start = staged.bytesOffset;
    long boundary = Integer.toUnsignedLong(Segments.getInt(bytes, start)) + Integer.BYTES;
    CiePieces.start(cie, section, bytes, start, boundary);
    add(cie, staged, 0, boundary);
    int used = cies.acquire(cie);
    CiePieces.start(fde, section, bytes, start + boundary, staged.size - boundary);
    fde.key = staged.key;
    cies.refer(fde, used);
    add(fde, staged, boundary, staged.size);
    try {
      editor.put(stream, fde, NONE);
    } catch (LinkException e) {
      cies.release(used);
      throw e;
    }
    if (before != NONE) {
      cies.release(before);
    }
  }

  /** Adds the relocations between two offsets. */
  private static void add(AtomUpdate record, AtomUpdate staged, long from, long to) {
    for (int i = 0; i < staged.relocations; i++) {
      long offset = staged.relocationOffsets[i];
      if (offset >= from && offset < to) {
        boolean code = from > 0 && offset == from + EhFrames.ID_END;
        record.addRelocation(
            offset - from,
            staged.relocationKinds[i],
            code ? AtomUpdate.TARGET_OWNER : staged.relocationSpaces[i],
            staged.relocationTargets[i],
            staged.relocationAddends[i]);
      }
    }
  }

  /** An atom that was an unwind record is none any more. */
  void left(int atom, int before) {
    table.touch(atom);
    cies.release(before);
  }

  /** Removes an atom, which may be an unwind record. */
  void remove(Input input, int atom) {
    int used = cie(atom);
    editor.remove(input, atom);
    if (used != NONE) {
      cies.release(used);
    }
  }

  /** The bytes of an atom as they were sent, CIE and FDE. */
  MemorySegment records(int atom, int cie) {
    int boundary = Math.toIntExact(state.atoms.size(cie));
    int size = Math.toIntExact(state.atoms.size(atom));
    MemorySegment records = MemorySegment.ofArray(new byte[boundary + size]);
    copy(cie, records, 0);
    copy(atom, records, boundary);
    return records;
  }

  private void copy(int atom, MemorySegment to, long at) {
    MemorySegment held = state.contentSegment(atom);
    Segments.copy(held, state.atoms.content(atom), to, at, state.atoms.size(atom));
  }
}
