package dev.linkd.os;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Private anonymous memory whose address range is reserved first and backed later (mmap(2),
 * mprotect(2), madvise(2)). A reservation costs address space only; a committed page costs memory
 * once it is written.
 */
public final class VirtualMemory {

  private static final int PROT_NONE = 0;
  private static final int PROT_READ = 1;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_FIXED = 0x2 | 0x10;
  private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x2 | 0x20 | 0x4000;
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_HUGEPAGE = 14;
  private static final int MADV_POPULATE_WRITE = 23;
  private static final int SC_PAGESIZE = 30;
  private static final long MAP_FAILED = -1;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBC = LINKER.defaultLookup();
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle MMAP =
      function(
          "mmap",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG));
  private static final MethodHandle MPROTECT = rangeFunction("mprotect");
  private static final MethodHandle MADVISE = rangeFunction("madvise");
  private static final MethodHandle MUNMAP =
      function(
          "munmap",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

  private static final long PAGE_BYTES = readPageBytes();

  /** Whether the kernel knows the advice, which is new in Linux 5.14. */
  private static final boolean POPULATES = advise(0, 0, MADV_POPULATE_WRITE);

  private VirtualMemory() {}

  /** Size of a page; every range below starts and ends at a multiple of it. */
  public static long pageBytes() {
    return PAGE_BYTES;
  }

  /**
   * Reserves an address range that faults on access until it is committed. The range is given back
   * when {@code arena} closes.
   *
   * @throws VirtualMemoryException if the process has no such range left
   */
  public static MemorySegment reserve(long bytes, Arena arena) {
    requirePages(0, bytes);
    try (Arena call = Arena.ofConfined()) {
      MemorySegment state = call.allocate(CALL_STATE);
      long address =
          (long)
              MMAP.invokeExact(
                  state, 0L, bytes, PROT_NONE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
      if (address == MAP_FAILED) {
        throw failure("mmap", bytes, state);
      }
      return MemorySegment.ofAddress(address).reinterpret(bytes, arena, VirtualMemory::release);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /**
   * Makes a part of a reservation readable and writable. Pages that were never written read as
   * zero.
   *
   * @throws VirtualMemoryException if the kernel refuses
   */
  public static void commit(MemorySegment reservation, long from, long to) {
    range("mprotect", MPROTECT, reservation, from, to, PROT_READ_WRITE);
  }

  /** Gives the memory behind a committed range back; it stays committed and reads as zero. */
  public static void discard(MemorySegment reservation, long from, long to) {
    range("madvise", MADVISE, reservation, from, to, MADV_DONTNEED);
  }

  /**
   * Asks for huge pages wherever the committed part of a reservation contains a whole one: fewer
   * faults while it fills, and fewer misses of the address translation when it is large. A kernel
   * without them, or with all of them used up, gives small pages.
   *
   * @return whether the kernel takes the advice
   */
  public static boolean adviseHugePages(MemorySegment reservation) {
    return advise(reservation.address(), reservation.byteSize(), MADV_HUGEPAGE);
  }

  /** Whether {@link #populate} can do anything. */
  public static boolean populates() {
    return POPULATES;
  }

  /**
   * Backs a committed range by memory, as if somebody had written to each of its pages, so that who
   * does so later need not wait for the kernel to clear them. What was written before, or is
   * meanwhile, stays. The reservation must still be there.
   *
   * @return whether all was done: not by a kernel older than Linux 5.14, nor without memory, nor in
   *     a mapping that is for reading only
   */
  public static boolean populate(MemorySegment reservation, long from, long to) {
    requireWithin(reservation, from, to);
    return POPULATES && advise(reservation.address() + from, to - from, MADV_POPULATE_WRITE);
  }

  /**
   * Replaces a committed range by the same range of a file, for reading only. Who reads meanwhile
   * sees what was there before or what is in the file, and never anything else.
   *
   * @throws VirtualMemoryException if the kernel refuses, as it does when there are too many
   *     mappings
   */
  public static void mapFile(MemorySegment reservation, long from, long to, int descriptor) {
    map(reservation, from, to, PROT_READ, MAP_PRIVATE_FIXED, descriptor);
  }

  /** Replaces such a range by memory that reads as zero. */
  public static void mapMemory(MemorySegment reservation, long from, long to) {
    int flags = MAP_PRIVATE_ANONYMOUS_NORESERVE | MAP_PRIVATE_FIXED;
    map(reservation, from, to, PROT_READ_WRITE, flags, -1);
    adviseHugePages(reservation.asSlice(from, to - from));
  }

  private static void map(
      MemorySegment reservation, long from, long to, int access, int flags, int descriptor) {
    requireWithin(reservation, from, to);
    try (Arena call = Arena.ofConfined()) {
      MemorySegment state = call.allocate(CALL_STATE);
      long wanted = reservation.address() + from;
      long position = descriptor < 0 ? 0 : from;
      long address =
          (long) MMAP.invokeExact(state, wanted, to - from, access, flags, descriptor, position);
      if (address != wanted) {
        throw failure("mmap", to - from, state);
      }
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  private static void release(MemorySegment reservation) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment state = call.allocate(CALL_STATE);
      int result = (int) MUNMAP.invokeExact(state, reservation.address(), reservation.byteSize());
      if (result != 0) {
        throw failure("munmap", reservation.byteSize(), state);
      }
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  private static void range(
      String name, MethodHandle function, MemorySegment reservation, long from, long to, int how) {
    requireWithin(reservation, from, to);
    try (Arena call = Arena.ofConfined()) {
      MemorySegment state = call.allocate(CALL_STATE);
      int result = (int) function.invokeExact(state, reservation.address() + from, to - from, how);
      if (result != 0) {
        throw failure(name, to - from, state);
      }
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  private static boolean advise(long address, long bytes, int advice) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment state = call.allocate(CALL_STATE);
      return 0 == (int) MADVISE.invokeExact(state, address, bytes, advice);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  private static void requireWithin(MemorySegment reservation, long from, long to) {
    if (to > reservation.byteSize()) {
      throw new IllegalArgumentException("range ends at " + to + ", outside the reservation");
    }
    requirePages(from, to);
  }

  private static void requirePages(long from, long to) {
    if (from < 0 || to <= from || (from | to) % PAGE_BYTES != 0) {
      throw new IllegalArgumentException("not a range of pages: " + from + ".." + to);
    }
  }

  private static long readPageBytes() {
    MethodHandle sysconf =
        LINKER.downcallHandle(
            LIBC.findOrThrow("sysconf"),
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    try {
      return (long) sysconf.invokeExact(SC_PAGESIZE);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  private static MethodHandle rangeFunction(String name) {
    return function(
        name,
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT));
  }

  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(
        LIBC.findOrThrow(name), descriptor, Linker.Option.captureCallState("errno"));
  }

  private static VirtualMemoryException failure(String call, long bytes, MemorySegment state) {
    return new VirtualMemoryException(call, bytes, (int) ERRNO.get(state, 0L));
  }

  /** Method handles declare Throwable; what these calls throw is unchecked. */
  private static RuntimeException unchecked(Throwable e) {
    return switch (e) {
      case RuntimeException unchecked -> unchecked;
      case Error error -> throw error;
      default -> new IllegalStateException(e);
    };
  }
}
