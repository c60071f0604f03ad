package dev.linkd.elf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A list of row numbers that keeps its storage. A long one consists of chunks, so that it grows
 * without being copied: copies of millions of rows would be most of the garbage of a first link.
 */
final class IntQueue {
  private static final int CAPACITY_MIN = 64;
  private static final int CHUNK_BITS = 14;

  /** Storage that a queue keeps: small beside its output, and enough for nearly all updates. */
  private static final int KEPT_MAX = 1024;

  private static final int CHUNK = 1 << CHUNK_BITS;

  /** The first rows; later ones are in {@link #chunks} when it is as long as a chunk. */
  private int[] rows = new int[CAPACITY_MIN];

  /** Chunk number 0 is {@link #rows}; empty until there are more. */
  private final List<int[]> chunks = new ArrayList<>(0);

  /** The chunk that was added to last, and its number. */
  private int[] tail = rows;

  private int tailNumber;

  private int size;

  void add(int row) {
    if (size < rows.length) {
      rows[size++] = row;
      return;
    }
    if (size < CHUNK) {
      rows = Arrays.copyOf(rows, size * 2);
      rows[size++] = row;
      return;
    }
    if (size >>> CHUNK_BITS != tailNumber) {
      tailNumber = size >>> CHUNK_BITS;
      tail = laterChunk(tailNumber);
    }
    tail[size++ & CHUNK - 1] = row;
  }

  private int[] laterChunk(int number) {
    if (chunks.isEmpty()) {
      chunks.add(rows);
    }
    if (number == chunks.size()) {
      chunks.add(new int[CHUNK]);
    }
    return chunks.get(number);
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int get(int index) {
    return chunk(index)[index & CHUNK - 1];
  }

  void set(int index, int row) {
    chunk(index)[index & CHUNK - 1] = row;
  }

  private int[] chunk(int index) {
    return index < CHUNK ? rows : chunks.get(index >>> CHUNK_BITS);
  }

  /** A copy of all entries. */
  int[] toArray() {
    int[] all = Arrays.copyOf(rows, size);
    for (int at = CHUNK; at < size; at += CHUNK) {
      System.arraycopy(chunk(at), 0, all, at, Math.min(CHUNK, size - at));
    }
    return all;
  }

  /** Bytes of the storage. */
  long bytes() {
    return (rows.length + (long) Math.max(0, chunks.size() - 1) * CHUNK) * Integer.BYTES;
  }

  int removeLast() {
    size--;
    return get(size);
  }

  /** Removes an entry; the last one takes its place. */
  void removeAt(int index) {
    set(index, removeLast());
  }

  void truncate(int newSize) {
    size = newSize;
  }

  void clear() {
    size = 0;
  }

  /** Clears, and gives storage back that only a change to very much needs. */
  void clearAndShrink() {
    size = 0;
    chunks.clear();
    if (rows.length > KEPT_MAX) {
      rows = new int[CAPACITY_MIN];
    }
    tail = rows;
    tailNumber = 0;
  }
}
