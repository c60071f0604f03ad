package dev.linkd.elf;

import dev.linkd.mapped.MappedFile;
import java.lang.foreign.MemorySegment;

/** Where the output sections are while relocations are applied; by number of the section. */
final class PlainPlaces {
  private static final int NONE = -1;

  final MemorySegment image;
  private final OutputSection[] sections;
  private final long[] positions;

  PlainPlaces(MappedFile file, Layout layout, UnwindTable unwind) {
    image = file.image();
    int count = layout.sections().stream().mapToInt(section -> section.number + 1).max().orElse(0);
    sections = new OutputSection[count];
    positions = new long[count];
    for (OutputSection section : layout.sections()) {
      // Of the unwind table the entries that were written have to be noted.
      boolean plain = file.hasContent(section.node) && !unwind.holds(section);
      sections[section.number] = section;
      positions[section.number] = plain ? file.position(section.node) : NONE;
    }
  }

  OutputSection section(int number) {
    return sections[number];
  }

  /** Position in the file, NONE when nothing is written there or somebody has to know of it. */
  long position(int number) {
    return number == NONE ? NONE : positions[number];
  }
}
