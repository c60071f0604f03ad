package dev.linkd.object;

import static dev.linkd.object.ElfConstants.DT_SYMENT;
import static dev.linkd.object.ElfConstants.DT_SYMTAB;
import static dev.linkd.object.ElfConstants.SHT_DYNSYM;
import static dev.linkd.object.ElfConstants.SYM_SIZE;

import dev.linkd.diag.LinkException;

/** The dynamic symbol table of a shared library. */
final class DynamicSymbols {
  private final InputBytes in;
  private final DynamicSection dynamic;
  private final long table;
  private final int count;

  private DynamicSymbols(InputBytes in, DynamicSection dynamic, long table, int count) {
    this.in = in;
    this.dynamic = dynamic;
    this.table = table;
    this.count = count;
  }

  /**
   * @param sections the section header table, empty when the file has none that can be used
   */
  static DynamicSymbols read(
      InputBytes in, DynamicSection dynamic, DynamicHash hash, ElfSections sections)
      throws LinkException {
    if (!dynamic.has(DT_SYMTAB)) {
      return new DynamicSymbols(in, dynamic, 0, 0);
    }
    if (dynamic.value(DT_SYMENT, SYM_SIZE) != SYM_SIZE) {
      throw in.malformed(0, "DT_SYMENT is not 24");
    }
    long table = dynamic.table(DT_SYMTAB, "DT_SYMTAB", SYM_SIZE);
    // An empty GNU hash table says nothing about the undefined symbols in front of it.
    long count = Math.max(hash.symbols(), countFromSections(sections, table));
    if (count < 0) {
      count = 1;
    }
    if (count > dynamic.stored(DT_SYMTAB) / SYM_SIZE) {
      throw in.malformed(table, "the dynamic symbol table reaches beyond its segment");
    }
    DynamicSymbols symbols = new DynamicSymbols(in, dynamic, table, (int) count);
    for (int y = 0; y < count; y++) {
      dynamic.checkString(symbols.nameIndex(y), "dynamic symbol " + y);
    }
    return symbols;
  }

  private static long countFromSections(ElfSections sections, long table) {
    for (int s = 1; s < sections.count(); s++) {
      if (sections.type(s) == SHT_DYNSYM && sections.offset(s) == table) {
        return sections.size(s) / SYM_SIZE;
      }
    }
    return -1;
  }

  int count() {
    return count;
  }

  private long entry(int y) {
    return table + (long) y * SYM_SIZE;
  }

  private long nameIndex(int y) {
    return in.u32(entry(y));
  }

  long nameOffset(int y) {
    return dynamic.stringOffset(nameIndex(y));
  }

  int nameLength(int y) {
    return dynamic.stringLength(nameIndex(y));
  }

  int info(int y) {
    return in.u8(entry(y) + 4);
  }

  int other(int y) {
    return in.u8(entry(y) + 5);
  }

  /** st_shndx as it stands in the file. */
  int section(int y) {
    return in.u16(entry(y) + 6);
  }

  long value(int y) {
    return in.i64(entry(y) + 8);
  }

  long size(int y) {
    return in.i64(entry(y) + 16);
  }
}
