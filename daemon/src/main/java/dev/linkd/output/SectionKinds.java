package dev.linkd.output;

import dev.linkd.table.TableFullException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Combinations of section type and section flags, numbered; few, and kept for ever. */
final class SectionKinds {

  private record Kind(int type, long flags) {}

  /** The first ones are found by looking at them: nearly all sections are of a few kinds. */
  private static final int FEW = 8;

  private final int max;
  private final Map<Kind, Integer> numbers = new HashMap<>();
  private int[] types = new int[16];
  private long[] flags = new long[16];
  private int count;

  SectionKinds(int max) {
    this.max = max;
    of(0, 0);
  }

  /** The number of a combination; 0 is that of zeros, as in a row that is new. */
  int of(int type, long sectionFlags) {
    for (int number = 0; number < Math.min(count, FEW); number++) {
      if (types[number] == type && flags[number] == sectionFlags) {
        return number;
      }
    }
    return find(new Kind(type, sectionFlags));
  }

  private int find(Kind kind) {
    Integer number = numbers.get(kind);
    if (number != null) {
      return number;
    }
    if (count == max) {
      throw new TableFullException("kinds of sections", max, "combinations of type and flags");
    }
    if (count == types.length) {
      types = Arrays.copyOf(types, count * 2);
      flags = Arrays.copyOf(flags, count * 2);
    }
    types[count] = kind.type;
    flags[count] = kind.flags;
    numbers.put(kind, count);
    return count++;
  }

  int type(int number) {
    return types[number];
  }

  long flags(int number) {
    return flags[number];
  }
}
