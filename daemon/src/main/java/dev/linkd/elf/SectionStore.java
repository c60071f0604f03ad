package dev.linkd.elf;

import dev.linkd.mapped.MappedFile;
import java.lang.foreign.MemorySegment;

/** The bytes of a table's section. */
final class SectionStore implements ByteStore {
  private final MappedFile file;
  private final Layout layout;
  private final OutputSection section;

  SectionStore(LinkState state, Layout layout, OutputSection section) {
    this.file = state.file;
    this.layout = layout;
    this.section = section;
  }

  @Override
  public MemorySegment segment() {
    return file.image();
  }

  @Override
  public long base() {
    return file.position(section.node);
  }

  @Override
  public void ensure(long size) {
    layout.resizeTable(section, size);
  }

  @Override
  public void dirty(long from, long to) {
    long base = base();
    file.dirty(base + from, base + to);
  }
}
