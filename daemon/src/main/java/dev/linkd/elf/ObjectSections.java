package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.object.ElfObject;
import dev.linkd.object.MergePieces;
import dev.linkd.output.OutputSpec;
import dev.linkd.table.Names;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What becomes of each section of an object: the plan of one pass of {@link ObjectLoader}. */
final class ObjectSections {

  /** Not part of the output: symbol tables, group sections, notes for the linker. */
  static final byte DROPPED = 0;

  /** An atom. */
  static final byte ATOM = 1;

  /** Split into shared pieces. */
  static final byte PIECES = 2;

  /** Split into CIEs and FDEs. */
  static final byte UNWIND = 3;

  /** Split into strings that have no atoms. */
  static final byte STRINGS = 5;

  /** Belongs to a COMDAT group of which another input's copy counts. */
  static final byte DISCARDED = 4;

  private static final int NONE = -1;

  private final boolean stripDebug;

  /** Names of sections that are left out. */
  private final Set<String> discarded;

  /** Null unless a linker script lays the image out. */
  private final @Nullable ScriptLayout script;

  private static final byte CHOSEN = 1;
  private static final byte LEFT_OUT = 2;

  /** Whether each group counts in this input; 0 while nobody has asked. */
  private byte[] choices = new byte[64];

  private byte[] fates = new byte[64];
  private @Nullable MergePieces[] pieces = new MergePieces[64];

  /** Key (name id) of each atom. */
  private int[] keys = new int[64];

  /** Name (name id) of each section that is not left out. */
  private int[] names = new int[64];

  private final NameBatch batch = new NameBatch();

  /** Row of each atom, and the symbol that stands for it; NONE while there is none. */
  private int[] atoms = new int[64];

  private int[] anchors = new int[64];

  /** Key (name id) of the first unwind record about each section; NONE while there is none. */
  private int[] unwindKeys = new int[64];

  /** How many unwind records each section has so far. */
  private int[] records = new int[64];

  /** First entry of the section's pieces in the list of the object's pieces or strings. */
  private int[] firstPieces = new int[64];

  /**
   * @param stripDebug sections with debug information are dropped
   */
  ObjectSections(Layout layout, OutputSpec spec) {
    this.script = layout.script();
    this.stripDebug = spec.stripping().debug();
    this.discarded = spec.sections().discarded();
  }

  void plan(Groups groups, ObjectInput input, ElfObject object) throws LinkException {
    int count = object.sections();
    if (fates.length < count) {
      fates = new byte[count];
      keys = new int[count];
      names = new int[count];
      atoms = new int[count];
      anchors = new int[count];
      unwindKeys = new int[count];
      records = new int[count];
      firstPieces = new int[count];
      pieces = new MergePieces[count];
    }
    if (choices.length < object.groups()) {
      choices = new byte[object.groups() * 2];
    }
    Arrays.fill(choices, 0, object.groups(), (byte) 0);
    for (int s = 0; s < count; s++) {
      pieces[s] = null;
      atoms[s] = NONE;
      anchors[s] = NONE;
      unwindKeys[s] = NONE;
      records[s] = 0;
      checkType(object, s);
      fates[s] = fate(groups, input, object, s);
    }
    keepDefinitions(object);
  }

  /** What a section in memory means has to be known, as GNU ld sees it. */
  private static void checkType(ElfObject object, int s) throws LinkException {
    long type = Integer.toUnsignedLong(object.sectionType(s));
    if (type >= SHT_LOUSER && (object.sectionFlags(s) & SHF_ALLOC) != 0) {
      throw new LinkException(
          Code.UNSUPPORTED_INPUT,
          Place.section(object.name(), object.sectionName(s), Place.NO_OFFSET),
          "unsupported section type: 0x" + Long.toHexString(type));
    }
  }

  private byte fate(Groups groups, ObjectInput input, ElfObject object, int s) {
    switch (object.sectionType(s)) {
      case SHT_NULL, SHT_SYMTAB, SHT_STRTAB, SHT_RELA, SHT_REL, SHT_GROUP, SHT_SYMTAB_SHNDX:
        return DROPPED;
      case SHT_LLVM_ADDRSIG:
        return DROPPED;
      default:
        break;
    }
    if ((object.sectionFlags(s) & SHF_EXCLUDE) != 0
        || object.sectionNameIs(s, ".note.GNU-stack")
        || object.sectionNameIs(s, ".note.gnu.property")
        || object.sectionNameIs(s, BuildIdNote.NAME)
        || (object.gnuSections() && object.sectionNameStartsWith(s, SymbolWarnings.PREFIX))) {
      return DROPPED;
    }
    if (stripDebug && debugInformation(object, s)) {
      return DROPPED;
    }
    if (!selected(groups, input, object, s)) {
      return DISCARDED;
    }
    if (discarded(input, object, s)) {
      return DISCARDED;
    }
    if (object.sectionNameIs(s, ".eh_frame")) {
      return UNWIND;
    }
    if (!MergePieces.mergeable(object, s) || object.sectionSize(s) == 0) {
      return ATOM;
    }
    return MergedStrings.take(object, s) ? STRINGS : PIECES;
  }

  /** The sections of a group share the answer. */
  private boolean selected(Groups groups, ObjectInput input, ElfObject object, int s) {
    int group = object.groupOf(s);
    if (group < 0) {
      return groups.selected(input, object, s);
    }
    if (choices[group] == 0) {
      choices[group] = groups.selected(input, object, s) ? CHOSEN : LEFT_OUT;
    }
    return choices[group] == CHOSEN;
  }

  private boolean discarded(ObjectInput input, ElfObject object, int s) {
    if (!discarded.isEmpty() && discarded.contains(object.sectionName(s))) {
      return true;
    }
    ScriptLayout places = script;
    return places != null
        && places.discards(input.name, object.sectionName(s), object.sectionFlags(s));
  }

  private static boolean debugInformation(ElfObject object, int s) {
    boolean loaded = (object.sectionFlags(s) & SHF_ALLOC) != 0;
    return !loaded
        && (object.sectionNameStartsWith(s, ".debug")
            || object.sectionNameStartsWith(s, ".zdebug")
            || object.sectionNameStartsWith(s, ".gnu.debuglto_")
            || object.sectionNameStartsWith(s, ".gnu.linkonce.wi.")
            || object.sectionNameStartsWith(s, ".stab")
            || object.sectionNameIs(s, ".line")
            || object.sectionNameIs(s, ".gdb_index"));
  }

  /** A section that defines a symbol with a name has to stay whole, so that it has a home. */
  private void keepDefinitions(ElfObject object) {
    for (int y = 1; y < object.symbols(); y++) {
      int s = object.symbolSection(y);
      if (s > 0
          && (fates[s] == PIECES || fates[s] == STRINGS)
          && (y >= object.firstGlobal() || named(object, y))) {
        fates[s] = ATOM;
      }
    }
  }

  /** Compilers name strings with {@code .L}, which no symbol table shows. */
  private static boolean named(ElfObject object, int y) {
    return object.symbolNameLength(y) > 0
        && SymbolView.type(object.symbolInfo(y)) != STT_SECTION
        && !object.symbolName(y).startsWith(".L");
  }

  byte fate(int s) {
    return fates[s];
  }

  int key(int s) {
    return keys[s];
  }

  int name(int s) {
    return names[s];
  }

  /**
   * Finds the names of all sections that become part of the output.
   *
   * @param held what the version before had
   */
  void nameAll(Names table, ElfObject object, HeldNames held) {
    batch.clear();
    for (int s = 1; s < object.sections(); s++) {
      names[s] = fates[s] == ATOM ? held.key(object, s) : NONE;
      if (names[s] == NONE && linked(s)) {
        batch.add(object.sectionNameOffset(s), object.sectionNameLength(s));
      }
    }
    batch.intern(table, object.bytes());
    int number = 0;
    for (int s = 1; s < object.sections(); s++) {
      if (names[s] == NONE && linked(s)) {
        names[s] = batch.id(number++);
      }
    }
  }

  /** By section: the key of an atom that is the name of its section, NONE for all others. */
  int[] plainKeys(int count) {
    int[] plain = new int[count];
    for (int s = 0; s < count; s++) {
      plain[s] = fates[s] == ATOM && keys[s] == names[s] ? keys[s] : NONE;
    }
    return plain;
  }

  /** By section: the key of the first unwind record about it, NONE when there is none. */
  int[] unwindKeys(int count) {
    return Arrays.copyOf(unwindKeys, count);
  }

  /** Tells the key of an unwind record about a section; the first one counts. */
  void addUnwindKey(int s, int key) {
    if (unwindKeys[s] == NONE) {
      unwindKeys[s] = key;
    }
  }

  private boolean linked(int s) {
    return fates[s] == ATOM || fates[s] == PIECES || fates[s] == STRINGS;
  }

  void setKey(int s, int key) {
    keys[s] = key;
  }

  int atom(int s) {
    return atoms[s];
  }

  void setAtom(int s, int atom) {
    atoms[s] = atom;
  }

  int anchor(int s) {
    return anchors[s];
  }

  void setAnchor(int s, int symbol) {
    anchors[s] = symbol;
  }

  /** Counts an unwind record of a section; returns how many were counted before. */
  int countRecord(int s) {
    return records[s]++;
  }

  void setFirstPiece(int s, int first) {
    firstPieces[s] = first;
  }

  /** The pieces of a section with that fate, which is split when somebody looks at them. */
  MergePieces pieces(ElfObject object, int s) throws LinkException {
    MergePieces split = pieces[s];
    if (split == null) {
      split = MergePieces.split(object, s);
      pieces[s] = split;
    }
    return split;
  }

  int firstPiece(int s) {
    return firstPieces[s];
  }
}
