package dev.linkd.table;

import dev.linkd.os.VirtualMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Memory in whole pages for bytes that are written once and then only read, like the contents of
 * files. Pages that nobody is going to read soon can be exchanged for those of a file with the same
 * bytes: the addresses stay, and whoever reads them has the kernel fetch the page. Thread-safe, but
 * {@link #exchange}, {@link #reclaim} and {@link #dropFiled} are for one thread at a time: most of
 * their system calls are made without the lock that those who allocate need.
 *
 * <p>What is freed while its pages are those of a file becomes free at the next {@link #reclaim},
 * because that takes system calls, and who frees it is in a hurry.
 */
public final class PageHeap implements AutoCloseable {

  /** Mappings of which a process may have 65,530 (vm.max_map_count). */
  private static final int EXTENTS_MAX = 4096;

  private static final int PAGE_BYTES = Math.toIntExact(VirtualMemory.pageBytes());

  /** Pages {@code [first, first + count)}. */
  private record Pages(int first, int count) {}

  /** The memory that a file is exchanged for. */
  @FunctionalInterface
  public interface Filler {
    /** Gives the file's blocks of a range back. */
    void punch(long from, long to);
  }

  private final RunAllocator pages;

  /** The pages of a file. */
  private final BitSet filed = new BitSet();

  private final Deque<Pages> freed = new ArrayDeque<>();
  private int extents;

  /**
   * Reserves address space.
   *
   * @param reserveBytes the limit
   */
  public PageHeap(String name, long reserveBytes) {
    int limit = Math.toIntExact(reserveBytes / PAGE_BYTES);
    pages = new RunAllocator(name, PAGE_BYTES, limit, Populator.NONE);
  }

  /**
   * Takes memory; what it holds is undefined.
   *
   * @throws TableFullException at the limit; nothing is changed then
   */
  public NativeBytes allocate(long size) {
    if (size < 0) {
      throw new IllegalArgumentException(size + " bytes");
    }
    int count = Math.toIntExact((size + PAGE_BYTES - 1) / PAGE_BYTES);
    if (count == 0) {
      return NativeBytes.allocate(0);
    }
    synchronized (this) {
      int first = pages.allocate(count);
      MemorySegment bytes = pages.region().segment().asSlice((long) first * PAGE_BYTES, size);
      return NativeBytes.of(bytes, () -> free(first, count));
    }
  }

  private synchronized void free(int first, int count) {
    if (filed.get(first)) {
      freed.add(new Pages(first, count));
    } else {
      pages.free(first, count);
    }
  }

  /** Offset of the first page of what {@link #allocate} gave. */
  public long offset(MemorySegment bytes) {
    return bytes.address() - pages.region().segment().address();
  }

  /** The end of the last page. */
  public static long pagesEnd(long offset, long size) {
    return (offset + size + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
  }

  /** The bytes of a range of pages. */
  public MemorySegment bytes(long from, long to) {
    return pages.region().segment().asSlice(from, to - from).asReadOnly();
  }

  /** Whether pages are those of a file. */
  public synchronized boolean filed(long offset) {
    return filed.get((int) (offset / PAGE_BYTES));
  }

  /**
   * Exchanges pages in use for those of a file, which has the same bytes at the same offset.
   *
   * @return whether it was done: not when there are too many separate ranges
   */
  public synchronized boolean exchange(long from, long to, int descriptor) {
    if (extents >= EXTENTS_MAX) {
      return false;
    }
    pages.region().mapFile(from, to, descriptor);
    filed.set((int) (from / PAGE_BYTES), (int) (to / PAGE_BYTES));
    countExtents();
    return true;
  }

  /** Gives back the memory of what is in a file; it is fetched again when it is read. */
  public void dropFiled() {
    for (Pages each = nextFiled(0); each != null; each = nextFiled(each.first + each.count)) {
      pages.region().discard(start(each), end(each));
    }
  }

  private synchronized @Nullable Pages nextFiled(int from) {
    int first = filed.nextSetBit(from);
    return first < 0 ? null : new Pages(first, filed.nextClearBit(first) - first);
  }

  /**
   * Makes pages that were freed in a file usable again.
   *
   * @param disturbed whether this has to wait; asked after each range
   * @return whether all are usable
   */
  public boolean reclaim(Filler file, BooleanSupplier disturbed) {
    Pages each = nextFreed();
    while (each != null) {
      // Nobody else refers to these pages, so others can allocate during the system calls.
      pages.region().mapMemory(start(each), end(each));
      file.punch(start(each), end(each));
      makeFree(each);
      each = disturbed.getAsBoolean() ? null : nextFreed();
    }
    return reclaimed();
  }

  private synchronized @Nullable Pages nextFreed() {
    return freed.poll();
  }

  private synchronized void makeFree(Pages each) {
    filed.clear(each.first, each.first + each.count);
    pages.free(each.first, each.count);
  }

  private synchronized boolean reclaimed() {
    countExtents();
    return freed.isEmpty();
  }

  private static long start(Pages each) {
    return (long) each.first * PAGE_BYTES;
  }

  private static long end(Pages each) {
    return start(each) + (long) each.count * PAGE_BYTES;
  }

  private void countExtents() {
    extents = 0;
    for (int first = filed.nextSetBit(0); first >= 0; ) {
      extents++;
      first = filed.nextSetBit(filed.nextClearBit(first));
    }
  }

  /** Bytes in use, in whole pages, of which those that were freed in a file are some. */
  public synchronized long used() {
    return (long) pages.size() * PAGE_BYTES;
  }

  /** Bytes whose place is a file. */
  public synchronized long filedBytes() {
    return (long) filed.cardinality() * PAGE_BYTES;
  }

  @Override
  public void close() {
    pages.close();
  }
}
