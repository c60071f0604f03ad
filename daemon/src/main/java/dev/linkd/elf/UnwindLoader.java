package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.object.EhFrames;
import dev.linkd.object.ElfObject;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Atoms;
import java.nio.charset.StandardCharsets;

/**
 * Splits the .eh_frame sections of objects: CIEs become shared pieces, FDEs atoms of the object.
 * The distance from an FDE to its CIE is a relocation of linkd's own kind, so that both can move.
 * FDEs of functions that are not linked are left out.
 */
final class UnwindLoader {

  private static final int NONE = -1;

  /** What the keys of FDEs begin with. */
  private static final byte[] PREFIX = "\0fde\0".getBytes(StandardCharsets.US_ASCII);

  private final LinkState state;
  private final ElfParts parts;
  private final ObjectSections sections;
  private final ObjectSymbols symbols;
  private final CiePieces cies;
  private final AtomUpdate update = new AtomUpdate();
  private final NameText text = new NameText();
  private final NameBatch keys = new NameBatch();
  private final HeldNames held;

  /** By record: the key of an FDE that is linked. */
  private int[] recordKeys = new int[64];

  /** By record: the symbol of the code of an FDE that is linked, NONE for other records. */
  private int[] codes = new int[64];

  /** By record: the atom of a CIE that is in use, NONE for other records. */
  private int[] cieAtoms = new int[64];

  /** Sum of what was read ahead last. */
  private int sum;

  /** Name id of the section of all records. */
  private int section;

  UnwindLoader(
      LinkState state,
      ElfParts parts,
      ObjectSections sections,
      ObjectSymbols symbols,
      HeldNames held) {
    this.state = state;
    this.parts = parts;
    this.sections = sections;
    this.symbols = symbols;
    this.held = held;
    this.cies = new CiePieces(state, parts);
  }

  /**
   * Adds or replaces the records of one section.
   *
   * @param pieces receives the uses of CIEs
   */
  void load(ObjectInput input, ElfObject object, int s, IntQueue pieces) throws LinkException {
    EhFrames frames = EhFrames.split(object, s);
    parts.unwindTable.require();
    section = state.names.intern(".eh_frame");
    if (codes.length < frames.count()) {
      codes = new int[frames.count() * 2];
      cieAtoms = new int[frames.count() * 2];
      recordKeys = new int[frames.count() * 2];
    }
    chooseKeys(object, s, frames);
    if (input.atomsIndexed) {
      readAhead(input, frames);
    }
    for (int record = 0; record < frames.count(); record++) {
      if (codes[record] == NONE) {
        continue;
      }
      int cie = frames.cie(record);
      if (cieAtoms[cie] == NONE) {
        cieAtoms[cie] = loadCie(object, s, frames, cie);
        pieces.add(cieAtoms[cie]);
      }
      loadFde(input, object, s, frames, record, cieAtoms[cie], recordKeys[record]);
    }
  }

  /** Reads where the atoms of FDEs are going to be looked up. */
  private void readAhead(ObjectInput input, EhFrames frames) {
    int touched = 0;
    for (int record = 0; record < frames.count(); record++) {
      if (codes[record] != NONE) {
        touched += state.atomIndex.touch(input.number, recordKeys[record]);
      }
    }
    sum = touched;
  }

  /** Something that depends on every read ahead, so that no compiler may leave one out. */
  int sum() {
    return sum;
  }

  /** Finds the code and the key of each FDE; there is no code of a CIE. */
  private void chooseKeys(ElfObject object, int s, EhFrames frames) {
    keys.clear();
    text.clear();
    for (int record = 0; record < frames.count(); record++) {
      boolean cie = frames.isCie(record);
      cieAtoms[record] = NONE;
      codes[record] = cie ? NONE : codeSymbol(object, s, frames, record);
      if (codes[record] != NONE) {
        recordKeys[record] = heldKey(object, object.symbolSection(codes[record]));
      }
    }
    keys.intern(state.names, text.segment());
    int key = 0;
    for (int record = 0; record < frames.count(); record++) {
      if (codes[record] == NONE) {
        continue;
      }
      if (recordKeys[record] == NONE) {
        recordKeys[record] = keys.id(key++);
      }
      sections.addUnwindKey(object.symbolSection(codes[record]), recordKeys[record]);
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
    start(object, s, frames, record);
    for (int i = 0; i < frames.relocations(record); i++) {
      int r = frames.relocation(record, i);
      add(object, s, r, frames.offset(record), AtomUpdate.TARGET_GLOBAL);
    }
    return cies.acquire(update);
  }

  private void loadFde(
      ObjectInput input, ElfObject object, int s, EhFrames frames, int record, int cie, int key)
      throws LinkException {
    start(object, s, frames, record);
    cies.refer(update, cie);
    for (int i = 0; i < frames.relocations(record); i++) {
      int r = frames.relocation(record, i);
      boolean start = object.relocationOffset(s, r) == frames.codeStart(record);
      byte space = start ? AtomUpdate.TARGET_OWNER : AtomUpdate.TARGET_GLOBAL;
      add(object, s, r, frames.offset(record), space);
    }
    update.key = key;
    long content = object.sectionOffset(s) + frames.offset(record);
    int atom = parts.editor.put(input, update, content);
    state.atoms.setFlag(atom, Atoms.SEEN, true);
  }

  /**
   * FDEs are known by the section of their code, and by their order when it has several.
   *
   * @return the key if the version before had it, else NONE; it is in the batch then
   */
  private int heldKey(ElfObject object, int home) {
    int code = sections.key(home);
    int number = sections.countRecord(home);
    int known = number == 0 ? held.unwindKey(object, home, code) : NONE;
    if (known != NONE) {
      return known;
    }
    int start = text.length();
    text.add(PREFIX);
    text.add(state.names.bytes(), state.names.offset(code), state.names.length(code));
    if (number > 0) {
      text.add(("\0" + number).getBytes(StandardCharsets.US_ASCII));
    }
    keys.add(start, text.length() - start);
    return NONE;
  }

  private void start(ElfObject object, int s, EhFrames frames, int record) {
    long offset = object.sectionOffset(s) + frames.offset(record);
    CiePieces.start(update, section, object.bytes(), offset, frames.size(record));
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
