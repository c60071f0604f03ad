package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.linkd.table.Layouts;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SortedTableTest {

  private static final int START = 12;

  private final HeapStore store = new HeapStore();
  private final SortedTable table = new SortedTable(store, START);
  private final TreeSet<Long> model = new TreeSet<>();

  @Test
  void anEmptyTableHasNoSlots() {
    assertThat(table.slots()).isZero();
    assertThat(table.contains(0, 0)).isFalse();
    assertThat(table.remove(0, 0)).isFalse();
    assertThat(table.replace(0, 0, 1, 1)).isFalse();
    assertThat(table.value(0, -7)).isEqualTo(-7);
  }

  @Test
  void keysAreSigned() {
    insert(5, 50);
    insert(-5, 51);
    insert(0, 52);
    check("signed");
    assertThat(keys()).startsWith(-5).endsWith(5);
  }

  @Test
  void gapsRepeatTheEntryBeforeThem() {
    insert(10, 1);
    insert(20, 2);
    assertThat(keys()).containsOnly(10, 20).isSorted();
    remove(10, 1);
    assertThat(keys()).as("the leading gap repeats the entry after it").containsOnly(20);
    remove(20, 2);
    assertThat(table.slots()).isZero();
  }

  @Test
  void oneKeyMayHaveSeveralValues() {
    insert(7, 3);
    insert(7, -1);
    insert(7, 1);
    assertThat(table.insert(7, 1)).as("the same pair again").isFalse();
    assertThat(table.size()).isEqualTo(3);
    remove(7, 3);
    check("two left");
    assertThat(table.value(7, 0)).as("the first, values unsigned").isEqualTo(1);
  }

  @Test
  void anEntryThatStaysBetweenItsNeighboursIsReplacedInPlace() {
    for (int key = 0; key < 100; key++) {
      insert(key * 10, key);
    }
    store.publish();
    long moved = table.moved();
    replace(500, 50, 505, 1234);
    replace(0, 0, -3, 9);
    replace(990, 99, 2000, 8);
    assertThat(table.moved()).isEqualTo(moved);
    assertThat(store.dirtyBytes()).isLessThan(3 * 64);
    check("replaced");
  }

  @Test
  void anEntryThatPassesOthersMoves() {
    for (int key = 0; key < 100; key++) {
      insert(key * 10, key);
    }
    replace(500, 50, 5, 50);
    replace(0, 0, 10_000, 0);
    check("moved");
    assertThat(table.replace(10, 1, 20, 2)).as("there is such a pair").isFalse();
    assertThat(table.replace(11, 1, 20, 3)).as("there is no such pair").isFalse();
    assertThat(table.replace(10, 1, 10, 1)).as("the same").isTrue();
    check("unchanged");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7, 8, 12, 13, 100, 5_000, 100_000})
  void manyEntriesAreWrittenAtOnce(int count) {
    long[] entries = new long[count + 3];
    for (int i = 0; i < count; i++) {
      entries[i] = SortedTable.entry(i * 16 - 800, i);
      model.add(entries[i]);
    }
    table.build(entries, count);
    check("built");
    assertThat(table.moved()).isEqualTo(count);
    for (int i = 0; i < 50; i++) {
      insert(i * 16 - 799, -i);
    }
    check("and changed");
  }

  @Test
  void onlyAnEmptyTableIsBuiltFromSortedEntries() {
    long[] unsorted = {SortedTable.entry(2, 0), SortedTable.entry(1, 0)};
    assertThatThrownBy(() -> table.build(unsorted, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThat(table.size()).isZero();
    insert(1, 1);
    assertThatThrownBy(() -> table.build(new long[] {1}, 1))
        .isInstanceOf(IllegalStateException.class);
    check("unchanged");
  }

  @Test
  void clearEmptiesTheTable() {
    for (int key = 0; key < 1000; key++) {
      insert(key, key);
    }
    table.clear();
    model.clear();
    check("cleared");
    insert(3, 4);
    check("in use again");
    assertThat(table.slots()).as("small again").isEqualTo(16);
  }

  @ParameterizedTest
  @ValueSource(longs = {61, 62, 63, 64, 65})
  void behavesLikeASortedSetWhileItGrowsAndShrinks(long seed) {
    Random random = new Random(seed);
    int range = seed % 2 == 0 ? 300 : 1 << 20;
    List<Long> entries = new ArrayList<>();
    for (int step = 0; step < 12_000; step++) {
      String context = "seed " + seed + " step " + step;
      boolean growing = step / 3_000 % 2 == 0;
      int key = random.nextInt(range) - range / 2;
      int value = random.nextInt(4);
      if (entries.isEmpty() || random.nextInt(10) < (growing ? 8 : 1)) {
        boolean added = model.add(entry(key, value));
        assertThat(table.insert(key, value)).as(context).isEqualTo(added);
        if (added) {
          entries.add(entry(key, value));
        }
      } else {
        int chosen = random.nextInt(entries.size());
        long old = entries.get(chosen);
        entries.set(chosen, entries.getLast());
        entries.removeLast();
        if (random.nextInt(3) == 0) {
          int near = random.nextBoolean() ? (int) (old >> 32) + random.nextInt(3) : key;
          boolean allowed = old == entry(near, value) || !model.contains(entry(near, value));
          assertThat(table.replace((int) (old >> 32), (int) old, near, value))
              .as(context)
              .isEqualTo(allowed);
          if (allowed) {
            model.remove(old);
            model.add(entry(near, value));
          }
          entries.add(allowed ? entry(near, value) : old);
        } else {
          remove((int) (old >> 32), (int) old);
        }
      }
      if (step % 50 == 0 || step < 200) {
        check(context);
      }
    }
    for (long entry : entries) {
      remove((int) (entry >> 32), (int) entry);
    }
    check("seed " + seed + " emptied");
  }

  /** Orders of insertion that are the worst for an array with gaps. */
  enum Order {
    ASCENDING,
    DESCENDING,
    SAME_PLACE,
    TWO_PLACES,
    RANDOM;

    int key(int i, Random random) {
      return switch (this) {
        case ASCENDING -> i;
        case DESCENDING -> -i;
        case SAME_PLACE -> i == 0 ? -1 : Integer.MAX_VALUE - i;
        case TWO_PLACES -> i % 2 == 0 ? i : Integer.MAX_VALUE - i;
        case RANDOM -> random.nextInt();
      };
    }
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void insertionsMoveFewEntriesEach(Order order) {
    Random random = new Random(71);
    int count = 60_000;
    for (int i = 0; i < count; i++) {
      insert(order.key(i, random), i);
    }
    check(order.name());
    assertBound(table.moved(), count, order.name());
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void removalsMoveFewEntriesEach(Order order) {
    Random random = new Random(72);
    int count = 60_000;
    for (int i = 0; i < count; i++) {
      insert(order.key(i, random), i);
    }
    long before = table.moved();
    Random same = new Random(72);
    for (int i = 0; i < count - 1; i++) {
      remove(order.key(i, same), i);
      if (i % 5_000 == 0) {
        check(order + " " + i);
      }
    }
    assertBound(table.moved() - before, count, order.name());
    assertThat(table.slots()).isEqualTo(16);
  }

  @Test
  void changesOfASettledTableMoveFewEntriesHoweverLargeItIs() {
    for (int size : new int[] {1_000, 10_000, 100_000}) {
      SortedTable settled = new SortedTable(new HeapStore(), 0);
      Random random = new Random(size);
      int[] keys = new int[size];
      for (int i = 0; i < size; i++) {
        keys[i] = random.nextInt();
        settled.insert(keys[i], i);
      }
      long before = settled.moved();
      int changes = 20_000;
      for (int change = 0; change < changes; change++) {
        int i = random.nextInt(size);
        assertThat(settled.remove(keys[i], i)).isTrue();
        keys[i] = random.nextInt();
        assertThat(settled.insert(keys[i], i)).isTrue();
      }
      assertBound(settled.moved() - before, changes, "size " + size);
    }
  }

  @Test
  void aSmallChangeDirtiesASmallRange() {
    for (int i = 0; i < 40_000; i++) {
      insert(i * 10, i);
    }
    store.publish();
    for (int i = 0; i < 40; i++) {
      insert(i * 9_990 + 5, i);
      remove(i * 9_990, i * 999);
    }
    assertThat(store.dirtyBytes()).isLessThan(40 * 64 * GapArray.SLOT_BYTES);
    check("after the change");
    store.publish();
  }

  /** log2(60000) is 16; a change moves at most log2² entries on average, usually far fewer. */
  private static void assertBound(long moved, int operations, String what) {
    double log2 = Math.log(operations) / Math.log(2);
    assertThat((double) moved / operations).as(what).isLessThan(log2 * log2 / 2);
  }

  private void insert(int key, int value) {
    assertThat(table.insert(key, value)).isTrue();
    model.add(entry(key, value));
  }

  private void remove(int key, int value) {
    assertThat(table.remove(key, value)).isTrue();
    model.remove(entry(key, value));
  }

  private void replace(int key, int value, int newKey, int newValue) {
    assertThat(table.replace(key, value, newKey, newValue)).isTrue();
    model.remove(entry(key, value));
    model.add(entry(newKey, newValue));
  }

  private void check(String context) {
    assertThat(table.size()).as(context).isEqualTo(model.size());
    int slots = table.slots();
    List<Long> seen = new ArrayList<>();
    for (int slot = 0; slot < slots; slot++) {
      long entry = slotEntry(slot);
      if (seen.isEmpty() || seen.getLast() != entry) {
        seen.add(entry);
      }
    }
    assertThat(seen)
        .as("%s: sorted, and only live entries", context)
        .isEqualTo(new ArrayList<>(model));
    assertThat(slots).as(context).isLessThanOrEqualTo(Math.max(16, model.size() * 8));
    for (long entry : model) {
      int key = (int) (entry >> 32);
      int first = (int) (long) model.ceiling(entry(key, 0));
      boolean found =
          lookUp(key) == key
              && table.contains(key, (int) entry)
              && table.value(key, ~first) == first;
      if (!found) {
        fail(context + ": key " + key);
      }
    }
    store.publish();
  }

  /** The search of an unwinder: the last entry that starts at or before an address. */
  private int lookUp(int address) {
    int low = 0;
    int high = table.slots() - 1;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      if ((int) (slotEntry(middle) >> 32) <= address) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return (int) (slotEntry(low) >> 32);
  }

  private List<Integer> keys() {
    List<Integer> keys = new ArrayList<>();
    for (int slot = 0; slot < table.slots(); slot++) {
      keys.add((int) (slotEntry(slot) >> 32));
    }
    return keys;
  }

  private long slotEntry(int slot) {
    long at = store.base() + START + 8L * slot;
    int key = store.segment().get(Layouts.INT, at);
    return entry(key, store.segment().get(Layouts.INT, at + 4));
  }

  private static long entry(int key, int value) {
    return (long) key << 32 | Integer.toUnsignedLong(value);
  }
}
