package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.EHDR_SIZE;
import static dev.linkd.object.ElfConstants.PHDR_SIZE;
import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;

import dev.linkd.output.ScriptText;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Copies of the ELF header and of the program headers at addresses of their own, where an order of
 * sections puts them. The headers at the start of the file are in no segment then; the ELF header
 * names the copy of the program headers, which loaders find in memory too.
 */
final class LoadedHeaders {
  private static final long PROGRAM_HEADERS_BYTES = (long) Layout.PROGRAM_HEADERS_MAX * PHDR_SIZE;

  private final LinkState state;
  private final Layout layout;
  private final DifferenceWriter differences;
  private final @Nullable OutputSection file;
  private final @Nullable OutputSection programs;

  LoadedHeaders(LinkState state, Layout layout) {
    this.state = state;
    this.layout = layout;
    this.differences = new DifferenceWriter(state);
    this.file = table(ScriptText.FILE_HEADER, EHDR_SIZE);
    this.programs = table(ScriptText.PROGRAM_HEADERS, PROGRAM_HEADERS_BYTES);
  }

  private @Nullable OutputSection table(String name, long size) {
    ScriptLayout script = layout.script();
    if (script == null || !script.ordered() || script.named(name) == null) {
      return null;
    }
    OutputSection section = layout.table(name, SHT_PROGBITS, SHF_ALLOC, SegmentKind.HEADERS, 0);
    section.omitted = true;
    layout.resizeTable(section, size);
    return section;
  }

  /** Where the program headers are in the file. */
  long programsOffset() {
    return programs == null ? EHDR_SIZE : layout.fileOffset(programs);
  }

  /** Whether the program headers have an address of their own. */
  boolean programsLoaded() {
    return programs != null;
  }

  /** Address of the copy of the program headers; 0 without one. */
  long programsAddress() {
    return programs == null ? 0 : programs.address;
  }

  /** Writes the headers of a page as they are at the start of the file. */
  void write(MemorySegment page) {
    if (file != null) {
      differences.write(page, 0, EHDR_SIZE, layout.fileOffset(file));
    }
    if (programs != null) {
      differences.write(page, EHDR_SIZE, PROGRAM_HEADERS_BYTES, layout.fileOffset(programs));
    }
  }

  /** Whether a copy is not what the page says. */
  boolean stale(MemorySegment page) {
    return (file != null && differs(page, 0, EHDR_SIZE, layout.fileOffset(file)))
        || (programs != null
            && differs(page, EHDR_SIZE, PROGRAM_HEADERS_BYTES, layout.fileOffset(programs)));
  }

  private boolean differs(MemorySegment page, long from, long size, long at) {
    MemorySegment image = state.file.image();
    return MemorySegment.mismatch(page, from, from + size, image, at, at + size) >= 0;
  }
}
