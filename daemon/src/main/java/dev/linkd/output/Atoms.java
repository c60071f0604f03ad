package dev.linkd.output;

import dev.linkd.symbol.DefinitionOwners;
import dev.linkd.table.RowTable;
import dev.linkd.table.TableFullException;

/**
 * One row per atom: where it comes from, where its unrelocated bytes are kept, where it is placed
 * and what it contains.
 *
 * <pre>
 *  0 input      4 key        8 section    12 node
 * 16 content                24 size
 * 32 relocation 36 relocations  40 definition  44 anchor
 * 48 next       52 previous (of the input)     60 section name
 * 56 flags (4) | log2 of the alignment (5) | kind of section (19) | flags (4), from the lowest bit
 * </pre>
 *
 * <p>A row is as long as a cache line, because what refers to an atom that moves is all over the
 * table. So section types and flags, of which a program has a dozen combinations, have a table of
 * their own.
 */
public final class Atoms extends RowTable implements DefinitionOwners {

  public static final int NONE = -1;

  private static final int ROW_BYTES = 64;
  private static final int INPUT = 0;
  private static final int KEY = 4;
  private static final int SECTION = 8;
  private static final int NODE = 12;
  private static final int CONTENT = 16;
  private static final int SIZE = 24;
  private static final int RELOCATION = 32;
  private static final int RELOCATIONS = 36;
  private static final int DEFINITION = 40;
  private static final int ANCHOR = 44;
  private static final int NEXT = 48;
  private static final int PREVIOUS = 52;
  private static final int FLAGS = 56;
  private static final int SECTION_NAME = 60;

  private static final int ALIGNMENT_SHIFT = 4;
  private static final int ALIGNMENT_MASK = 31;
  private static final int SECTION_KIND_SHIFT = 9;
  private static final int SECTION_KINDS_MAX = 1 << 19;
  private static final int ATTRIBUTES =
      ALIGNMENT_MASK << ALIGNMENT_SHIFT | SECTION_KINDS_MAX - 1 << SECTION_KIND_SHIFT;

  /** The bytes are the atom's own and are freed with it; otherwise they belong to the input. */
  public static final int OWNS_CONTENT = 2;

  /** The bytes are in the version of the input that is being read. */
  public static final int NEXT_CONTENT = 1;

  /** The attributes have been set. */
  public static final int PLACED = 4;

  /** Mark of the pass that compares an input with its new version. */
  public static final int SEEN = 8;

  /** New since the last publish. */
  public static final int ADDED = 1 << 28;

  /** Bytes, relocations or attributes are others than at the last publish. */
  public static final int CHANGED = 1 << 29;

  /** At another address than at the last publish. */
  public static final int MOVED = 1 << 30;

  private final SectionKinds sectionKinds = new SectionKinds(SECTION_KINDS_MAX);

  public Atoms(int maxRows) {
    super("atoms", ROW_BYTES, maxRows);
  }

  public int add(int input, int key) {
    int atom = allocate();
    setInt(atom, INPUT, input);
    setInt(atom, KEY, key);
    setInt(atom, SECTION, NONE);
    setInt(atom, NODE, NONE);
    setLong(atom, CONTENT, NONE);
    setInt(atom, RELOCATION, NONE);
    setInt(atom, DEFINITION, NONE);
    setInt(atom, ANCHOR, NONE);
    setInt(atom, NEXT, NONE);
    setInt(atom, PREVIOUS, NONE);
    return atom;
  }

  @Override
  public int input(int atom) {
    return getInt(atom, INPUT);
  }

  public int key(int atom) {
    return getInt(atom, KEY);
  }

  /** Number of the output section that contains the atom. */
  public int section(int atom) {
    return getInt(atom, SECTION);
  }

  public void setSection(int atom, int section) {
    setInt(atom, SECTION, section);
  }

  public int node(int atom) {
    return getInt(atom, NODE);
  }

  public void setNode(int atom, int node) {
    setInt(atom, NODE, node);
  }

  /** Offset of the unrelocated bytes in the content heap, NONE when there are none. */
  public long content(int atom) {
    return getLong(atom, CONTENT);
  }

  public long size(int atom) {
    return getLong(atom, SIZE);
  }

  public void setContent(int atom, long content, long size) {
    setLong(atom, CONTENT, content);
    setLong(atom, SIZE, size);
  }

  /** First row of the atom's run of relocations. */
  public int firstRelocation(int atom) {
    return getInt(atom, RELOCATION);
  }

  public int relocations(int atom) {
    return getInt(atom, RELOCATIONS);
  }

  public void setRelocations(int atom, int first, int count) {
    setInt(atom, RELOCATION, first);
    setInt(atom, RELOCATIONS, count);
  }

  @Override
  public int firstDefinition(int atom) {
    return getInt(atom, DEFINITION);
  }

  @Override
  public void setFirstDefinition(int atom, int definition) {
    setInt(atom, DEFINITION, definition);
  }

  /** The symbol that stands for the start of the atom, NONE until something refers to it. */
  public int anchor(int atom) {
    return getInt(atom, ANCHOR);
  }

  public void setAnchor(int atom, int symbol) {
    setInt(atom, ANCHOR, symbol);
  }

  public int next(int atom) {
    return getInt(atom, NEXT);
  }

  public void setNext(int atom, int next) {
    setInt(atom, NEXT, next);
  }

  public int previous(int atom) {
    return getInt(atom, PREVIOUS);
  }

  public void setPrevious(int atom, int previous) {
    setInt(atom, PREVIOUS, previous);
  }

  public boolean flag(int atom, int flag) {
    return (getInt(atom, FLAGS) & flag) != 0;
  }

  public void setFlag(int atom, int flag, boolean on) {
    int flags = getInt(atom, FLAGS);
    setInt(atom, FLAGS, on ? flags | flag : flags & ~flag);
  }

  /** Name id of the input section. */
  public int sectionName(int atom) {
    return getInt(atom, SECTION_NAME);
  }

  public int sectionType(int atom) {
    return sectionKinds.type(sectionKind(atom));
  }

  public long sectionFlags(int atom) {
    return sectionKinds.flags(sectionKind(atom));
  }

  private int sectionKind(int atom) {
    return getInt(atom, FLAGS) >>> SECTION_KIND_SHIFT & SECTION_KINDS_MAX - 1;
  }

  public int alignmentLog2(int atom) {
    return getInt(atom, FLAGS) >>> ALIGNMENT_SHIFT & ALIGNMENT_MASK;
  }

  /**
   * Sets what the section header of the input says.
   *
   * @throws TableFullException when there are too many combinations of type and flags
   */
  public void setAttributes(int atom, int sectionName, int type, long flags, int alignmentLog2) {
    if ((alignmentLog2 & ~ALIGNMENT_MASK) != 0) {
      throw new IllegalArgumentException("alignment 2^" + alignmentLog2);
    }
    int kind = sectionKinds.of(type, flags);
    int attributes = kind << SECTION_KIND_SHIFT | alignmentLog2 << ALIGNMENT_SHIFT;
    setInt(atom, SECTION_NAME, sectionName);
    setInt(atom, FLAGS, getInt(atom, FLAGS) & ~ATTRIBUTES | attributes);
  }

  private int getInt(int atom, int field) {
    return rows.getInt(at(atom) + field);
  }

  private void setInt(int atom, int field, int value) {
    rows.setInt(at(atom) + field, value);
  }

  private long getLong(int atom, int field) {
    return rows.getLong(at(atom) + field);
  }

  private void setLong(int atom, int field, long value) {
    rows.setLong(at(atom) + field, value);
  }
}
