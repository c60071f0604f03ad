package dev.linkd.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Rows with handles: generation in the upper half, row in the lower. The generation of a row grows
 * when the row is freed, and starts at random, so that neither a handle of a closed row nor one
 * from an earlier daemon is taken for a live one. Not thread-safe.
 */
final class HandleTable<T> {
  private final int limit;
  private final List<@Nullable T> rows = new ArrayList<>();
  private int[] generations = new int[8];
  private int size;

  HandleTable(int limit) {
    this.limit = limit;
  }

  boolean full() {
    return size >= limit;
  }

  int size() {
    return size;
  }

  /** Adds what is made for the new handle. */
  T add(LongFunction<T> maker) {
    int row = rows.indexOf(null);
    if (row < 0) {
      row = rows.size();
      rows.add(null);
      if (row == generations.length) {
        generations = Arrays.copyOf(generations, row * 2);
      }
      generations[row] = ThreadLocalRandom.current().nextInt(1, 1 << 30);
    }
    T added = maker.apply(handle(row));
    rows.set(row, added);
    size++;
    return added;
  }

  private long handle(int row) {
    return (long) generations[row] << 32 | row;
  }

  @Nullable T find(long handle) {
    int row = (int) handle;
    return row >= 0 && row < rows.size() && handle(row) == handle ? rows.get(row) : null;
  }

  /** Frees the row of the handle, if it is live. */
  void remove(long handle) {
    if (find(handle) != null) {
      int row = (int) handle;
      rows.set(row, null);
      generations[row]++;
      size--;
    }
  }

  List<T> all() {
    List<T> all = new ArrayList<>(size);
    for (T row : rows) {
      if (row != null) {
        all.add(row);
      }
    }
    return all;
  }
}
