package dev.linkd.table;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * Interned byte strings: equal strings have one id, and ids are dense. A name lives as long as it
 * is used: whoever keeps an id {@linkplain #retain retains} it. A name that nobody retains stays
 * until the next {@link #sweep}, so that a request can intern names first and use them later. For
 * one thread at a time.
 */
public final class Names implements AutoCloseable {

  public static final int NONE = RowTable.NONE;

  private static final int SCRATCH_BYTES = 256;

  private final NameRows rows;
  private final NameIndex index;
  private final ByteHeap heap;
  private final SipHash sipHash;

  /** Sum of what was read ahead last. */
  private int sum;

  /** Texts are copied out of the heap, so that the code sees segments of one class only. */
  private MemorySegment scratch = Arena.ofAuto().allocate(SCRATCH_BYTES);

  /**
   * Creates an empty table with a random hash key.
   *
   * @param maxNames limit of names
   * @param maxBytes limit of the bytes of all names, each rounded up to {@link
   *     ByteHeap#GRANULE_BYTES}
   */
  public Names(String name, int maxNames, long maxBytes) {
    SecureRandom random = new SecureRandom();
    this.sipHash = new SipHash(random.nextLong(), random.nextLong());
    this.rows = new NameRows(name, maxNames);
    this.index = new NameIndex(name + " (index)");
    this.heap = new ByteHeap(name + " (bytes)", maxBytes);
  }

  /**
   * Finds or adds a name.
   *
   * @throws TableFullException at a limit; nothing is changed then
   */
  public int intern(MemorySegment bytes, long offset, int length) {
    return intern(bytes, offset, length, hash(bytes, offset, length));
  }

  private int intern(MemorySegment bytes, long offset, int length, int hash) {
    int id = find(bytes, offset, length, hash);
    if (id != NONE) {
      return id;
    }
    index.ensureRoom();
    long place = heap.allocate(length);
    try {
      id = rows.add(place, length, hash);
    } catch (TableFullException e) {
      heap.free(place, length);
      throw e;
    }
    Segments.copy(bytes, offset, heap.segment(), place, length);
    index.add(hash, id);
    return id;
  }

  /**
   * Finds or adds many names. In a large table each name is some cache misses, one after the other;
   * here those of all names are under way at once.
   *
   * @param offsets where each name is
   * @param lengths how long each is
   * @param ids receives the ids
   */
  public void intern(MemorySegment bytes, long[] offsets, int[] lengths, int count, int[] ids) {
    int[] hashes = ids;
    int touched = 0;
    for (int i = 0; i < count; i++) {
      hashes[i] = hash(bytes, offsets[i], lengths[i]);
      touched += index.hash(index.start(hashes[i]));
    }
    for (int i = 0; i < count; i++) {
      int slot = index.start(hashes[i]);
      int id = index.id(slot);
      if (id != NONE && index.hash(slot) == hashes[i]) {
        touched += rows.length(id);
      }
    }
    for (int i = 0; i < count; i++) {
      int slot = index.start(hashes[i]);
      int id = index.id(slot);
      if (id != NONE && index.hash(slot) == hashes[i]) {
        touched += Segments.getByte(heap.segment(), rows.offset(id));
      }
    }
    sum = touched;
    for (int i = 0; i < count; i++) {
      ids[i] = intern(bytes, offsets[i], lengths[i], hashes[i]);
    }
  }

  /** Something that depends on every read ahead, so that no compiler may leave one out. */
  public int sum() {
    return sum;
  }

  /** Finds or adds a name in UTF-8. */
  public int intern(String name) {
    int length = encode(name); // first, as it may make a larger scratch
    return intern(scratch, 0, length);
  }

  /** The id of a name, or NONE. */
  public int find(MemorySegment bytes, long offset, int length) {
    return find(bytes, offset, length, hash(bytes, offset, length));
  }

  public int find(String name) {
    int length = encode(name);
    return find(scratch, 0, length);
  }

  /** Puts a name into the scratch; returns its length. */
  private int encode(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > scratch.byteSize()) {
      scratch = Arena.ofAuto().allocate(bytes.length * 2L);
    }
    Segments.copy(bytes, scratch, 0);
    return bytes.length;
  }

  /** The name as text; bytes that are not UTF-8 become replacement characters. */
  public String string(int id) {
    rows.requireLive(id);
    byte[] bytes = new byte[rows.length(id)];
    MemorySegment.copy(
        heap.segment(), ValueLayout.JAVA_BYTE, rows.offset(id), bytes, 0, bytes.length);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  public int length(int id) {
    return rows.length(id);
  }

  /** The bytes of all names; read it again after {@link #intern}. */
  public MemorySegment bytes() {
    return heap.segment();
  }

  /** Where the bytes of a name are in {@link #bytes}. */
  public long offset(int id) {
    return rows.offset(id);
  }

  /** A hash of the name, different in every process. */
  public int hash(int id) {
    return rows.hash(id);
  }

  /** A number that the owner of the table keeps with a name; {@link #NONE} at first. */
  public int tag(int id) {
    return rows.tag(id);
  }

  public void setTag(int id, int tag) {
    rows.setTag(id, tag);
  }

  /** Whether the id is in use. */
  public boolean live(int id) {
    return rows.live(id);
  }

  /**
   * Tells the name with an id from others that had the id before: as long as it is the same, the id
   * is of the same name. 0 when the id is not in use.
   */
  public int birth(int id) {
    return rows.birth(id);
  }

  /** Number of uses. */
  public int uses(int id) {
    return rows.uses(id);
  }

  public void retain(int id) {
    rows.requireLive(id);
    rows.setUses(id, Math.incrementExact(rows.uses(id)));
  }

  /** Ends one use. The id stays valid until the next {@link #sweep}. */
  public void release(int id) {
    rows.requireLive(id);
    int uses = rows.uses(id);
    if (uses == 0) {
      throw new IllegalStateException("name " + id + " is not in use");
    }
    rows.setUses(id, uses - 1);
    if (uses == 1) {
      rows.nominate(id);
    }
  }

  /**
   * Removes the names that nobody uses. Looks only at names that were interned or lost their last
   * use since the previous sweep.
   */
  public void sweep() {
    for (int id = rows.pollCandidate(); id != NONE; id = rows.pollCandidate()) {
      if (rows.uses(id) == 0) {
        index.remove(rows.hash(id), id);
        heap.free(rows.offset(id), rows.length(id));
        rows.free(id);
      }
    }
  }

  /** Number of names. */
  public int size() {
    return rows.size();
  }

  /** Space used by the bytes of the names. */
  public long bytesUsed() {
    return heap.used();
  }

  /** Bytes of committed memory of all tables. */
  public long committed() {
    return rows.bytes() + index.bytes() + heap.committed();
  }

  public boolean equals(int id, MemorySegment bytes, long offset, int length) {
    return rows.length(id) == length
        && Segments.equal(heap.segment(), rows.offset(id), bytes, offset, length);
  }

  /** Order of two names by their bytes, unsigned. */
  public int compare(int a, int b) {
    MemorySegment bytes = heap.segment();
    long atA = rows.offset(a);
    long atB = rows.offset(b);
    int common = Math.min(rows.length(a), rows.length(b));
    long difference = MemorySegment.mismatch(bytes, atA, atA + common, bytes, atB, atB + common);
    if (difference < 0) {
      return Integer.compare(rows.length(a), rows.length(b));
    }
    return Byte.compareUnsigned(
        Segments.getByte(bytes, atA + difference), Segments.getByte(bytes, atB + difference));
  }

  @Override
  public void close() {
    rows.close();
    index.close();
    heap.close();
  }

  private int hash(MemorySegment bytes, long offset, int length) {
    long hash = sipHash.hash(bytes, offset, length);
    return (int) (hash ^ hash >>> 32);
  }

  private int find(MemorySegment bytes, long offset, int length, int hash) {
    int slot = index.start(hash);
    for (int id = index.id(slot); id != NONE; slot = index.next(slot), id = index.id(slot)) {
      if (index.hash(slot) == hash && equals(id, bytes, offset, length)) {
        return id;
      }
    }
    return NONE;
  }
}
