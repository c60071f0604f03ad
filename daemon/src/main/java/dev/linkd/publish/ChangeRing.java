package dev.linkd.publish;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The last change records of an output, in order and without gaps. Whoever is further behind needs
 * a full copy. The owner of the output adds, any thread reads.
 *
 * <p>Bounded twice: by the number of records, and by their bytes, because one record of a change to
 * everything is as large as many thousand of the usual ones. The newest record is always held.
 */
public final class ChangeRing {
  private final @Nullable ChangeRecord[] records;
  private final long bytesMax;
  private long bytes;
  private long newest;
  private int count;

  /** Holds at most {@code capacity} records, and those of at most about {@code bytesMax}. */
  public ChangeRing(int capacity, long bytesMax) {
    if (capacity < 0 || bytesMax < 0) {
      throw new IllegalArgumentException("capacity: " + capacity + ", " + bytesMax + " bytes");
    }
    records = new @Nullable ChangeRecord[capacity];
    this.bytesMax = bytesMax;
  }

  /**
   * Adds the next generation; the oldest record makes room. A record that does not follow the
   * newest one drops all others, because there is no way across the gap.
   */
  public synchronized void add(ChangeRecord record) {
    if (count > 0 && record.generation() <= newest) {
      throw new IllegalArgumentException(
          "generation " + record.generation() + " is not after " + newest);
    }
    if (record.generation() != newest + 1) {
      clear();
    }
    if (count > 0 && count == records.length) {
      dropOldest();
    }
    newest = record.generation();
    if (records.length == 0) {
      return;
    }
    records[slot(newest)] = record;
    bytes += record.weight();
    count++;
    while (bytes > bytesMax && count > 1) {
      dropOldest();
    }
  }

  private void dropOldest() {
    long oldest = newest - count + 1;
    bytes -= held(oldest).weight();
    records[slot(oldest)] = null;
    count--;
  }

  /** Drops everything, for example because the history of the output starts over. */
  public synchronized void clear() {
    Arrays.fill(records, null);
    count = 0;
    bytes = 0;
  }

  /** The newest generation that was added; 0 when there was none. */
  public synchronized long newest() {
    return newest;
  }

  /** The oldest generation from which the records lead to the newest. */
  public synchronized long oldest() {
    return newest - count;
  }

  /** The record that leads to a generation, if it is held. */
  public synchronized Optional<ChangeRecord> find(long generation) {
    return generation > newest || generation <= newest - count
        ? Optional.empty()
        : Optional.of(held(generation));
  }

  /**
   * The records that lead from a generation to the newest one, oldest first.
   *
   * @return an empty list when {@code generation} is the newest; nothing when the ring does not
   *     reach back to it or it does not exist yet
   */
  public synchronized Optional<List<ChangeRecord>> since(long generation) {
    if (generation > newest || generation < newest - count) {
      return Optional.empty();
    }
    ChangeRecord[] found = new ChangeRecord[(int) (newest - generation)];
    for (int i = 0; i < found.length; i++) {
      found[i] = held(generation + 1 + i);
    }
    return Optional.of(List.of(found));
  }

  /**
   * Adds the ranges of the file that changed after a generation.
   *
   * @return false when the ring does not reach back that far; then nothing is added
   */
  public synchronized boolean addFileRangesSince(long generation, ByteRanges into) {
    if (generation > newest || generation < newest - count) {
      return false;
    }
    for (long g = generation + 1; g <= newest; g++) {
      held(g).addFileRangesTo(into);
    }
    return true;
  }

  private ChangeRecord held(long generation) {
    ChangeRecord record = records[slot(generation)];
    if (record == null) {
      throw new IllegalStateException("ring lost generation " + generation);
    }
    return record;
  }

  private int slot(long generation) {
    return (int) (generation % records.length);
  }
}
