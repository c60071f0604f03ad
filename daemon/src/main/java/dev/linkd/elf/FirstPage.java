package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;

import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.Policy;
import dev.linkd.mapped.WindowFullException;

/**
 * What goes to the first page, which cannot grow: of a section that gets too large the rest is in
 * another one of the same name.
 */
final class FirstPage {

  /** Behind the name of a section in the look-up of the other one. */
  private static final String OTHER = " behind the first page";

  /** Alignment of sections in the page. */
  private static final int ROOM_LOG2 = 4;

  private FirstPage() {}

  /**
   * Adds a section with a text behind everything that comes to the page later. {@code objcopy
   * --only-keep-debug} leaves the notes there, but takes the bytes of other sections, and cannot
   * deal with one that has none between the headers and the notes.
   */
  static OutputSection last(LinkState state, Layout layout, String name, long bytes) {
    SegmentKind kind = SegmentKind.forText(bytes);
    if (kind != SegmentKind.HEADERS || layout.scripted()) {
      return layout.table(name, SHT_PROGBITS, SHF_ALLOC, kind, 0);
    }
    MappedFile file = state.file;
    int page = layout.segment(kind).node;
    long free = Layout.PAGE - file.extent(page);
    try {
      int others = file.add(page, Policy.FIXED, free - room(bytes), ROOM_LOG2, Owners.HEADERS);
      OutputSection section = layout.table(name, SHT_PROGBITS, SHF_ALLOC, kind, 0);
      layout.resizeTable(section, bytes);
      file.remove(others);
      return section;
    } catch (WindowFullException e) {
      throw new TableTooLargeException(name, e);
    }
  }

  private static long room(long bytes) {
    long unit = 1L << ROOM_LOG2;
    return (bytes + bytes / 2 + unit - 1) & -unit;
  }

  /**
   * The section itself, or the other one.
   *
   * @param size of an atom that it is to take
   */
  static OutputSection withRoom(Layout layout, OutputSection section, long size) {
    Segment segment = section.segment;
    if (segment == null
        || segment.kind != SegmentKind.HEADERS
        || layout.scripted()
        || SegmentKind.forText(layout.size(section) + size) == SegmentKind.HEADERS) {
      return section;
    }
    OutputSection other = layout.find(section.name + OTHER);
    if (other != null) {
      return other;
    }
    SegmentKind tables = SegmentKind.TABLES;
    return layout.create(
        section.name + OTHER,
        new SectionRule(section.name, section.type, section.flags, tables, true));
  }
}
