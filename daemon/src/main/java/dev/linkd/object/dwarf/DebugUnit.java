package dev.linkd.object.dwarf;

import java.util.List;

/**
 * A unit of {@code .debug_info}.
 *
 * @param offset where its header begins
 * @param length with the header
 * @param ranges the code that it describes
 */
public record DebugUnit(long offset, long length, List<AddressRange> ranges) {
  public DebugUnit {
    ranges = List.copyOf(ranges);
  }
}
