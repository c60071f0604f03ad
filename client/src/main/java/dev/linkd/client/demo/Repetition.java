package dev.linkd.client.demo;

import java.util.List;

/**
 * The same two patches again and again.
 *
 * @param warmUps patches before those that were measured
 * @param sorted round trips of the measured ones in nanoseconds, ascending
 * @param last the last of them
 */
public record Repetition(int warmUps, long[] sorted, Patch last) {
  static Repetition of(int warmUps, List<Patch> patches) {
    long[] sorted =
        patches.stream().skip(warmUps).mapToLong(Patch::roundTripNanos).sorted().toArray();
    return new Repetition(warmUps, sorted, patches.getLast());
  }

  public int count() {
    return sorted.length;
  }

  /** Round trip that the given share of the patches did not exceed, in nanoseconds. */
  public long quantileNanos(double share) {
    return sorted[Math.min(sorted.length - 1, (int) (sorted.length * share))];
  }
}
