package dev.linkd.elf;

import dev.linkd.mapped.DirtyRanges;
import dev.linkd.publish.ByteRanges;

/** Hands the dirty ranges of an image to the publisher. */
final class PublishRanges {
  private final ByteRanges ranges = new ByteRanges();

  ByteRanges of(DirtyRanges dirty) {
    ranges.clear();
    int count = dirty.count();
    for (int i = 0; i < count; i++) {
      ranges.add(dirty.from(i), dirty.to(i));
    }
    return ranges;
  }
}
