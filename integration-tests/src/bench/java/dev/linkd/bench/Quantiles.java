package dev.linkd.bench;

import java.util.Arrays;

/** Durations in nanoseconds, sorted. */
final class Quantiles {
  private final long[] sorted;

  Quantiles(long[] nanos) {
    sorted = nanos.clone();
    Arrays.sort(sorted);
  }

  long median() {
    return sorted[sorted.length / 2];
  }

  long p99() {
    return sorted[(int) (sorted.length * 0.99)];
  }
}
