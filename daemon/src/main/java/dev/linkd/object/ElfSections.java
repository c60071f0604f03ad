package dev.linkd.object;

import static dev.linkd.object.ElfConstants.CHDR_SIZE;
import static dev.linkd.object.ElfConstants.SHDR_SIZE;
import static dev.linkd.object.ElfConstants.SHF_COMPRESSED;
import static dev.linkd.object.ElfConstants.SHT_NOBITS;
import static dev.linkd.object.ElfConstants.SHT_NULL;
import static dev.linkd.object.ElfConstants.SHT_STRTAB;

import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;

/**
 * The section header table (gABI chapter 4). Entries are read from the file on each call; {@link
 * #read} has checked that names, ranges and alignments are valid.
 *
 * <pre>
 *  0 sh_name   4 sh_type   8 sh_flags  16 sh_addr      24 sh_offset
 * 32 sh_size  40 sh_link  44 sh_info   48 sh_addralign 56 sh_entsize
 * </pre>
 */
final class ElfSections {
  /** Largest alignment that is accepted; what is useful is far less. */
  static final long ALIGNMENT_MAX = 1L << 31;

  private final InputBytes in;
  private final MemorySegment bytes;
  private final long table;
  private final int count;
  private long namesOffset;
  private long namesLimit;
  private boolean olderCompression;

  private ElfSections(InputBytes in, long table, int count) {
    this.in = in;
    this.bytes = in.bytes();
    this.table = table;
    this.count = count;
  }

  static ElfSections read(InputBytes in, ElfHeader header) throws LinkException {
    header.checkSectionTable(in);
    ElfSections sections = new ElfSections(in, header.sectionTable(), header.sections());
    if (header.sections() > 0 && header.sectionNames() != 0) {
      sections.readNames(header.sectionNames());
    }
    for (int s = 0; s < sections.count; s++) {
      sections.check(s);
    }
    if (sections.count > 0 && sections.type(0) != SHT_NULL) {
      throw in.malformed(header.sectionTable(), "section 0 is not the null section");
    }
    return sections;
  }

  private void readNames(int s) throws LinkException {
    if (type(s) != SHT_STRTAB || !in.contains(offset(s), size(s))) {
      throw in.malformed(header(s), "section " + s + " is not a valid section name table");
    }
    checkStringTable(s, "");
    namesOffset = offset(s);
    namesLimit = namesOffset + size(s);
  }

  private void check(int s) throws LinkException {
    int type = type(s);
    long nameIndex = Bytes.u32(bytes, header(s));
    if (nameIndex != 0 && nameIndex >= namesLimit - namesOffset) {
      throw in.malformed(header(s), "the name of section " + s + " is outside the name table");
    }
    if (type == SHT_NULL) {
      return;
    }
    long size = size(s);
    if (type == SHT_NOBITS ? size < 0 : !in.contains(offset(s), size)) {
      throw in.malformed(name(s), 0, "section " + s + " reaches beyond the file");
    }
    long alignment = Bytes.i64(bytes, header(s) + 48);
    if (alignment != 0 && (!Bytes.powerOfTwo(alignment) || alignment > ALIGNMENT_MAX)) {
      throw in.malformed(
          name(s),
          0,
          "section "
              + s
              + " has alignment "
              + Long.toUnsignedString(alignment)
              + ", which is not a power of two up to 2^31");
    }
    if ((flags(s) & SHF_COMPRESSED) != 0) {
      checkCompression(s);
    }
    olderCompression |= OlderCompression.is(in, this, s);
  }

  private void checkCompression(int s) throws LinkException {
    if (type(s) == SHT_NOBITS || size(s) < CHDR_SIZE) {
      throw in.malformed(
          name(s), 0, "corrupted compressed section " + s + ": it has no compression header");
    }
    long alignment = Bytes.i64(bytes, offset(s) + 16);
    if (Bytes.i64(bytes, offset(s) + 8) < 0
        || (alignment != 0 && (!Bytes.powerOfTwo(alignment) || alignment > ALIGNMENT_MAX))) {
      throw in.malformed(name(s), 0, "invalid compression header in section " + s);
    }
  }

  /** A string table whose last byte is NUL ends every name that starts inside it. */
  void checkStringTable(int s, String name) throws LinkException {
    long end = offset(s) + size(s);
    if (size(s) > 0 && Bytes.u8(bytes, end - 1) != 0) {
      throw in.malformed(name, size(s) - 1, "string table " + s + " does not end with NUL");
    }
  }

  int count() {
    return count;
  }

  /** Whether there is a section for {@link OlderCompression}. */
  boolean olderCompression() {
    return olderCompression;
  }

  private long header(int s) {
    return table + (long) s * SHDR_SIZE;
  }

  int type(int s) {
    return Bytes.i32(bytes, header(s) + 4);
  }

  /** 0 for SHT_NULL, whose fields mean nothing. */
  long flags(int s) {
    return type(s) == SHT_NULL ? 0 : Bytes.i64(bytes, header(s) + 8);
  }

  long offset(int s) {
    return Bytes.i64(bytes, header(s) + 24);
  }

  /** 0 for SHT_NULL: there the field may hold the number of sections. */
  long size(int s) {
    return type(s) == SHT_NULL ? 0 : Bytes.i64(bytes, header(s) + 32);
  }

  int link(int s) {
    return Bytes.i32(bytes, header(s) + 40);
  }

  int info(int s) {
    return Bytes.i32(bytes, header(s) + 44);
  }

  long alignment(int s) {
    return type(s) == SHT_NULL ? 1 : Math.max(1, Bytes.i64(bytes, header(s) + 48));
  }

  long entrySize(int s) {
    return Bytes.i64(bytes, header(s) + 56);
  }

  /** Size of the content that relocations apply to: ch_size when the section is compressed. */
  long contentSize(int s) {
    return (flags(s) & SHF_COMPRESSED) == 0 ? size(s) : Bytes.i64(bytes, offset(s) + 8);
  }

  long contentAlignment(int s) {
    boolean plain = (flags(s) & SHF_COMPRESSED) == 0;
    return plain ? alignment(s) : Math.max(1, Bytes.i64(bytes, offset(s) + 16));
  }

  long nameOffset(int s) {
    return namesOffset + Bytes.u32(bytes, header(s));
  }

  int nameLength(int s) {
    int index = Bytes.i32(bytes, header(s));
    return index == 0 ? 0 : Bytes.lengthUntilNul(bytes, nameOffset(s), namesLimit);
  }

  /** Whether the names of the sections of two objects are in tables with the same bytes. */
  boolean sameNameTable(ElfSections other) {
    return Bytes.same(
        bytes, namesOffset, namesLimit, other.bytes, other.namesOffset, other.namesLimit);
  }

  /** sh_name: in tables with the same bytes the names of two sections that have it are the same. */
  int nameIndex(int s) {
    return Bytes.i32(bytes, header(s));
  }

  String name(int s) {
    return Bytes.text(bytes, nameOffset(s), nameLength(s));
  }

  boolean nameStartsWith(int s, String prefix) {
    return Bytes.startsWith(bytes, nameOffset(s), namesLimit, prefix);
  }

  boolean nameIs(int s, String name) {
    return nameStartsWith(s, name) && nameLength(s) == name.length();
  }

  MemorySegment content(int s) {
    int type = type(s);
    boolean none = type == SHT_NULL || type == SHT_NOBITS;
    return none ? bytes.asSlice(0, 0) : bytes.asSlice(offset(s), size(s));
  }
}
