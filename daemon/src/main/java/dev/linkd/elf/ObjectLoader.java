package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.mapped.MappedFile;
import dev.linkd.object.CompressedSection;
import dev.linkd.object.ElfObject;
import dev.linkd.object.MergePieces;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Atoms;
import dev.linkd.output.Output.InputChange;
import dev.linkd.store.Content;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Reads an object file, for the first time or in a new version, and turns the difference from what
 * is held into updates of atoms. Sections are matched by name, functions with sections of their own
 * therefore by function.
 */
final class ObjectLoader {

  private static final int NONE = -1;

  private final LinkState state;
  private final ElfParts parts;
  private final Groups groups;
  private final SharedPieces shared;
  private final UnwindLoader unwind;
  private final SectionDependencies dependencies;
  private final ObjectSections sections;
  private final ObjectSymbols symbols;
  private final OldConstructors constructors;
  private final ZeroSections zeros;
  private final AtomUpdate update = new AtomUpdate();

  /** Uses of shared pieces by the version being read. */
  private final IntQueue pieces = new IntQueue();

  private final StringUses strings;
  private final ObjectRelocations relocations;
  private final HeldNames names = new HeldNames();

  /** Keys of the sections of the version being read. */
  private final IntSet taken = new IntSet();

  /** Scratch for the bytes of compressed sections. */
  private MemorySegment unpacked = MemorySegment.NULL;

  /** Sum of what was read ahead last. */
  private int sum;

  private int added;
  private int changed;
  private int same;

  ObjectLoader(LinkState state, ElfParts parts, Groups groups) {
    this.state = state;
    this.parts = parts;
    this.groups = groups;
    this.shared = parts.shared;
    this.constructors = new OldConstructors(state);
    this.zeros = new ZeroSections(parts.layout, state);
    this.sections = new ObjectSections(parts.layout, state.spec);
    this.symbols = new ObjectSymbols(state, parts, sections, names);
    this.dependencies = new SectionDependencies(state, symbols, sections);
    this.strings = new StringUses(parts.strings);
    HeldRelocations held = new HeldRelocations(state, strings, sections);
    this.relocations = new ObjectRelocations(state, parts, sections, symbols, pieces, held);
    this.unwind = new UnwindLoader(state, parts, sections, symbols, names);
  }

  /** Reads a version of an input and makes it the one that the output holds. */
  InputChange load(ObjectInput input, Content source, ElfObject object) throws LinkException {
    added = 0;
    changed = 0;
    same = 0;
    pieces.clear();
    strings.begin(input);
    symbols.begin();
    names.begin(input, object);
    boolean fresh = input.fresh;
    input.fresh = false;
    if (!fresh) {
      state.atomIndex.index(input);
      parts.streamSymbols.index(input);
    }
    try {
      read(input, object);
    } catch (LinkException e) {
      symbols.abandon();
      for (int i = 0; i < pieces.size(); i++) {
        shared.release(pieces.get(i));
      }
      strings.abandon();
      throw e;
    }
    int removed = sweep(input);
    if (!fresh) {
      sweepLoose(input, object);
      input.translation = translation(object);
    }
    replacePieces(input);
    if (symbols.commitVersions(input) && parts.dynamicSymbols != null) {
      parts.dynamicSymbols.invalidate();
    }
    parts.warnings.replace(input, object);
    parts.properties.replace(input, object);
    parts.stackNotes.replace(input, object);
    input.commitContent();
    input.object = object;
    input.source = source;
    return new InputChange(added, changed, removed, same);
  }

  /** For the next version; what is never read again needs none. */
  private HeldNames.Translation translation(ElfObject object) {
    int count = object.sections();
    return new HeldNames.Translation(
        symbols.translation(object), sections.plainKeys(count), sections.unwindKeys(count));
  }

  private void read(ObjectInput input, ElfObject object) throws LinkException {
    sections.plan(groups, input, object);
    sections.nameAll(state.names, object, names);
    chooseKeys(object);
    if (input.atomsIndexed) {
      readAhead(input, object);
    }
    splitPieces(object);
    input.beginContent(object.bytes());
    symbols.translate(input, object);
    putSections(input, object);
    symbols.bindAnchors(input, object);
    symbols.defineLoose(input, object);
  }

  /** Sections with one name are told apart by their order. */
  private void chooseKeys(ElfObject object) {
    taken.clear();
    for (int s = 1; s < object.sections(); s++) {
      if (sections.fate(s) != ObjectSections.ATOM) {
        continue;
      }
      int key = sections.name(s);
      for (int i = 1; !taken.add(key); i++) {
        key = state.names.intern(object.sectionName(s) + '\0' + i);
      }
      sections.setKey(s, key);
    }
  }

  /** Reads where the atoms of a version are going to be looked up. */
  private void readAhead(ObjectInput input, ElfObject object) {
    int touched = 0;
    for (int s = 1; s < object.sections(); s++) {
      if (sections.fate(s) == ObjectSections.ATOM) {
        touched += state.atomIndex.touch(input.number, sections.key(s));
      }
    }
    sum = touched;
  }

  /** Something that depends on every read ahead, so that no compiler may leave one out. */
  int sum() {
    return sum;
  }

  private void splitPieces(ElfObject object) throws LinkException {
    for (int s = 1; s < object.sections(); s++) {
      boolean pooled = sections.fate(s) == ObjectSections.STRINGS;
      if (!pooled && sections.fate(s) != ObjectSections.PIECES) {
        continue;
      }
      int name = sections.name(s);
      if (pooled) {
        sections.setFirstPiece(s, strings.acquire(object, s, name, sections));
        continue;
      }
      alignment(object, s);
      MergePieces split = sections.pieces(object, s);
      sections.setFirstPiece(s, pieces.size());
      long start = object.sectionOffset(s);
      long flags = object.sectionFlags(s);
      for (int p = 0; p < split.count(); p++) {
        long at = start + split.start(p);
        int key = state.names.intern(object.bytes(), at, split.size(p));
        MemorySegment bytes = object.bytes().asSlice(at, split.size(p));
        pieces.add(
            shared.acquire(name, object.sectionType(s), flags, split.alignment(p), key, bytes));
      }
    }
  }

  private void putSections(ObjectInput input, ElfObject object) throws LinkException {
    for (int s = 1; s < object.sections(); s++) {
      byte fate = sections.fate(s);
      if (fate == ObjectSections.ATOM) {
        putSection(input, object, s);
      } else if (fate == ObjectSections.UNWIND) {
        unwind.load(input, object, s, pieces);
      }
    }
  }

  private void putSection(ObjectInput input, ElfObject object, int s) throws LinkException {
    update.clear();
    update.key = sections.key(s);
    update.section = sections.name(s);
    update.sectionType = object.sectionType(s);
    update.sectionFlags = object.sectionFlags(s);
    update.alignment = alignment(object, s);
    long offset = content(object, s);
    for (int y = symbols.first(s); y != NONE; y = symbols.next(y)) {
      int info = object.symbolInfo(y) | (object.symbolOther(y) & 3) << 8;
      update.addDefinition(symbols.row(y), object.symbolValue(y), object.symbolSize(y), info);
    }
    if (!zeros.unloaded(object, s)) {
      relocations.translate(input, object, s, update);
    }
    if (OldConstructors.are(object, s) && constructors.convert(update)) {
      offset = NONE;
    }
    if (OldConstructors.array(update.sectionType)) {
      update.alignment = Math.min(update.alignment, Long.BYTES);
    }
    dependencies.add(object, s, update);
    long before = state.atomsAdded;
    long beforeChanged = state.atomsChanged;
    int atom = parts.editor.put(input, update, offset);
    sections.setAtom(s, atom);
    state.atoms.setFlag(atom, Atoms.SEEN, true);
    if (state.atomsAdded != before) {
      added++;
    } else if (state.atomsChanged != beforeChanged) {
      changed++;
    } else {
      same++;
    }
  }

  /** Sets size and bytes; returns their offset in the file, NONE when they have to be copied. */
  private long content(ElfObject object, int s) throws LinkException {
    update.size = object.contentSize(s);
    if (update.sectionType == SHT_NOBITS || zeros.are(object, s)) {
      if (update.size < 0 || update.size > MappedFile.MAX_BYTES) {
        throw tooLarge(object, s);
      }
      update.sectionType = SHT_NOBITS;
      return NONE;
    }
    if ((update.sectionFlags & SHF_COMPRESSED) == 0) {
      update.bytes = object.sectionBytes(s);
      return update.size > 0 ? object.sectionOffset(s) : NONE;
    }
    update.sectionFlags &= ~SHF_COMPRESSED;
    long size = CompressedSection.size(object, s);
    if (unpacked.byteSize() < size) {
      unpacked = Arena.ofAuto().allocate(size);
    }
    update.bytes = unpacked.asSlice(0, size);
    CompressedSection.inflate(object, s, update.bytes);
    return NONE;
  }

  private static LinkException tooLarge(ElfObject object, int s) {
    return new LinkException(
        Code.UNSUPPORTED_INPUT,
        Place.section(object.name(), object.sectionName(s), Place.NO_OFFSET),
        "size " + Long.toUnsignedString(object.contentSize(s)) + " is more than a file can have");
  }

  /**
   * The alignment of a section.
   *
   * @throws LinkException when nothing can be placed with it
   */
  private static long alignment(ElfObject object, int s) throws LinkException {
    long alignment = Math.max(1, object.contentAlignment(s));
    if (alignment > 1L << AtomUpdate.ALIGNMENT_LOG2_MAX) {
      throw new LinkException(
          Code.UNSUPPORTED_INPUT,
          Place.section(object.name(), object.sectionName(s), Place.NO_OFFSET),
          "alignment " + alignment + " is more than 2^" + AtomUpdate.ALIGNMENT_LOG2_MAX);
    }
    return alignment;
  }

  /** Removes the atoms that the new version does not have. */
  private int sweep(ObjectInput input) {
    int removed = 0;
    int atom = input.firstAtom;
    while (atom != NONE) {
      int next = state.atoms.next(atom);
      if (state.atoms.flag(atom, Atoms.SEEN)) {
        state.atoms.setFlag(atom, Atoms.SEEN | Atoms.NEXT_CONTENT, false);
      } else {
        parts.editor.remove(input, atom);
        removed++;
      }
      atom = next;
    }
    return removed;
  }

  /** Removes loose definitions and references that the new version does not have. */
  private void sweepLoose(ObjectInput input, ElfObject object) {
    for (int y = 1; y < object.symbols(); y++) {
      int s = object.symbolSection(y);
      boolean loose = s <= 0 || sections.fate(s) != ObjectSections.ATOM;
      if (loose && symbols.row(y) >= 0) {
        state.symbols.setFlag(symbols.row(y), Symbols.SEEN, true);
      }
    }
    symbols.markAliases(true);
    parts.streamSymbols.removeUnseen(input);
    symbols.markAliases(false);
    for (int y = 1; y < object.symbols(); y++) {
      if (!symbols.standsForSection(y) && symbols.row(y) >= 0) {
        state.symbols.setFlag(symbols.row(y), Symbols.SEEN, false);
      }
    }
  }

  private void replacePieces(ObjectInput input) {
    int[] before = input.pieces;
    input.pieces = pieces.toArray();
    for (int atom : before) {
      shared.release(atom);
    }
    strings.commit(input);
  }

  /** Removes everything that an input contributed. */
  void unload(ObjectInput input) {
    parts.properties.remove(input);
    parts.stackNotes.remove(input);
    while (input.firstAtom != NONE) {
      parts.editor.remove(input, input.firstAtom);
    }
    parts.streamSymbols.removeAll(input);
    parts.warnings.remove(input);
    state.defaultVersions.remove(input);
    for (int atom : input.pieces) {
      shared.release(atom);
    }
    strings.release(input.strings);
    input.dropPieces();
  }
}
