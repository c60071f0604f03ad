package dev.linkd.publish;

import java.util.Arrays;

/**
 * A set of byte positions as half-open ranges {@code [from, to)}: ascending, disjoint, touching
 * ranges merged. Grows as needed and is meant to be cleared and filled again, so that the steady
 * path allocates nothing.
 */
public final class ByteRanges {
  private static final int CAPACITY_MIN = 16;

  private long[] froms = new long[CAPACITY_MIN];
  private long[] tos = new long[CAPACITY_MIN];
  private int count;

  /** Where {@link #addAll} merges into; swapped with the arrays above. */
  private long[] mergedFroms = new long[CAPACITY_MIN];

  private long[] mergedTos = new long[CAPACITY_MIN];

  /** Number of ranges. */
  public int count() {
    return count;
  }

  public boolean isEmpty() {
    return count == 0;
  }

  /** First position of range {@code i}. */
  public long from(int i) {
    return froms[i];
  }

  /** Position after the last one of range {@code i}. */
  public long to(int i) {
    return tos[i];
  }

  /** Number of positions in all ranges. */
  public long bytes() {
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      bytes += tos[i] - froms[i];
    }
    return bytes;
  }

  public void clear() {
    count = 0;
  }

  /**
   * Adds the positions of {@code [from, to)}; nothing when it is empty.
   *
   * @throws IllegalArgumentException when {@code 0 <= from <= to} does not hold
   */
  public void add(long from, long to) {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("not a range: [" + from + ", " + to + ")");
    }
    if (from == to) {
      return;
    }
    if (count == 0 || from > tos[count - 1]) {
      append(from, to);
    } else {
      insert(from, to);
    }
  }

  private void append(long from, long to) {
    if (count == froms.length) {
      froms = Arrays.copyOf(froms, count * 2);
      tos = Arrays.copyOf(tos, count * 2);
    }
    froms[count] = from;
    tos[count++] = to;
  }

  private void insert(long from, long to) {
    int first = firstReaching(from);
    int after = first;
    while (after < count && froms[after] <= to) {
      after++;
    }
    if (after == first) {
      append(0, 0);
      System.arraycopy(froms, first, froms, first + 1, count - 1 - first);
      System.arraycopy(tos, first, tos, first + 1, count - 1 - first);
      froms[first] = from;
      tos[first] = to;
      return;
    }
    froms[first] = Math.min(froms[first], from);
    tos[first] = Math.max(tos[after - 1], to);
    System.arraycopy(froms, after, froms, first + 1, count - after);
    System.arraycopy(tos, after, tos, first + 1, count - after);
    count -= after - first - 1;
  }

  /** The first range that ends at {@code position} or later; {@link #count} when none does. */
  public int firstReaching(long position) {
    int found = Arrays.binarySearch(tos, 0, count, position);
    return found >= 0 ? found : -found - 1;
  }

  /** Adds every position of {@code other}, in time linear in both. */
  public void addAll(ByteRanges other) {
    if (other == this || other.count == 0) {
      return;
    }
    if (count == 0 || other.froms[0] > tos[count - 1]) {
      for (int i = 0; i < other.count; i++) {
        append(other.froms[i], other.tos[i]);
      }
      return;
    }
    merge(other);
  }

  private void merge(ByteRanges other) {
    int capacity = count + other.count;
    if (mergedFroms.length < capacity) {
      mergedFroms = new long[Math.max(capacity, mergedFroms.length * 2)];
      mergedTos = new long[mergedFroms.length];
    }
    int merged = 0;
    int mine = 0;
    int its = 0;
    while (mine < count || its < other.count) {
      boolean takeMine = its == other.count || (mine < count && froms[mine] <= other.froms[its]);
      long from = takeMine ? froms[mine] : other.froms[its];
      long to = takeMine ? tos[mine++] : other.tos[its++];
      if (merged > 0 && from <= mergedTos[merged - 1]) {
        mergedTos[merged - 1] = Math.max(mergedTos[merged - 1], to);
      } else {
        mergedFroms[merged] = from;
        mergedTos[merged++] = to;
      }
    }
    long[] oldFroms = froms;
    long[] oldTos = tos;
    froms = mergedFroms;
    tos = mergedTos;
    mergedFroms = oldFroms;
    mergedTos = oldTos;
    count = merged;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : ", ").append('[').append(froms[i]).append(", ").append(tos[i]);
      text.append(')');
    }
    return text.append('}').toString();
  }
}
