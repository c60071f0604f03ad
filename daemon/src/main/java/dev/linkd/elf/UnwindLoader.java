package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.LinkException;
import dev.linkd.object.EhFrames;
import dev.linkd.object.ElfObject;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Atoms;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Splits the .eh_frame sections of objects: CIEs become shared pieces, FDEs atoms of the object.
 * The distance from an FDE to its CIE is a relocation of linkd's own kind, so that both can move.
 * FDEs of functions that are not linked are left out.
 */
final class UnwindLoader {

  private static final int NONE = -1;

  /** Offset of the CIE pointer in an FDE. */
  private static final int CIE_POINTER_OFFSET = 4;

  private static final int RECORD_ALIGNMENT = 4;

  /** What the keys of FDEs begin with. */
  private static final byte[] PREFIX = "\0fde\0".getBytes(StandardCharsets.US_ASCII);

  private final LinkState state;
  private final ElfParts parts;
  private final ObjectSections sections;
  private final ObjectSymbols symbols;
  private final SharedPieces shared;
  private final CieArea cies;
  private final AtomUpdate update = new AtomUpdate();
  private final NameText text = new NameText();

  UnwindLoader(
      LinkState state,
      ElfParts parts,
      ObjectSections sections,
      ObjectSymbols symbols,
      SharedPieces shared) {
    this.state = state;
    this.parts = parts;
    this.sections = sections;
    this.symbols = symbols;
    this.shared = shared;
    this.cies = new CieArea(state, parts.unwindTable, parts.layout);
  }

  /**
   * Adds or replaces the records of one section.
   *
   * @param pieces receives the uses of CIEs
   */
  void load(ObjectInput input, ElfObject object, int s, IntQueue pieces) throws LinkException {
    EhFrames frames = EhFrames.split(object, s);
    parts.unwindTable.require();
    int[] cies = new int[frames.count()];
    for (int record = 0; record < frames.count(); record++) {
      if (frames.isCie(record)) {
        cies[record] = NONE;
        continue;
      }
      int code = codeSymbol(object, s, frames, record);
      if (code == NONE) {
        continue;
      }
      int cie = frames.cie(record);
      if (cies[cie] == NONE) {
        cies[cie] = loadCie(object, s, frames, cie);
        pieces.add(cies[cie]);
      }
      loadFde(input, object, s, frames, record, cies[cie], code);
    }
  }

  /** The symbol of the code that an FDE describes; NONE when the code is not linked. */
  private int codeSymbol(ElfObject object, int s, EhFrames frames, int record) {
    for (int i = 0; i < frames.relocations(record); i++) {
      int r = frames.relocation(record, i);
      if (object.relocationOffset(s, r) == frames.codeStart(record)) {
        int y = object.relocationSymbol(s, r);
        int home = y == 0 ? 0 : object.symbolSection(y);
        boolean linked = home > 0 && sections.fate(home) == ObjectSections.ATOM;
        return linked && object.sectionSize(home) > 0 ? y : NONE;
      }
    }
    return NONE;
  }

  private int loadCie(ElfObject object, int s, EhFrames frames, int record) throws LinkException {
    MemorySegment bytes = start(object, s, frames, record);
    StringBuilder identity = new StringBuilder("\0cie");
    for (int i = 0; i < frames.relocations(record); i++) {
      int r = frames.relocation(record, i);
      add(object, s, r, frames.offset(record), AtomUpdate.TARGET_GLOBAL);
      int row = symbols.row(object.relocationSymbol(s, r));
      identity.append('\0').append(row).append('+').append(object.relocationAddend(s, r));
    }
    identity.append('\0');
    for (long i = 0; i < bytes.byteSize(); i++) {
      identity.append((char) (Segments.getByte(bytes, i) & 0xff));
    }
    update.key = state.names.intern(identity.toString());
    int known = shared.find(update.section, update.sectionFlags, update.alignment, update.key);
    if (known != NONE) {
      shared.use(known);
      return known;
    }
    cies.reserve(update.size);
    return shared.acquireWith(update);
  }

  private void loadFde(
      ObjectInput input, ElfObject object, int s, EhFrames frames, int record, int cie, int code)
      throws LinkException {
    start(object, s, frames, record);
    update.addRelocation(
        CIE_POINTER_OFFSET, Unwind.CIE_POINTER, AtomUpdate.TARGET_GLOBAL, shared.anchor(cie), 0);
    for (int i = 0; i < frames.relocations(record); i++) {
      int r = frames.relocation(record, i);
      boolean start = object.relocationOffset(s, r) == frames.codeStart(record);
      byte space = start ? AtomUpdate.TARGET_OWNER : AtomUpdate.TARGET_GLOBAL;
      add(object, s, r, frames.offset(record), space);
    }
    int home = object.symbolSection(code);
    update.key = key(home);
    long content = object.sectionOffset(s) + frames.offset(record);
    int atom = parts.editor.put(input, update, content);
    state.atoms.setFlag(atom, Atoms.SEEN, true);
  }

  /** FDEs are known by the section of their code, and by their order when it has several. */
  private int key(int section) {
    int code = sections.key(section);
    text.clear();
    text.add(PREFIX);
    text.add(state.names.bytes(), state.names.offset(code), state.names.length(code));
    int number = sections.countRecord(section);
    if (number > 0) {
      text.add(("\0" + number).getBytes(StandardCharsets.US_ASCII));
    }
    return state.names.intern(text.segment(), 0, text.length());
  }

  private MemorySegment start(ElfObject object, int s, EhFrames frames, int record) {
    update.clear();
    update.section = state.names.intern(".eh_frame");
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = SHF_ALLOC;
    update.alignment = RECORD_ALIGNMENT;
    update.size = frames.size(record);
    MemorySegment bytes = object.sectionBytes(s);
    update.bytes = bytes.asSlice(frames.offset(record), frames.size(record));
    return update.bytes;
  }

  private void add(ElfObject object, int s, int r, int recordOffset, byte space)
      throws LinkException {
    int y = object.relocationSymbol(s, r);
    int row = y == 0 ? NONE : symbols.row(y);
    if (row >= 0) {
      update.addRelocation(
          object.relocationOffset(s, r) - recordOffset,
          object.relocationKind(s, r),
          space,
          row,
          object.relocationAddend(s, r));
    } else {
      parts.unwindTable.unresolvable(object, s, r);
    }
  }
}
