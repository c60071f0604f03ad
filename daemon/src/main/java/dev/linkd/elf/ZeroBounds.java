package dev.linkd.elf;

import org.jspecify.annotations.Nullable;

/**
 * The boundaries of {@code .bss}, which {@code __bss_start} and {@code end} name: they are around
 * all zeros that are no part of the file, also around those of sections with names of their own.
 */
final class ZeroBounds {
  private final Layout layout;

  /** {@code .bss}, once it is there; null in an image that a linker script lays out. */
  private @Nullable OutputSection zeros;

  ZeroBounds(Layout layout) {
    this.layout = layout;
  }

  void added(OutputSection section) {
    Segment home = section.segment;
    if (!layout.scripted()
        && home != null
        && home.kind == SegmentKind.BSS
        && section.name.equals(".bss")) {
      zeros = section;
    }
  }

  /** Address of a section. */
  long start(OutputSection section) {
    long start = section.address;
    if (section == zeros) {
      for (OutputSection other : layout.sections()) {
        if (other.segment == section.segment && layout.size(other) > 0) {
          start = Math.min(start, other.address);
        }
      }
    }
    return start;
  }

  /** Address behind a section. */
  long end(OutputSection section) {
    long end = section.address + layout.size(section);
    if (section == zeros) {
      for (OutputSection other : layout.sections()) {
        if (other.segment == section.segment) {
          end = Math.max(end, other.address + layout.size(other));
        }
      }
    }
    return end;
  }

  /** The section whose boundaries are around another one; null for itself and for most. */
  @Nullable OutputSection around(OutputSection section) {
    OutputSection all = zeros;
    return all != null && all != section && all.segment == section.segment ? all : null;
  }
}
