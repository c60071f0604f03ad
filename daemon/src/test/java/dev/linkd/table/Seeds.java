package dev.linkd.table;

import java.util.stream.LongStream;

/** Seeds of random tests: some fixed, and a fresh one that appears in the name of the test. */
public final class Seeds {
  private Seeds() {}

  public static LongStream of(int fixed) {
    return LongStream.concat(LongStream.rangeClosed(1, fixed), LongStream.of(System.nanoTime()));
  }
}
