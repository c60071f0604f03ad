package dev.linkd.elf;

/**
 * What of a section goes to the first page, which cannot grow: what is too much is in another
 * section of the same name.
 */
final class FirstPage {

  /** Behind the name of a section in the look-up of the other one. */
  private static final String OTHER = " behind the first page";

  private FirstPage() {}

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
