package dev.linkd.elf;

import dev.linkd.mapped.MappedFile;
import dev.linkd.publish.ByteRanges;

/** Says at which addresses ranges of the file are loaded. */
final class AddressRanges {
  private final ByteRanges addresses = new ByteRanges();

  /** The addresses of the ranges; valid until the next call. */
  ByteRanges of(ByteRanges file, Layout layout, MappedFile mapped) {
    addresses.clear();
    for (Segment segment : layout.segments()) {
      if (segment.content) {
        long start = mapped.position(segment.node);
        add(file, start, start + mapped.extent(segment.node), segment.address - start);
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
