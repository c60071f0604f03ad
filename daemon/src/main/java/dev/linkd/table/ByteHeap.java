package dev.linkd.table;

import java.lang.foreign.MemorySegment;

/**
 * Space for byte strings of any size at offsets that stay valid until they are freed. Freed space
 * is joined and reused; large free parts give their memory back. {@link #allocate} and {@link
 * #free} may be called by any thread; bytes are read and written without a lock by whoever was
 * given the offset.
 */
public final class ByteHeap implements AutoCloseable {

  /** Offsets are multiples of this; sizes are rounded up to it. */
  public static final int GRANULE_BYTES = RunAllocator.ROW_BYTES_MIN;

  private final String name;
  private final RunAllocator granules;

  /**
   * Reserves address space.
   *
   * @param reserveBytes the limit, at most 2^31 granules (32 GiB)
   */
  public ByteHeap(String name, long reserveBytes) {
    long count = reserveBytes / GRANULE_BYTES;
    if (count <= 0 || count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(name + ": reservation of " + reserveBytes + " bytes");
    }
    this.name = name;
    this.granules = new RunAllocator(name, GRANULE_BYTES, (int) count);
  }

  /**
   * Finds space for {@code size} bytes. Its content is unspecified. No space is used for size 0.
   *
   * @return the offset
   * @throws TableFullException at the limit; nothing is changed then
   */
  public synchronized long allocate(long size) {
    int count = granules(size);
    return count == 0 ? 0 : (long) granules.allocate(count) * GRANULE_BYTES;
  }

  /** Gives back what {@link #allocate} returned for this size. */
  public synchronized void free(long offset, long size) {
    int count = granules(size);
    if (count == 0) {
      return;
    }
    if (offset < 0 || offset % GRANULE_BYTES != 0) {
      throw new IllegalArgumentException(name + ": no allocation at " + offset);
    }
    granules.free(Math.toIntExact(offset / GRANULE_BYTES), count);
  }

  /** The accessible bytes; read it again after {@link #allocate}. */
  public MemorySegment segment() {
    return granules.region().segment();
  }

  /** Bytes in use, rounded up to granules. */
  public synchronized long used() {
    return (long) granules.size() * GRANULE_BYTES;
  }

  /** Bytes of committed memory. */
  public synchronized long committed() {
    return granules.bytes();
  }

  @Override
  public void close() {
    granules.close();
  }

  private int granules(long size) {
    if (size < 0) {
      throw new IllegalArgumentException(name + ": size " + size);
    }
    long count = (size >>> 4) + ((size & (GRANULE_BYTES - 1)) == 0 ? 0 : 1);
    if (count > Integer.MAX_VALUE) {
      throw new TableFullException(name, (long) Integer.MAX_VALUE * GRANULE_BYTES, "bytes");
    }
    return (int) count;
  }
}
