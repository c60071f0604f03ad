package dev.linkd.elf;

import dev.linkd.mapped.DirtyRanges;
import dev.linkd.publish.AtomChanges;
import dev.linkd.publish.ByteRanges;
import dev.linkd.publish.PublishException;
import dev.linkd.publish.PublishResult;
import dev.linkd.publish.Publisher;

/** Hands an image and what has changed in it to the publisher. */
final class PublishRanges {
  private final ByteRanges ranges = new ByteRanges();
  private final AddressRanges addresses = new AddressRanges();

  /**
   * Publishes, and begins a new account of changes. When that fails the account goes on.
   *
   * @param atoms what the state's log says of atoms
   */
  PublishResult publish(Publisher publisher, LinkState state, Layout layout, AtomChanges atoms)
      throws PublishException {
    ByteRanges dirty = of(state.file.dirty());
    PublishResult published =
        publisher.publish(
            state.file.image(),
            layout.fileSize(),
            dirty,
            addresses.of(dirty, layout, state.file),
            atoms);
    state.file.dirty().clear();
    state.changes.clear();
    return published;
  }

  private ByteRanges of(DirtyRanges dirty) {
    ranges.clear();
    int count = dirty.count();
    for (int i = 0; i < count; i++) {
      ranges.add(dirty.from(i), dirty.to(i));
    }
    return ranges;
  }
}
