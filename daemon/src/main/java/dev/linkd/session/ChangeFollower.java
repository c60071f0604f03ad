package dev.linkd.session;

import dev.linkd.publish.ByteRanges;
import dev.linkd.publish.ChangeRecord;
import dev.linkd.publish.ChangeRing;
import dev.linkd.v1.ByteRange;
import dev.linkd.v1.Change;
import dev.linkd.v1.ChangeGap;
import dev.linkd.v1.WatchResponse;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How far one watcher has followed the change records of an output. It holds a number and no
 * records: a watcher that reads slowly costs nothing, and gets a gap when the ring has moved on.
 * Not thread-safe: its watcher guards it.
 */
final class ChangeFollower {
  private final WatchResponse output;
  private final ChangeRing changes;
  private final ByteRanges ranges = new ByteRanges();
  private long known;

  /**
   * Follows an output.
   *
   * @param output handle and path, which every event carries
   * @param known the generation that the client has
   */
  ChangeFollower(WatchResponse output, ChangeRing changes, long known) {
    this.output = output;
    this.changes = changes;
    this.known = known;
  }

  /** The next event for the client; null when it knows everything. */
  @Nullable WatchResponse next() {
    long newest = changes.newest();
    if (known == newest) {
      return null;
    }
    Optional<ChangeRecord> record = known < 0 ? Optional.empty() : changes.find(known + 1);
    if (record.isPresent()) {
      known++;
      return output.toBuilder().setChange(message(record.get())).build();
    }
    ChangeGap gap = ChangeGap.newBuilder().setKnown(known).setGeneration(newest).build();
    known = newest;
    return output.toBuilder().setGap(gap).build();
  }

  private Change message(ChangeRecord record) {
    Change.Builder change =
        Change.newBuilder()
            .setGeneration(record.generation())
            .setFileBytes(record.fileSize())
            .setAtomsAdded(record.addedCount())
            .setAtomsChanged(record.changedCount())
            .setAtomsMoved(record.movedCount())
            .setAtomsRemoved(record.removedCount())
            .setAtomsComplete(record.complete());
    ranges.clear();
    record.addFileRangesTo(ranges);
    each(change::addFileRanges);
    ranges.clear();
    record.addAddressRangesTo(ranges);
    each(change::addAddressRanges);
    Arrays.stream(record.added()).forEach(change::addAdded);
    Arrays.stream(record.changed()).forEach(change::addChanged);
    Arrays.stream(record.moved()).forEach(change::addMoved);
    Arrays.stream(record.removed()).forEach(change::addRemoved);
    return change.build();
  }

  private void each(Consumer<ByteRange> receiver) {
    for (int i = 0; i < ranges.count(); i++) {
      long start = ranges.from(i);
      receiver.accept(ByteRange.newBuilder().setStart(start).setSize(ranges.to(i) - start).build());
    }
  }
}
