package dev.linkd.publish;

import dev.linkd.publish.AtomChanges.Kind;
import java.util.Arrays;

/**
 * What one publish changed: the one account of a generation for everybody who follows an output
 * (the spare, watchers, statistics, remote copies, hot swap). Immutable.
 */
public final class ChangeRecord {
  private static final long[] NO_RANGES = {};

  private final long generation;
  private final long fileSize;
  private final long[] fileRanges;
  private final long[] addressRanges;
  private final boolean complete;
  private final int addedCount;
  private final int changedCount;
  private final int movedCount;
  private final int removedCount;
  private final int[] added;
  private final int[] changed;
  private final int[] moved;
  private final int[] removed;

  /**
   * Copies everything.
   *
   * @param generation the generation that the change leads to
   * @param fileSize size of the file in that generation, in bytes
   * @param fileRanges offsets in the file whose bytes differ from the previous generation
   * @param addressRanges the same as virtual addresses, for what is loaded
   * @param atoms the atoms that differ from the previous generation
   */
  public ChangeRecord(
      long generation,
      long fileSize,
      ByteRanges fileRanges,
      ByteRanges addressRanges,
      AtomChanges atoms) {
    if (generation < 1 || fileSize < 0) {
      throw new IllegalArgumentException("generation " + generation + ", size " + fileSize);
    }
    this.generation = generation;
    this.fileSize = fileSize;
    this.fileRanges = pairs(fileRanges);
    this.addressRanges = pairs(addressRanges);
    complete = atoms.complete();
    addedCount = atoms.count(Kind.ADDED);
    changedCount = atoms.count(Kind.CHANGED);
    movedCount = atoms.count(Kind.MOVED);
    removedCount = atoms.count(Kind.REMOVED);
    added = atoms.rows(Kind.ADDED);
    changed = atoms.rows(Kind.CHANGED);
    moved = atoms.rows(Kind.MOVED);
    removed = atoms.rows(Kind.REMOVED);
  }

  private static long[] pairs(ByteRanges ranges) {
    if (ranges.isEmpty()) {
      return NO_RANGES;
    }
    long[] pairs = new long[Math.multiplyExact(ranges.count(), 2)];
    for (int i = 0; i < ranges.count(); i++) {
      pairs[2 * i] = ranges.from(i);
      pairs[2 * i + 1] = ranges.to(i);
    }
    return pairs;
  }

  private static void addTo(ByteRanges into, long[] pairs) {
    for (int i = 0; i < pairs.length; i += 2) {
      into.add(pairs[i], pairs[i + 1]);
    }
  }

  public long generation() {
    return generation;
  }

  public long fileSize() {
    return fileSize;
  }

  public int fileRangeCount() {
    return fileRanges.length / 2;
  }

  /** Adds the changed ranges of the file. */
  public void addFileRangesTo(ByteRanges into) {
    addTo(into, fileRanges);
  }

  public int addressRangeCount() {
    return addressRanges.length / 2;
  }

  /** Adds the changed ranges of addresses. */
  public void addAddressRangesTo(ByteRanges into) {
    addTo(into, addressRanges);
  }

  /**
   * Whether the row numbers of the atoms say everything; otherwise there were too many of them, or
   * the output started over, and who follows atoms looks at all of them.
   */
  public boolean complete() {
    return complete;
  }

  /** Number of atoms that are new. */
  public int addedCount() {
    return addedCount;
  }

  /** Number of atoms with other bytes, relocations or attributes. */
  public int changedCount() {
    return changedCount;
  }

  /** Number of atoms at another address. */
  public int movedCount() {
    return movedCount;
  }

  /** Number of atoms that are gone. */
  public int removedCount() {
    return removedCount;
  }

  /** Atoms that are new, as row numbers; a copy. */
  public int[] added() {
    return added.clone();
  }

  /** Atoms with other bytes, relocations or attributes, as row numbers; a copy. */
  public int[] changed() {
    return changed.clone();
  }

  /** Atoms at another address, as row numbers; a copy. */
  public int[] moved() {
    return moved.clone();
  }

  /** Former row numbers of atoms that are gone; a copy. */
  public int[] removed() {
    return removed.clone();
  }

  /** Rough size in memory, in bytes. */
  long weight() {
    return 128
        + Long.BYTES * ((long) fileRanges.length + addressRanges.length)
        + Integer.BYTES
            * ((long) added.length + changed.length + (long) moved.length + removed.length);
  }

  @Override
  public String toString() {
    return String.format(
        "generation %d: %d file ranges, %d atoms added, %d changed, %d moved, %d removed",
        generation, fileRangeCount(), addedCount, changedCount, movedCount, removedCount);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChangeRecord that
        && generation == that.generation
        && fileSize == that.fileSize
        && complete == that.complete
        && addedCount == that.addedCount
        && changedCount == that.changedCount
        && movedCount == that.movedCount
        && removedCount == that.removedCount
        && Arrays.equals(fileRanges, that.fileRanges)
        && Arrays.equals(addressRanges, that.addressRanges)
        && Arrays.equals(added, that.added)
        && Arrays.equals(changed, that.changed)
        && Arrays.equals(moved, that.moved)
        && Arrays.equals(removed, that.removed);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(generation) * 31 + Arrays.hashCode(fileRanges);
  }
}
