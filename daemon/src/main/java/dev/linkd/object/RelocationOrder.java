package dev.linkd.object;

import java.util.Arrays;

/**
 * The relocations of one section in ascending order of offset. Assemblers write them so; only for
 * others an order is computed.
 */
final class RelocationOrder {
  private final ElfObject object;
  private final int section;
  private final int count;
  private final int[] order;

  RelocationOrder(ElfObject object, int section) {
    this.object = object;
    this.section = section;
    this.count = object.relocationCount(section);
    this.order = ascending() ? new int[0] : sorted();
  }

  private boolean ascending() {
    for (int r = 1; r < count; r++) {
      if (object.relocationOffset(section, r) < object.relocationOffset(section, r - 1)) {
        return false;
      }
    }
    return true;
  }

  /** Sorts (offset, number) as one key each; both fit, as offsets of split sections are ints. */
  private int[] sorted() {
    long[] keys = new long[count];
    for (int r = 0; r < count; r++) {
      keys[r] = object.relocationOffset(section, r) << 32 | r;
    }
    Arrays.sort(keys);
    int[] result = new int[count];
    for (int i = 0; i < count; i++) {
      result[i] = (int) keys[i];
    }
    return result;
  }

  int count() {
    return count;
  }

  /** Number of the relocation at position {@code i} of the order. */
  int at(int i) {
    return order.length == 0 ? i : order[i];
  }

  long offset(int i) {
    return object.relocationOffset(section, at(i));
  }
}
