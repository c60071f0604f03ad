package dev.linkd.table;

import dev.linkd.os.VirtualMemory;
import dev.linkd.os.VirtualMemoryException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Address range that is reserved once and committed as it grows, so that what is in it never moves.
 * {@link #segment} covers the committed part only: an access beyond it fails the bounds check
 * instead of faulting. Growing is for one thread; other threads may read {@link #segment}
 * meanwhile.
 *
 * <p>The kernel clears a page when it is touched for the first time. Beside a large region that
 * grows another thread does that ahead of the owner; see {@link Populator}.
 */
public final class Region implements AutoCloseable {

  /** Least growth: a commit is a system call. A multiple of every page size in use. */
  private static final long CHUNK_BYTES = 64 * 1024;

  /**
   * Unit of growth of a large region. A page that was touched while its huge page was not wholly
   * committed stays small, so a large region never ends within one.
   */
  static final long HUGE_BYTES = 2 << 20;

  /** From here on the rest of a huge page that is not needed is little beside what is. */
  static final long HUGE_FROM_BYTES = 2 * HUGE_BYTES;

  /**
   * Closing an arena stops every thread for a moment. Hundreds that ask for that at once, as the
   * outputs of a daemon that stops, wake each other up every time that one of them had its turn.
   */
  private static final Object CLOSING = new Object();

  /** From here on a window ahead of the owner is little beside what the region holds. */
  static final long POPULATED_FROM_BYTES = 4 * HUGE_BYTES;

  private final String name;
  private final long limit;
  private final Arena arena;
  private final MemorySegment reservation;
  private final Memory memory;
  private final boolean hugePages;
  private final Populator populator;
  private volatile MemorySegment segment;
  private long committed;

  /** Bytes for which {@link #ensure} has nothing to do; at most the limit and what is committed. */
  private long ready;

  /** What is populated next, once the region is large. */
  private @Nullable PopulatedPart ahead;

  /**
   * Reserves the range.
   *
   * @param name what the region holds, for messages
   * @param reserveBytes the most that {@link #ensure} will accept
   */
  public Region(String name, long reserveBytes) {
    this(name, reserveBytes, Populator.DAEMON);
  }

  /**
   * Reserves the range.
   *
   * @param populator populates memory ahead of the owner; not for a region of which {@link
   *     #mapFile} replaces parts, because it would ask for copies of the file's pages
   */
  Region(String name, long reserveBytes, Populator populator) {
    if (reserveBytes <= 0 || reserveBytes > Long.MAX_VALUE / 2) {
      throw new IllegalArgumentException(name + ": reservation of " + reserveBytes + " bytes");
    }
    this.name = name;
    this.limit = reserveBytes;
    this.arena = Arena.ofShared();
    MemorySegment range;
    try {
      range = VirtualMemory.reserve(roundUp(reserveBytes), arena);
      hugePages = VirtualMemory.adviseHugePages(range);
    } catch (VirtualMemoryException e) {
      arena.close();
      throw new TableFullException(name, reserveBytes, e);
    }
    this.populator = populator;
    this.reservation = range;
    this.memory = new Memory(range);
    this.segment = range.asSlice(0, 0);
  }

  /** The committed part. Read it again after {@link #ensure}. */
  public MemorySegment segment() {
    return segment;
  }

  /** The same bytes for accesses one by one; stays valid when the region grows. */
  public Memory memory() {
    return memory;
  }

  /** Size of the committed part, a multiple of the page size. */
  public long committed() {
    return committed;
  }

  /** The most bytes that the region can hold. */
  public long limit() {
    return limit;
  }

  /**
   * Makes the first {@code bytes} bytes accessible. New memory is zero. Grows by a fraction of the
   * current size, so that the number of system calls is logarithmic.
   *
   * @throws TableFullException beyond the limit, or when the kernel gives no memory
   */
  public void ensure(long bytes) {
    if (bytes <= ready) {
      return;
    }
    if (bytes > limit) {
      throw new TableFullException(name, limit, "bytes");
    }
    boolean populated = committed >= POPULATED_FROM_BYTES && populator.enabled();
    if (populated) {
      commitAhead(bytes);
    }
    if (bytes > committed) {
      commit(bytes);
    }
    ready = Math.min(limit, committed);
    if (populated) {
      ready = Math.min(ready, ahead().passed(bytes, committed));
    }
  }

  /** Lets a window that begins at the end of what is committed be populated before its use, too. */
  private void commitAhead(long bytes) {
    long wanted = Math.min(limit, bytes + 2 * PopulatedPart.window(committed));
    if (wanted <= committed) {
      return;
    }
    try {
      commit(wanted);
    } catch (TableFullException e) {
      // The owner did not ask for so much; it fails if there is not even what it asks for.
    }
  }

  private void commit(long bytes) {
    long wanted = Math.max(bytes, committed + committed / 4);
    long target = Math.min(roundUp(wanted), reservation.byteSize());
    if (hugePages && target >= HUGE_FROM_BYTES) {
      target = Math.min(hugeEnd(target), reservation.byteSize());
    }
    try {
      VirtualMemory.commit(reservation, committed, target);
    } catch (VirtualMemoryException e) {
      throw new TableFullException(name, limit, e);
    }
    committed = target;
    memory.resize(target);
    segment = reservation.asSlice(0, target);
  }

  /**
   * Lets all that is committed be populated, when it is much: for a region that was made in its
   * size and is about to be filled in no order.
   */
  void populate() {
    if (committed >= POPULATED_FROM_BYTES && populator.enabled()) {
      ahead().half(committed);
    }
  }

  private PopulatedPart ahead() {
    PopulatedPart part = ahead;
    if (part == null) {
      part = new PopulatedPart(populator, reservation);
      ahead = part;
    }
    return part;
  }

  /**
   * Gives the memory of the whole pages inside a range back. Bytes of the range that lie in those
   * pages read as zero afterwards; the others keep their value.
   */
  public void discard(long from, long to) {
    if (from < 0 || from > to || to > committed) {
      throw new IllegalArgumentException(name + ": discard of " + from + ".." + to);
    }
    long page = VirtualMemory.pageBytes();
    long first = (from + page - 1) / page * page;
    long end = to / page * page;
    if (first < end) {
      VirtualMemory.discard(reservation, first, end);
    }
  }

  /**
   * Lets committed pages be those of a file, at the same offset, for reading only; see {@link
   * VirtualMemory#mapFile}.
   */
  void mapFile(long from, long to, int descriptor) {
    VirtualMemory.mapFile(reservation, from, to, descriptor);
  }

  /** Lets such pages be memory again, which is zero. */
  void mapMemory(long from, long to) {
    VirtualMemory.mapMemory(reservation, from, to);
  }

  /** Gives everything back. Segments handed out earlier cannot be accessed any more. */
  @Override
  public void close() {
    memory.resize(0);
    if (ahead != null) {
      ahead.close();
    }
    synchronized (CLOSING) {
      arena.close();
    }
  }

  /** The end of the huge page that contains the last byte; reservations may start anywhere. */
  private long hugeEnd(long bytes) {
    return hugeEnd(reservation, bytes);
  }

  static long hugeEnd(MemorySegment reservation, long bytes) {
    long end = reservation.address() + bytes;
    return (end + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES - reservation.address();
  }

  private static long roundUp(long bytes) {
    return (bytes + CHUNK_BYTES - 1) / CHUNK_BYTES * CHUNK_BYTES;
  }
}
