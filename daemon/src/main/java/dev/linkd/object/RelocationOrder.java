package dev.linkd.object;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The relocations of one section in ascending order of offset. Assemblers write them so; only for
 * others an order is computed.
 */
final class RelocationOrder {
  /** Of records that are not in an object. */
  static final RelocationOrder NONE = new RelocationOrder();

  private final @Nullable ElfObject object;
  private final int section;
  private final int count;
  private final int[] order;

  RelocationOrder(ElfObject object, int section) {
    this.object = object;
    this.section = section;
    this.count = object.relocationCount(section);
    this.order = ascending(object, section, count) ? new int[0] : sorted(object, section, count);
  }

  private RelocationOrder() {
    object = null;
    section = 0;
    count = 0;
    order = new int[0];
  }

  private static boolean ascending(ElfObject object, int section, int count) {
    for (int r = 1; r < count; r++) {
      if (object.relocationOffset(section, r) < object.relocationOffset(section, r - 1)) {
        return false;
      }
    }
    return true;
  }

  /** Sorts (offset, number) as one key each; both fit, as offsets of split sections are ints. */
  private static int[] sorted(ElfObject object, int section, int count) {
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

  int kind(int i) {
    return Objects.requireNonNull(object).relocationKind(section, at(i));
  }

  long offset(int i) {
    return Objects.requireNonNull(object).relocationOffset(section, at(i));
  }
}
