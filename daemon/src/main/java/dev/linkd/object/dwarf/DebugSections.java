package dev.linkd.object.dwarf;

import java.lang.foreign.MemorySegment;

/** The debug sections of a linked image, with all addresses in place. */
@FunctionalInterface
public interface DebugSections {

  /** What a section contains, nothing when there is no such section. */
  MemorySegment content(String name);
}
