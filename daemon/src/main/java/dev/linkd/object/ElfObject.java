package dev.linkd.object;

import static dev.linkd.object.ElfConstants.ET_REL;
import static dev.linkd.object.ElfConstants.STT_SECTION;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import java.lang.foreign.MemorySegment;

/**
 * A relocatable x86-64 ELF object as a view over its bytes. {@link #parse} checks everything that
 * the accessors rely on; they read straight from the bytes and check nothing. Immutable, and safe
 * to share between threads as long as the bytes are.
 *
 * <p>Sections, symbols, relocations and groups are numbers from 0; section and symbol numbers are
 * those of the file, so section 0 and symbol 0 are the null entries.
 */
public final class ElfObject {
  /** {@link #symbolSection} of a symbol that is not defined. */
  public static final int UNDEF = 0;

  /** {@link #symbolSection} of a symbol whose value is absolute. */
  public static final int ABS = -1;

  /** {@link #symbolSection} of a common symbol; its value is its alignment. */
  public static final int COMMON = -2;

  /** {@link #groupOf} of a section that is in no group. */
  public static final int NONE = -1;

  private final InputBytes in;
  private final ElfSections sections;
  private final ElfSymbols symbols;
  private final ElfRelocations relocations;
  private final ElfGroups groups;
  private final ElfMarks marks;

  private ElfObject(InputBytes in, ElfSections sections) throws LinkException {
    this.in = in;
    this.sections = sections;
    symbols = ElfSymbols.read(in, sections);
    relocations = ElfRelocations.read(in, sections, symbols);
    groups = ElfGroups.read(in, sections, symbols);
    marks = ElfMarks.read(in, sections, symbols);
  }

  /**
   * Checks the bytes and makes the view.
   *
   * @param name what diagnostics call the input: a path or {@code archive(member)}
   */
  public static ElfObject parse(String name, MemorySegment bytes) throws LinkException {
    InputBytes in = new InputBytes(name, bytes);
    if (FileKinds.detect(bytes) == FileKinds.Kind.BITCODE) {
      throw in.unsupported("", "is LLVM bitcode", "compile it without -flto");
    }
    ElfHeader header = ElfHeader.read(in);
    if (header.type() != ET_REL) {
      throw new LinkException(
          Code.INCOMPATIBLE_INPUT,
          Place.input(name),
          "is not a relocatable object but an ELF file of type " + header.type());
    }
    ElfSections sections = ElfSections.read(in, header);
    if (sections.olderCompression()) {
      SectionOverlap.check(
          in, sections); // a range that many sections share would be copied for each
      in = OlderCompression.replaced(in, header, sections);
      sections = ElfSections.read(in, ElfHeader.read(in));
    }
    ElfObject object = new ElfObject(in, sections);
    SectionOverlap.check(in, sections);
    return object;
  }

  /**
   * Makes an object whose data are some bytes.
   *
   * @param name what diagnostics call the input
   * @param label the path as it was written, of which the symbols around the bytes have their names
   */
  public static ElfObject ofData(String name, String label, MemorySegment bytes)
      throws LinkException {
    return DataObject.of(name, label, bytes);
  }

  public String name() {
    return in.name();
  }

  public MemorySegment bytes() {
    return in.bytes();
  }

  /** Number of section headers including the null section. */
  public int sections() {
    return sections.count();
  }

  public int sectionType(int s) {
    return sections.type(s);
  }

  public long sectionFlags(int s) {
    return sections.flags(s);
  }

  /** Offset of the content in {@link #bytes}; meaningless for SHT_NOBITS. */
  public long sectionOffset(int s) {
    return sections.offset(s);
  }

  /** Bytes in the file, or in memory for SHT_NOBITS; 0 for SHT_NULL. */
  public long sectionSize(int s) {
    return sections.size(s);
  }

  /** A power of two from 1 to 2^31. */
  public long sectionAlignment(int s) {
    return sections.alignment(s);
  }

  /** Size after decompression for SHF_COMPRESSED (ch_size), else {@link #sectionSize}. */
  public long contentSize(int s) {
    return sections.contentSize(s);
  }

  /** Alignment after decompression for SHF_COMPRESSED, else {@link #sectionAlignment}. */
  public long contentAlignment(int s) {
    return sections.contentAlignment(s);
  }

  public long sectionEntrySize(int s) {
    return sections.entrySize(s);
  }

  /** sh_link as it stands in the file: not checked against {@link #sections}. */
  public int sectionLink(int s) {
    return sections.link(s);
  }

  /** sh_info as it stands in the file. */
  public int sectionInfo(int s) {
    return sections.info(s);
  }

  public long sectionNameOffset(int s) {
    return sections.nameOffset(s);
  }

  public int sectionNameLength(int s) {
    return sections.nameLength(s);
  }

  /** Whether the names of the sections of two objects are in tables with the same bytes. */
  public boolean sameSectionNameTable(ElfObject other) {
    return sections.sameNameTable(other.sections);
  }

  /** sh_name, which decides on the name when the tables of names are the same. */
  public int sectionNameIndex(int s) {
    return sections.nameIndex(s);
  }

  public String sectionName(int s) {
    return sections.name(s);
  }

  /** Whether the section has that ASCII name; allocates nothing. */
  public boolean sectionNameIs(int s, String name) {
    return sections.nameIs(s, name);
  }

  /** Whether the section's name starts so; allocates nothing. */
  public boolean sectionNameStartsWith(int s, String prefix) {
    return sections.nameStartsWith(s, prefix);
  }

  /** The content as it stands in the file; empty for SHT_NOBITS. */
  public MemorySegment sectionBytes(int s) {
    return sections.content(s);
  }

  /** Number of relocations that apply to section {@code s}. */
  public int relocationCount(int s) {
    return relocations.count(s);
  }

  /** SHT_RELA section that applies to {@code s}; 0 when it has no relocations. */
  public int relocationSection(int s) {
    return relocations.table(s);
  }

  /** Offset in the section's content, less than its size except for R_X86_64_NONE. */
  public long relocationOffset(int s, int r) {
    return relocations.offset(s, r);
  }

  public int relocationKind(int s, int r) {
    return relocations.kind(s, r);
  }

  public int relocationSymbol(int s, int r) {
    return relocations.symbol(s, r);
  }

  public long relocationAddend(int s, int r) {
    return relocations.addend(s, r);
  }

  /** Number of symbols including the null symbol; 0 without a symbol table. */
  public int symbols() {
    return symbols.count();
  }

  /** Symbols before this one are local, it and all others are not. */
  public int firstGlobal() {
    return symbols.firstGlobal();
  }

  public long symbolNameOffset(int y) {
    return symbols.nameOffset(y);
  }

  public int symbolNameLength(int y) {
    return symbols.nameLength(y);
  }

  /** Whether the names of the symbols of two objects are in tables with the same bytes. */
  public boolean sameSymbolNameTable(ElfObject other) {
    return symbols.sameNameTable(other.symbols);
  }

  /** st_name, which decides on the name when the tables of names are the same. */
  public int symbolNameIndex(int y) {
    return symbols.nameIndex(y);
  }

  public String symbolName(int y) {
    return symbols.name(y);
  }

  public int symbolInfo(int y) {
    return symbols.info(y);
  }

  public int symbolOther(int y) {
    return symbols.other(y);
  }

  /** A section number, {@link #UNDEF}, {@link #ABS} or {@link #COMMON}. */
  public int symbolSection(int y) {
    return symbols.sectionOf(y);
  }

  /** Offset in the section, absolute value, or the alignment of a common symbol. */
  public long symbolValue(int y) {
    return symbols.value(y);
  }

  public long symbolSize(int y) {
    return symbols.size(y);
  }

  public int groups() {
    return groups.count();
  }

  /** Section number of the SHT_GROUP section. */
  public int groupSection(int g) {
    return groups.section(g);
  }

  public int groupSignatureSymbol(int g) {
    return groups.signature(g);
  }

  /** Name of the signature; for a section symbol it is the name of its section. */
  public String groupSignature(int g) {
    int y = groups.signature(g);
    int s = symbols.sectionOf(y);
    boolean ofSection = ElfConstants.type(symbols.info(y)) == STT_SECTION && s > UNDEF;
    return ofSection ? sections.name(s) : symbols.name(y);
  }

  /** Whether only one group of that signature is kept (GRP_COMDAT). */
  public boolean groupComdat(int g) {
    return groups.comdat(g);
  }

  public int groupMembers(int g) {
    return groups.members(g);
  }

  public int groupMember(int g, int i) {
    return groups.member(g, i);
  }

  /** Group that the section is a member of, or {@link #NONE}. */
  public int groupOf(int s) {
    return groups.groupOf(s);
  }

  /** Whether a {@code .note.GNU-stack} exists; without it the stack is assumed executable. */
  public boolean hasGnuStackNote() {
    return marks.gnuStack();
  }

  public boolean executableStack() {
    return marks.executableStack();
  }

  /** GNU_PROPERTY_X86_FEATURE_1_AND: bits IBT and SHSTK; 0 when the property is absent. */
  public int x86Features() {
    return marks.x86Features();
  }

  /**
   * Whether the name of a section begins with {@code .gnu.}, as those of warnings, and of groups
   * from before there were groups. Hardly any object has one, and others need not be searched.
   */
  public boolean gnuSections() {
    return marks.gnuSections();
  }

  /** Whether the name of a section begins with {@code .ctors} or {@code .dtors}. */
  public boolean oldConstructors() {
    return marks.oldConstructors();
  }
}
