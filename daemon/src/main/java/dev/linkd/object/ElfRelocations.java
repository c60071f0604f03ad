package dev.linkd.object;

import static dev.linkd.object.ElfConstants.KIND_MAX;
import static dev.linkd.object.ElfConstants.RELA_SIZE;
import static dev.linkd.object.ElfConstants.R_X86_64_NONE;
import static dev.linkd.object.ElfConstants.SHT_CREL;
import static dev.linkd.object.ElfConstants.SHT_LLVM_CALL_GRAPH_PROFILE;
import static dev.linkd.object.ElfConstants.SHT_NOBITS;
import static dev.linkd.object.ElfConstants.SHT_NULL;
import static dev.linkd.object.ElfConstants.SHT_REL;
import static dev.linkd.object.ElfConstants.SHT_RELA;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import java.lang.foreign.MemorySegment;

/**
 * The relocations of an object: which SHT_RELA section applies to which section, and the entries.
 *
 * <pre>
 *  0 r_offset   8 r_info: type in the low, symbol in the high word   16 r_addend
 * </pre>
 */
final class ElfRelocations {
  private final InputBytes in;
  private final MemorySegment bytes;
  private final ElfSections sections;

  /** For each section the SHT_RELA section that applies to it; 0 for none. */
  private final int[] appliedBy;

  private ElfRelocations(InputBytes in, ElfSections sections) {
    this.in = in;
    this.bytes = in.bytes();
    this.sections = sections;
    this.appliedBy = new int[sections.count()];
  }

  static ElfRelocations read(InputBytes in, ElfSections sections, ElfSymbols symbols)
      throws LinkException {
    ElfRelocations relocations = new ElfRelocations(in, sections);
    for (int s = 1; s < sections.count(); s++) {
      switch (sections.type(s)) {
        case SHT_RELA -> relocations.add(s, symbols);
        case SHT_REL, SHT_CREL -> relocations.refuse(s);
        default -> {}
      }
    }
    return relocations;
  }

  private void add(int s, ElfSymbols symbols) throws LinkException {
    int target = sections.info(s);
    if (target <= 0 || target >= sections.count() || target == s) {
      throw in.malformed(
          sections.name(s),
          0,
          "section "
              + s
              + " relocates section "
              + (target & 0xffff_ffffL)
              + ", which does not exist");
    }
    if (sections.entrySize(s) != RELA_SIZE
        || sections.size(s) % RELA_SIZE != 0
        || sections.size(s) / RELA_SIZE > Integer.MAX_VALUE) {
      throw in.malformed(
          sections.name(s), 0, "section " + s + " does not consist of entries of 24 bytes");
    }
    if (sections.size(s) == 0) {
      return;
    }
    if (symbols.section() == 0 || sections.link(s) != symbols.section()) {
      throw in.malformed(
          sections.name(s), 0, "section " + s + " is not linked to the symbol table");
    }
    int type = sections.type(target);
    if (type == SHT_NOBITS || type == SHT_NULL || type == SHT_RELA) {
      throw in.malformed(sections.name(s), 0, "section " + target + " has no content to relocate");
    }
    if (appliedBy[target] != 0) {
      throw in.unsupported(
          sections.name(s),
          "section "
              + target
              + " is relocated by two sections, "
              + appliedBy[target]
              + " and "
              + s);
    }
    appliedBy[target] = s;
    check(target, sections.contentSize(target), symbols.count());
  }

  private void check(int target, long size, int symbols) throws LinkException {
    int count = count(target);
    for (int r = 0; r < count; r++) {
      long offset = offset(target, r);
      // A marker without a field may stand at the very end.
      long limit = kind(target, r) == R_X86_64_NONE ? size : size - 1;
      if (offset < 0 || offset > limit) {
        throw in.malformed(
            sections.name(target), offset, "relocation " + r + " lies outside section " + target);
      }
      if (Integer.compareUnsigned(kind(target, r), KIND_MAX) > 0) {
        throw new LinkException(
            Code.UNKNOWN_RELOCATION,
            Place.section(in.name(), sections.name(target), offset),
            "unknown relocation kind " + Integer.toUnsignedString(kind(target, r)));
      }
      int symbol = symbol(target, r);
      if (symbol < 0 || symbol >= symbols) {
        throw in.malformed(
            sections.name(target),
            offset,
            "relocation "
                + r
                + " of section "
                + target
                + " refers to symbol "
                + (symbol & 0xffff_ffffL)
                + ", which does not exist");
      }
    }
  }

  /** REL is valid only for the call graph profile, which is advice and not needed for a link. */
  private void refuse(int s) throws LinkException {
    int target = sections.info(s);
    boolean known = target > 0 && target < sections.count();
    if (!known || sections.type(target) != SHT_LLVM_CALL_GRAPH_PROFILE) {
      String kind = sections.type(s) == SHT_REL ? "SHT_REL" : "SHT_CREL";
      throw in.unsupported(
          sections.name(s),
          "section " + s + " has relocations of type " + kind + "; x86-64 objects use SHT_RELA");
    }
  }

  int count(int s) {
    int table = appliedBy[s];
    return table == 0 ? 0 : (int) (sections.size(table) / RELA_SIZE);
  }

  /** File offset of relocation {@code r} of section {@code s}, which must have some. */
  private long entry(int s, int r) {
    return sections.offset(appliedBy[s]) + (long) r * RELA_SIZE;
  }

  long offset(int s, int r) {
    return Bytes.i64(bytes, entry(s, r));
  }

  int kind(int s, int r) {
    return Bytes.i32(bytes, entry(s, r) + 8);
  }

  int symbol(int s, int r) {
    return Bytes.i32(bytes, entry(s, r) + 12);
  }

  long addend(int s, int r) {
    return Bytes.i64(bytes, entry(s, r) + 16);
  }

  /** Section header index of the table that applies to {@code s}, 0 for none. */
  int table(int s) {
    return appliedBy[s];
  }
}
