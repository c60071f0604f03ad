package dev.linkd.elf;

import dev.linkd.mapped.MappedFile;
import dev.linkd.publish.ByteRanges;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Says at which addresses ranges of the file are loaded. A segment that has another address than
 * the last time counts as changed from its start to its end.
 */
final class AddressRanges {
  private final ByteRanges addresses = new ByteRanges();
  private final Map<SegmentKind, Long> last = new EnumMap<>(SegmentKind.class);

  /** The addresses of the ranges; valid until the next call. */
  ByteRanges of(ByteRanges file, Layout layout, MappedFile mapped) {
    addresses.clear();
    List<Segment> segments = layout.segments().inOrder();
    for (int i = 0; i < segments.size(); i++) { // each flush comes here: no iterator
      Segment segment = segments.get(i);
      if (segment.content()) {
        long start = mapped.position(segment.node);
        long size = mapped.extent(segment.node);
        Long before = last.get(segment.kind);
        if (before == null || before != segment.address) {
          last.put(segment.kind, segment.address);
          addresses.add(segment.address, segment.address + size);
        } else {
          add(file, start, start + size, segment.address - start);
        }
      }
    }
    return addresses;
  }

  private void add(ByteRanges file, long start, long end, long distance) {
    for (int i = file.firstReaching(start + 1); i < file.count() && file.from(i) < end; i++) {
      long from = Math.max(file.from(i), start);
      long to = Math.min(file.to(i), end);
      addresses.add(from + distance, Math.max(from, to) + distance);
    }
  }
}
