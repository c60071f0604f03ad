package dev.linkd.elf;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Which members of two versions of an archive are one and the same: by their names those before the
 * first difference and those behind the last one, and those between when there are as many in both.
 * These keep their places in the order of resolution; members that come between get places there.
 */
final class MemberMatch {

  static final int NONE = -1;

  /** Places are below this: see {@link InputFiles}, scripts. */
  private static final int PLACES = 1 << 20;

  /** Distance of the places of members that came together, while there is room. */
  private static final int STEP = 256;

  /** By member of the new version: the old one, or NONE. */
  private final int[] earlier;

  /** By member of the old version: the new one, or NONE. */
  private final int[] later;

  /** Members of the new version that are the same byte for byte. */
  private final BitSet same = new BitSet();

  private final int[] places;

  private MemberMatch(int earlier, int later, int[] places) {
    this.earlier = new int[later];
    this.later = new int[earlier];
    this.places = places;
    Arrays.fill(this.earlier, NONE);
    Arrays.fill(this.later, NONE);
  }

  /** Places of the members of an archive that is new. */
  static int[] places(int count) {
    int[] places = new int[count];
    spread(places, 0, count, 0, PLACES);
    return places;
  }

  static MemberMatch of(MemberContents old, int[] oldPlaces, MemberContents version) {
    int oldCount = old.count();
    int count = version.count();
    int common = Math.min(oldCount, count);
    int head = 0;
    while (head < common && version.sameName(head, old, head)) {
      head++;
    }
    int tail = 0;
    while (tail < common - head && version.sameName(count - 1 - tail, old, oldCount - 1 - tail)) {
      tail++;
    }
    int[] places = Arrays.copyOf(oldPlaces, count);
    System.arraycopy(oldPlaces, oldCount - tail, places, count - tail, tail);
    int low = head == 0 ? 0 : oldPlaces[head - 1];
    int high = tail == 0 ? PLACES : oldPlaces[oldCount - tail];
    if (count != oldCount && !spread(places, head, count - tail, low, high)) {
      return new MemberMatch(oldCount, count, places(count));
    }
    MemberMatch match = new MemberMatch(oldCount, count, places);
    for (int m = 0; m < count; m++) {
      boolean between = m >= head && m < count - tail;
      int before = m < head || count == oldCount ? m : m - count + oldCount;
      if (!between || (count == oldCount && version.sameName(m, old, before))) {
        match.pair(old, before, version, m);
      }
    }
    return match;
  }

  /** Gives members places between two others; false when there is no room. */
  private static boolean spread(int[] places, int from, int to, int low, int high) {
    int step = Math.min(STEP, (high - low) / (to - from + 1));
    for (int m = from; m < to; m++) {
      places[m] = low + step * (m - from + 1);
    }
    return step > 0;
  }

  private void pair(MemberContents old, int before, MemberContents version, int m) {
    earlier[m] = before;
    later[before] = m;
    same.set(m, version.sameBytes(m, old, before));
  }

  /** The member of the old version that a new one is, or NONE. */
  int earlier(int member) {
    return earlier[member];
  }

  /** The member of the new version that an old one is, or NONE. */
  int later(int member) {
    return later[member];
  }

  /** Whether a member of the new version is the same as before, byte for byte. */
  boolean same(int member) {
    return same.get(member);
  }

  /** Places of the members of the new version. */
  int[] places() {
    return places;
  }
}
