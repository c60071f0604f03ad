package dev.linkd.oracle;

import java.security.SecureRandom;
import java.util.stream.LongStream;

/**
 * Where random tests get their seeds. {@code -Dlinkd.seed=N} replays one; {@code -Dlinkd.long=true}
 * makes the tests do more.
 */
public final class Seeds {
  private static final int LONG_FACTOR = 10;

  private Seeds() {}

  /** A new seed, which is printed. */
  public static long next() {
    Long given = Long.getLong("linkd.seed");
    long seed = given == null ? new SecureRandom().nextInt() & 0xffff_ffffL : given;
    System.out.println("seed " + seed + " (replay with -Dlinkd.seed=" + seed + ")");
    return seed;
  }

  /** That many seeds, or the one to be replayed. */
  public static LongStream several(int count) {
    boolean given = Long.getLong("linkd.seed") != null;
    return LongStream.range(0, given ? 1 : count).map(i -> next());
  }

  public static boolean longRun() {
    return Boolean.getBoolean("linkd.long");
  }

  /** More of something in a long run. */
  public static int times(int normal) {
    return longRun() ? normal * LONG_FACTOR : normal;
  }
}
