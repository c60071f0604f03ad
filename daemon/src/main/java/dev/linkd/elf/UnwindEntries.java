package dev.linkd.elf;

import dev.linkd.table.Region;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * The entry in the search table that each unwind record has: a column beside the rows of atoms.
 * Both numbers are distances from the table. A record never lies where its table does, so a value
 * of 0 means that there is no entry, which is how fresh memory looks.
 *
 * <pre>
 *  0 key    4 value
 * </pre>
 */
final class UnwindEntries implements AutoCloseable {
  private static final int ROW_BYTES = Long.BYTES;
  private static final int KEY = 0;
  private static final int VALUE = 4;

  private final Region region;
  private MemorySegment rows;
  private int size;

  /**
   * @param atomsMax limit of the table of atoms
   */
  UnwindEntries(int atomsMax) {
    region = new Region("unwind table entries", (long) atomsMax * ROW_BYTES);
    rows = region.segment();
  }

  /** Number of atoms that have an entry. */
  int size() {
    return size;
  }

  boolean has(int atom) {
    return at(atom) < rows.byteSize() && value(atom) != 0;
  }

  int key(int atom) {
    return Segments.getInt(rows, at(atom) + KEY);
  }

  int value(int atom) {
    return Segments.getInt(rows, at(atom) + VALUE);
  }

  /**
   * Gives an entry to an atom that has none.
   *
   * @param value anything but 0
   */
  void put(int atom, int key, int value) {
    if (at(atom) >= rows.byteSize()) {
      region.ensure(at(atom) + ROW_BYTES);
      rows = region.segment();
    }
    Segments.setInt(rows, at(atom) + KEY, key);
    Segments.setInt(rows, at(atom) + VALUE, value);
    size++;
  }

  void remove(int atom) {
    Segments.setLong(rows, at(atom), 0L);
    size--;
  }

  /** All entries in the form that {@link SortedTable#build} takes, in no order. */
  long[] all() {
    long[] all = new long[size];
    int count = 0;
    for (long at = 0; count < size; at += ROW_BYTES) {
      int value = Segments.getInt(rows, at + VALUE);
      if (value != 0) {
        all[count++] = SortedTable.entry(Segments.getInt(rows, at + KEY), value);
      }
    }
    return all;
  }

  private static long at(int atom) {
    return (long) atom * ROW_BYTES;
  }

  long bytes() {
    return region.committed();
  }

  @Override
  public void close() {
    region.close();
  }
}
