package dev.linkd.object;

import static dev.linkd.object.ElfConstants.GRP_COMDAT;
import static dev.linkd.object.ElfConstants.SHT_GROUP;

import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The section groups of an object (SHT_GROUP: a flag word, then section indexes). */
final class ElfGroups {
  static final int NONE = -1;

  private final InputBytes in;
  private final MemorySegment bytes;
  private final ElfSections sections;

  /** Section header index of each group. */
  private final int[] groups;

  /** Group of each section, or {@link #NONE}; empty when there are no groups. */
  private final int[] groupOf;

  private ElfGroups(InputBytes in, ElfSections sections, int[] groups) {
    this.in = in;
    this.bytes = in.bytes();
    this.sections = sections;
    this.groups = groups;
    this.groupOf = new int[groups.length == 0 ? 0 : sections.count()];
    Arrays.fill(groupOf, NONE);
  }

  static ElfGroups read(InputBytes in, ElfSections sections, ElfSymbols symbols)
      throws LinkException {
    int count = 0;
    for (int s = 1; s < sections.count(); s++) {
      count += sections.type(s) == SHT_GROUP ? 1 : 0;
    }
    int[] groups = new int[count];
    for (int s = 1, g = 0; g < count; s++) {
      if (sections.type(s) == SHT_GROUP) {
        groups[g++] = s;
      }
    }
    ElfGroups result = new ElfGroups(in, sections, groups);
    for (int g = 0; g < count; g++) {
      result.check(g, symbols);
    }
    return result;
  }

  private void check(int g, ElfSymbols symbols) throws LinkException {
    int s = groups[g];
    String name = sections.name(s);
    long size = sections.size(s);
    if (size < Integer.BYTES || size % Integer.BYTES != 0) {
      throw in.malformed(name, 0, "group section " + s + " has an invalid size");
    }
    int signature = sections.info(s);
    if (symbols.section() == 0
        || sections.link(s) != symbols.section()
        || signature <= 0
        || signature >= symbols.count()) {
      throw in.malformed(name, 0, "the signature symbol of group section " + s + " does not exist");
    }
    for (int i = 0; i < members(g); i++) {
      int member = member(g, i);
      if (member <= 0 || member >= sections.count() || sections.type(member) == SHT_GROUP) {
        throw in.malformed(
            name,
            (i + 1L) * Integer.BYTES,
            "member " + (member & 0xffff_ffffL) + " of group section " + s + " does not exist");
      }
      if (groupOf[member] != NONE) {
        throw in.malformed(
            name, (i + 1L) * Integer.BYTES, "section " + member + " is a member of two groups");
      }
      groupOf[member] = g;
    }
  }

  int count() {
    return groups.length;
  }

  int section(int g) {
    return groups[g];
  }

  int signature(int g) {
    return sections.info(groups[g]);
  }

  boolean comdat(int g) {
    return (Bytes.i32(bytes, sections.offset(groups[g])) & GRP_COMDAT) != 0;
  }

  int members(int g) {
    return (int) (sections.size(groups[g]) / Integer.BYTES) - 1;
  }

  int member(int g, int i) {
    return Bytes.i32(bytes, sections.offset(groups[g]) + (i + 1L) * Integer.BYTES);
  }

  int groupOf(int s) {
    return groupOf.length == 0 ? NONE : groupOf[s];
  }
}
