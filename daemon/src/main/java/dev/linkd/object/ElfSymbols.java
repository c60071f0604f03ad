package dev.linkd.object;

import static dev.linkd.object.ElfConstants.SHN_ABS;
import static dev.linkd.object.ElfConstants.SHN_AMD64_LCOMMON;
import static dev.linkd.object.ElfConstants.SHN_COMMON;
import static dev.linkd.object.ElfConstants.SHN_LORESERVE;
import static dev.linkd.object.ElfConstants.SHN_XINDEX;
import static dev.linkd.object.ElfConstants.SHT_STRTAB;
import static dev.linkd.object.ElfConstants.SHT_SYMTAB;
import static dev.linkd.object.ElfConstants.SHT_SYMTAB_SHNDX;
import static dev.linkd.object.ElfConstants.STB_LOCAL;
import static dev.linkd.object.ElfConstants.SYM_SIZE;

import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;

/**
 * The symbol table of an object (gABI chapter 4), read from the file on each call after {@link
 * #read} has checked it.
 *
 * <pre>
 *  0 st_name   4 st_info   5 st_other   6 st_shndx   8 st_value   16 st_size
 * </pre>
 */
final class ElfSymbols {
  private final InputBytes in;
  private final MemorySegment bytes;
  private final ElfSections sections;
  private final int section;
  private final int count;
  private final int firstGlobal;
  private final long table;
  private final long namesOffset;
  private final long namesLimit;
  private long extendedIndexes;

  private ElfSymbols(InputBytes in, ElfSections sections, int section) {
    this.in = in;
    this.bytes = in.bytes();
    this.sections = sections;
    this.section = section;
    count = section == 0 ? 0 : (int) (sections.size(section) / SYM_SIZE);
    firstGlobal = section == 0 ? 0 : sections.info(section);
    table = section == 0 ? 0 : sections.offset(section);
    int names = section == 0 ? 0 : sections.link(section);
    namesOffset = names == 0 ? 0 : sections.offset(names);
    namesLimit = names == 0 ? 0 : namesOffset + sections.size(names);
  }

  static ElfSymbols read(InputBytes in, ElfSections sections) throws LinkException {
    int table = find(in, sections, SHT_SYMTAB, 0);
    if (table == 0) {
      return new ElfSymbols(in, sections, 0);
    }
    checkTable(in, sections, table);
    ElfSymbols symbols = new ElfSymbols(in, sections, table);
    symbols.readExtendedIndexes();
    for (int y = 0; y < symbols.count; y++) {
      symbols.check(y);
    }
    return symbols;
  }

  /**
   * The only section of that type, linked to {@code link} unless that is 0; 0 when there is none.
   */
  private static int find(InputBytes in, ElfSections sections, int type, int link)
      throws LinkException {
    int found = 0;
    for (int s = 1; s < sections.count(); s++) {
      if (sections.type(s) == type && (link == 0 || sections.link(s) == link)) {
        if (found != 0) {
          throw in.malformed(
              sections.name(s), 0, "sections " + found + " and " + s + " are both symbol tables");
        }
        found = s;
      }
    }
    return found;
  }

  private static void checkTable(InputBytes in, ElfSections sections, int s) throws LinkException {
    String name = sections.name(s);
    long size = sections.size(s);
    if (sections.entrySize(s) != SYM_SIZE || size % SYM_SIZE != 0) {
      throw in.malformed(name, 0, "the symbol table does not consist of entries of 24 bytes");
    }
    if (size / SYM_SIZE > Integer.MAX_VALUE) {
      throw in.malformed(name, 0, "more than 2^31 symbols");
    }
    int names = sections.link(s);
    if (names <= 0 || names >= sections.count() || sections.type(names) != SHT_STRTAB) {
      throw in.malformed(name, 0, "the symbol table is not linked to a string table");
    }
    sections.checkStringTable(names, sections.name(names));
    int globals = sections.info(s);
    if (globals < 0 || globals > size / SYM_SIZE) {
      throw in.malformed(name, 0, "sh_info of the symbol table is greater than its size");
    }
  }

  private void readExtendedIndexes() throws LinkException {
    int s = find(in, sections, SHT_SYMTAB_SHNDX, section);
    if (s == 0) {
      return;
    }
    if (sections.size(s) / Integer.BYTES < count) {
      throw in.malformed(sections.name(s), 0, "SHT_SYMTAB_SHNDX is shorter than the symbol table");
    }
    extendedIndexes = sections.offset(s);
  }

  private void check(int y) throws LinkException {
    long at = entry(y);
    long nameIndex = Bytes.u32(bytes, at);
    if (nameIndex != 0 && nameIndex >= namesLimit - namesOffset) {
      throw fault(y, "the name of symbol " + y + " is outside the string table");
    }
    if (y != 0 && (ElfConstants.binding(info(y)) == STB_LOCAL) != (y < firstGlobal)) {
      throw fault(
          y, "symbol " + y + " is on the wrong side of sh_info: local symbols must come first");
    }
    checkSection(y, Bytes.u16(bytes, at + 6));
  }

  private void checkSection(int y, int index) throws LinkException {
    if (index == SHN_XINDEX) {
      if (extendedIndexes == 0) {
        throw fault(y, "symbol " + y + " needs SHT_SYMTAB_SHNDX, which does not exist");
      }
      int extended = Bytes.i32(bytes, extendedIndexes + (long) y * Integer.BYTES);
      if (extended < 0 || extended >= sections.count()) {
        throw fault(
            y,
            "symbol "
                + y
                + " is in section "
                + (extended & 0xffff_ffffL)
                + ", which does not exist");
      }
    } else if (index == SHN_COMMON || index == SHN_AMD64_LCOMMON) {
      if (!Bytes.powerOfTwo(value(y)) || value(y) > ElfSections.ALIGNMENT_MAX || size(y) < 0) {
        throw fault(y, "common symbol '" + name(y) + "' has an invalid alignment or size");
      }
    } else if (index >= SHN_LORESERVE) {
      if (index != SHN_ABS) {
        throw in.unsupported(
            sections.name(section),
            "symbol '"
                + name(y)
                + "' has the reserved section index 0x"
                + Integer.toHexString(index));
      }
    } else if (index >= sections.count()) {
      throw fault(y, "symbol " + y + " is in section " + index + ", which does not exist");
    }
  }

  private LinkException fault(int y, String message) {
    return in.malformed(sections.name(section), (long) y * SYM_SIZE, message);
  }

  /** Section header index of the table, 0 when there is none. */
  int section() {
    return section;
  }

  int count() {
    return count;
  }

  int firstGlobal() {
    return firstGlobal;
  }

  private long entry(int y) {
    return table + (long) y * SYM_SIZE;
  }

  long nameOffset(int y) {
    return namesOffset + Bytes.u32(bytes, entry(y));
  }

  int nameLength(int y) {
    boolean unnamed = Bytes.i32(bytes, entry(y)) == 0;
    return unnamed ? 0 : Bytes.lengthUntilNul(bytes, nameOffset(y), namesLimit);
  }

  /** Whether the names of the symbols of two objects are in tables with the same bytes. */
  boolean sameNameTable(ElfSymbols other) {
    return Bytes.same(
        bytes, namesOffset, namesLimit, other.bytes, other.namesOffset, other.namesLimit);
  }

  /** st_name: in tables with the same bytes the names of two symbols that have it are the same. */
  int nameIndex(int y) {
    return Bytes.i32(bytes, entry(y));
  }

  String name(int y) {
    return Bytes.text(bytes, nameOffset(y), nameLength(y));
  }

  boolean nameIs(int y, String name) {
    return nameLength(y) == name.length()
        && Bytes.startsWith(bytes, nameOffset(y), namesLimit, name);
  }

  int info(int y) {
    return Bytes.u8(bytes, entry(y) + 4);
  }

  int other(int y) {
    return Bytes.u8(bytes, entry(y) + 5);
  }

  long value(int y) {
    return Bytes.i64(bytes, entry(y) + 8);
  }

  long size(int y) {
    return Bytes.i64(bytes, entry(y) + 16);
  }

  int sectionOf(int y) {
    int index = Bytes.u16(bytes, entry(y) + 6);
    if (index < SHN_LORESERVE) {
      return index;
    }
    return switch (index) {
      case SHN_XINDEX -> Bytes.i32(bytes, extendedIndexes + (long) y * Integer.BYTES);
      case SHN_ABS -> ElfObject.ABS;
      default -> ElfObject.COMMON;
    };
  }
}
