package dev.linkd.object;

import static dev.linkd.object.ElfConstants.SHT_NOBITS;
import static dev.linkd.object.ElfConstants.SHT_NULL;
import static dev.linkd.object.ElfConstants.SHT_RELA;

import dev.linkd.diag.LinkException;
import java.util.Arrays;

/**
 * Refuses objects in which a byte belongs to two sections (gABI chapter 4 forbids it): the tables
 * of such an object contradict each other.
 */
final class SectionOverlap {

  private static final int NUMBER_BITS = 24;
  private static final int NUMBER_MASK = (1 << NUMBER_BITS) - 1;

  private SectionOverlap() {}

  /** Checks sections whose ranges are known to lie within the file. */
  static void check(InputBytes in, ElfSections sections) throws LinkException {
    int count = sections.count();
    if (count > NUMBER_MASK || in.bytes().byteSize() > Long.MAX_VALUE >> NUMBER_BITS) {
      throw in.malformed(0, count + " sections are more than an object can have");
    }
    long[] starts = new long[count];
    int found = starts(sections, starts, 0, false);
    // Assemblers write all relocations behind all contents, each of both in the order of the table:
    // two ascending runs, which are merged in one pass.
    found = starts(sections, starts, found, true);
    Arrays.sort(starts, 0, found);
    for (int i = 1; i < found; i++) {
      int before = (int) starts[i - 1] & NUMBER_MASK;
      int section = (int) starts[i] & NUMBER_MASK;
      if (sections.offset(before) + sections.size(before) > sections.offset(section)) {
        throw in.malformed(
            sections.name(section),
            0,
            "section %d overlaps section %d, %s".formatted(section, before, sections.name(before)));
      }
    }
  }

  /** Adds the offsets with the numbers of sections that have bytes in the file. */
  private static int starts(ElfSections sections, long[] starts, int from, boolean relocations) {
    int found = from;
    for (int s = 0; s < sections.count(); s++) {
      int type = sections.type(s);
      boolean bytes = type != SHT_NULL && type != SHT_NOBITS && sections.size(s) > 0;
      if (bytes && (type == SHT_RELA) == relocations) {
        starts[found++] = sections.offset(s) << NUMBER_BITS | s;
      }
    }
    return found;
  }
}
