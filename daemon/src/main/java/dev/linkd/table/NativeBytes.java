package dev.linkd.table;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.internal.misc.Unsafe;
import org.jspecify.annotations.Nullable;

/**
 * Memory for bytes that are written at once by their owner, such as those of a file, and freed by
 * it. What it holds first is undefined.
 *
 * <p>A shared {@link Arena} fills its memory with zeros and stops every thread when it is closed,
 * which a link that replaces a thousand inputs would pay a thousand times. Where assertions are on,
 * as in tests, the memory is one all the same, so that an access after {@link #close} is found; see
 * docs/adr/0004-checked-raw-memory.md.
 */
public final class NativeBytes implements AutoCloseable {
  private static final Unsafe UNSAFE = Unsafe.getUnsafe();
  private static final boolean CHECKED = NativeBytes.class.desiredAssertionStatus();

  private final MemorySegment segment;
  private final @Nullable Arena arena;
  private final Runnable free;
  private boolean closed;

  private NativeBytes(MemorySegment segment, @Nullable Arena arena, Runnable free) {
    this.segment = segment;
    this.arena = arena;
    this.free = free;
  }

  /**
   * Takes memory.
   *
   * @throws OutOfMemoryError when there is none
   */
  public static NativeBytes allocate(long size) {
    return allocate(size, CHECKED);
  }

  static NativeBytes allocate(long size, boolean checked) {
    if (size < 0) {
      throw new IllegalArgumentException(size + " bytes");
    }
    if (checked) {
      Arena arena = Arena.ofShared();
      return new NativeBytes(arena.allocate(size), arena, () -> {});
    }
    long address = UNSAFE.allocateMemory(Math.max(1, size));
    return new NativeBytes(
        MemorySegment.ofAddress(address).reinterpret(size), null, () -> UNSAFE.freeMemory(address));
  }

  /**
   * Memory that somebody else has taken.
   *
   * @param free gives it back
   */
  static NativeBytes of(MemorySegment memory, Runnable free) {
    MemorySegment bytes = MemorySegment.ofAddress(memory.address());
    if (CHECKED) {
      Arena arena = Arena.ofShared();
      return new NativeBytes(bytes.reinterpret(memory.byteSize(), arena, null), arena, free);
    }
    return new NativeBytes(bytes.reinterpret(memory.byteSize()), null, free);
  }

  public MemorySegment segment() {
    return segment;
  }

  /** Frees the memory, once; after that nothing may touch it. */
  @Override
  public void close() {
    if (closed) {
      throw new IllegalStateException("freed twice");
    }
    closed = true;
    if (arena != null) {
      arena.close();
    }
    free.run();
  }
}
