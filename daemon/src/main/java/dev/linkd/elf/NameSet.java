package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A set of names that lie in segments which outlive it: open addressing over their offsets. Names
 * with another hash are told apart without their bytes, which are often not in the caches, or not
 * even in memory.
 */
final class NameSet {
  private @Nullable MemorySegment[] segments = new MemorySegment[16];
  private long[] offsets = new long[16];
  private int[] lengths = new int[16];
  private int[] hashes = new int[16];
  private int[] values = new int[16];
  private int size;

  static final int NONE = -1;

  /** Adds a name; returns whether it is new. */
  boolean add(MemorySegment bytes, long offset, int length) {
    return putIfAbsent(bytes, offset, length, 0);
  }

  /** Maps a name to a value unless it has one. */
  boolean putIfAbsent(MemorySegment bytes, long offset, int length, int value) {
    return putIfAbsent(bytes, offset, length, hash(bytes, offset, length), value);
  }

  /** Adds a name with a known hash; returns whether it is new. */
  boolean add(MemorySegment bytes, long offset, int length, int hash) {
    return putIfAbsent(bytes, offset, length, hash, 0);
  }

  /** Maps a name with a known hash to a value unless it has one; returns whether it is new. */
  boolean putIfAbsent(MemorySegment bytes, long offset, int length, int hash, int value) {
    if (size * 2 >= lengths.length) {
      grow();
    }
    int at = find(bytes, offset, length, hash);
    if (segments[at] != null) {
      return false;
    }
    set(at, bytes, offset, length, hash, value);
    size++;
    return true;
  }

  boolean contains(MemorySegment bytes, long offset, int length) {
    return segments[find(bytes, offset, length, hash(bytes, offset, length))] != null;
  }

  /** The value of a name, {@link #NONE} when it is not in the set. */
  int get(MemorySegment bytes, long offset, int length) {
    return get(bytes, offset, length, hash(bytes, offset, length));
  }

  /**
   * The same for a name that is looked up in several sets.
   *
   * @param hash see {@link #hash}
   */
  int get(MemorySegment bytes, long offset, int length, int hash) {
    int at = find(bytes, offset, length, hash);
    return segments[at] == null ? NONE : values[at];
  }

  /** Visits all names, in no order that means anything. */
  void forEach(Consumer<String> visitor) {
    for (int at = 0; at < segments.length; at++) {
      MemorySegment bytes = segments[at];
      if (bytes != null) {
        byte[] name = bytes.asSlice(offsets[at], lengths[at]).toArray(ValueLayout.JAVA_BYTE);
        visitor.accept(new String(name, StandardCharsets.UTF_8));
      }
    }
  }

  /** What is done with each name. */
  interface Visitor {
    void name(MemorySegment bytes, long offset, int length, int value);
  }

  /** Visits all names with their values, in no order that means anything. */
  void visit(Visitor visitor) {
    for (int at = 0; at < segments.length; at++) {
      MemorySegment bytes = segments[at];
      if (bytes != null) {
        visitor.name(bytes, offsets[at], lengths[at], values[at]);
      }
    }
  }

  private void set(
      int at, @Nullable MemorySegment bytes, long offset, int length, int hash, int value) {
    segments[at] = bytes;
    offsets[at] = offset;
    lengths[at] = length;
    hashes[at] = hash;
    values[at] = value;
  }

  private int find(MemorySegment bytes, long offset, int length, int hash) {
    int mask = lengths.length - 1;
    int at = hash & mask;
    while (segments[at] != null && (hashes[at] != hash || !equal(at, bytes, offset, length))) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private boolean equal(int at, MemorySegment bytes, long offset, int length) {
    return lengths[at] == length
        && MemorySegment.mismatch(
                segments[at], offsets[at], offsets[at] + length, bytes, offset, offset + length)
            < 0;
  }

  /** Of a name, for all sets. */
  static int hash(MemorySegment bytes, long offset, int length) {
    long hash = length;
    int done = 0;
    for (; done + Long.BYTES <= length; done += Long.BYTES) {
      hash = mix(hash ^ Segments.getLong(bytes, offset + done));
    }
    for (; done < length; done++) {
      hash = mix(hash ^ Segments.getByte(bytes, offset + done));
    }
    return (int) hash;
  }

  /** Low bits depend on all bits. */
  private static long mix(long value) {
    long product = value * 0x9e3779b97f4a7c15L;
    return product ^ product >>> Integer.SIZE;
  }

  private void grow() {
    @Nullable MemorySegment[] oldSegments = segments;
    long[] oldOffsets = offsets;
    int[] oldLengths = lengths;
    int[] oldHashes = hashes;
    int[] oldValues = values;
    int capacity = oldLengths.length * 2;
    segments = new MemorySegment[capacity];
    offsets = new long[capacity];
    lengths = new int[capacity];
    hashes = new int[capacity];
    values = new int[capacity];
    for (int i = 0; i < oldSegments.length; i++) {
      if (oldSegments[i] != null) {
        int at = oldHashes[i] & capacity - 1;
        while (segments[at] != null) {
          at = at + 1 & capacity - 1;
        }
        set(at, oldSegments[i], oldOffsets[i], oldLengths[i], oldHashes[i], oldValues[i]);
      }
    }
  }
}
