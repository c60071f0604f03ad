package dev.linkd.publish;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The last change records of an output, in order and without gaps. Whoever is further behind needs
 * a full copy. The owner of the output adds, any thread reads.
 */
public final class ChangeRing {
  private final @Nullable ChangeRecord[] records;
  private long newest;
  private int count;

  /** Holds at most {@code capacity} records. */
  public ChangeRing(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity: " + capacity);
    }
    records = new @Nullable ChangeRecord[capacity];
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
    newest = record.generation();
    records[slot(newest)] = record;
    count = Math.min(count + 1, records.length);
  }

  /** Drops everything, for example because the history of the output starts over. */
  public synchronized void clear() {
    Arrays.fill(records, null);
    count = 0;
  }

  /** The newest generation that was added; 0 when there was none. */
  public synchronized long newest() {
    return newest;
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
      ChangeRecord record = records[slot(generation + 1 + i)];
      if (record == null) {
        throw new IllegalStateException("ring lost generation " + (generation + 1 + i));
      }
      found[i] = record;
    }
    return Optional.of(List.of(found));
  }

  private int slot(long generation) {
    return (int) (generation % records.length);
  }
}
