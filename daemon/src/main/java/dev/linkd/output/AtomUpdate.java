package dev.linkd.output;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;

/**
 * One function or data object as a compiler sends it: bytes, the symbols it defines and its
 * relocations. Mutable and meant to be filled again for every update, so that the steady path
 * allocates nothing; the engine copies what it keeps. Names are ids of {@link Output#name}.
 *
 * <p>Values of {@code sectionType}, {@code sectionFlags}, relocation kinds and symbol {@code
 * info}/{@code other} are the format's own numbers (ELF: {@code sh_type}, {@code sh_flags}, {@code
 * r_type}, {@code st_info}, {@code st_other}).
 */
public final class AtomUpdate {

  /** Name id that identifies the atom inside its stream. */
  public int key;

  /** Name id of the input section's name, for example {@code .text.main}. */
  public int section;

  public int sectionType;
  public long sectionFlags;

  /** Power of two, at most 2^{@value #ALIGNMENT_LOG2_MAX}; 1 for none. */
  public long alignment;

  public static final int ALIGNMENT_LOG2_MAX = 24;

  /** Size in bytes. */
  public long size;

  /** Where the bytes are; empty for an atom without content (ELF SHT_NOBITS). */
  public MemorySegment bytes = MemorySegment.NULL;

  /**
   * The first of the {@link #size} bytes: a place in a segment is no object, a view of it is one.
   */
  public long bytesOffset;

  /** Number of symbols that the atom defines. */
  public int definitions;

  /** Name id of each definition. */
  public int[] definitionNames = new int[4];

  /** Offset of each definition inside the atom. */
  public long[] definitionOffsets = new long[4];

  public long[] definitionSizes = new long[4];

  /** ELF st_info (binding and type) in bits 0-7, st_other (visibility) in bits 8-15. */
  public int[] definitionInfo = new int[4];

  /** Number of relocations. */
  public int relocations;

  /** The relocations are those that are held of the atom, and are not listed. */
  public boolean sameRelocations;

  /** Offset of each relocated field inside the atom, ascending or not. */
  public long[] relocationOffsets = new long[16];

  public int[] relocationKinds = new int[16];

  /** What each relocation refers to: a name id and one of the {@code TARGET_} spaces. */
  public int[] relocationTargets = new int[16];

  /** Space of each target. */
  public byte[] relocationSpaces = new byte[16];

  public long[] relocationAddends = new long[16];

  /** The target is a global symbol. */
  public static final byte TARGET_GLOBAL = 0;

  /** The target is a symbol that is local to the stream. */
  public static final byte TARGET_LOCAL = 1;

  /** The target is the start of the atom with that key in the same stream. */
  public static final byte TARGET_ATOM = 2;

  /** The target is a global symbol that may stay undefined; its address is then 0. */
  public static final byte TARGET_WEAK = 3;

  /**
   * The target is a symbol whose atom this one belongs to, as an unwind record to its function: the
   * target keeps this atom, not the other way round.
   */
  public static final byte TARGET_OWNER = 4;

  /** Starts a new update; keeps the arrays. */
  public void clear() {
    key = -1;
    section = -1;
    sectionType = 0;
    sectionFlags = 0;
    alignment = 1;
    size = 0;
    bytes = MemorySegment.NULL;
    bytesOffset = 0;
    definitions = 0;
    relocations = 0;
    sameRelocations = false;
  }

  public boolean hasContent() {
    return bytes.byteSize() > 0;
  }

  public void addDefinition(int name, long offset, long definedSize, int info) {
    if (definitions == definitionNames.length) {
      int capacity = definitions * 2;
      definitionNames = Arrays.copyOf(definitionNames, capacity);
      definitionOffsets = Arrays.copyOf(definitionOffsets, capacity);
      definitionSizes = Arrays.copyOf(definitionSizes, capacity);
      definitionInfo = Arrays.copyOf(definitionInfo, capacity);
    }
    definitionNames[definitions] = name;
    definitionOffsets[definitions] = offset;
    definitionSizes[definitions] = definedSize;
    definitionInfo[definitions++] = info;
  }

  public void addRelocation(long offset, int kind, byte space, int target, long addend) {
    if (relocations == relocationKinds.length) {
      int capacity = relocations * 2;
      relocationOffsets = Arrays.copyOf(relocationOffsets, capacity);
      relocationKinds = Arrays.copyOf(relocationKinds, capacity);
      relocationTargets = Arrays.copyOf(relocationTargets, capacity);
      relocationSpaces = Arrays.copyOf(relocationSpaces, capacity);
      relocationAddends = Arrays.copyOf(relocationAddends, capacity);
    }
    relocationOffsets[relocations] = offset;
    relocationKinds[relocations] = kind;
    relocationSpaces[relocations] = space;
    relocationTargets[relocations] = target;
    relocationAddends[relocations++] = addend;
  }

  /**
   * Brings the relocations into ascending order of offset; those of one offset keep theirs.
   * Compilers send them in order, so this is usually one look at each.
   */
  public void sortRelocations() {
    boolean sorted = true;
    for (int i = 1; i < relocations && sorted; i++) {
      sorted = relocationOffsets[i - 1] <= relocationOffsets[i];
    }
    if (!sorted) {
      permuteRelocations();
    }
  }

  private void permuteRelocations() {
    Integer[] order = new Integer[relocations];
    Arrays.setAll(order, i -> i);
    long[] offsets = relocationOffsets.clone();
    int[] kinds = relocationKinds.clone();
    int[] targets = relocationTargets.clone();
    byte[] spaces = relocationSpaces.clone();
    long[] addends = relocationAddends.clone();
    Arrays.sort(order, Comparator.comparingLong(i -> offsets[i]));
    for (int i = 0; i < relocations; i++) {
      int from = order[i];
      relocationOffsets[i] = offsets[from];
      relocationKinds[i] = kinds[from];
      relocationTargets[i] = targets[from];
      relocationSpaces[i] = spaces[from];
      relocationAddends[i] = addends[from];
    }
  }
}
