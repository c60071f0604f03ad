package dev.linkd.table;

import static dev.linkd.table.Layouts.BYTE;
import static dev.linkd.table.Layouts.INT;
import static dev.linkd.table.Layouts.LONG;
import static dev.linkd.table.Layouts.SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.internal.misc.Unsafe;

/**
 * Little-endian fields and ranges of segments, for what is done millions of times in a link. Bounds
 * are checked as {@link MemorySegment} does. That a segment is still open is checked only where
 * assertions are on, as in tests: its owner's life, a link's or a request's, decides on that.
 *
 * <p>The reason is that of {@link Memory}. Segments of an array take the way of the JDK.
 */
public final class Segments {
  private static final Unsafe UNSAFE = Unsafe.getUnsafe();
  private static final long ONES = 0x0101010101010101L;
  private static final int STRIDE = 4 * Long.BYTES;
  private static final long HIGHS = 0x8080808080808080L;

  private Segments() {}

  public static byte getByte(MemorySegment segment, long at) {
    return segment.isNative()
        ? UNSAFE.getByte(address(segment, at, Byte.BYTES))
        : segment.get(BYTE, at);
  }

  public static short getShort(MemorySegment segment, long at) {
    return segment.isNative()
        ? UNSAFE.getShort(address(segment, at, Short.BYTES))
        : segment.get(SHORT, at);
  }

  public static int getInt(MemorySegment segment, long at) {
    return segment.isNative()
        ? UNSAFE.getInt(address(segment, at, Integer.BYTES))
        : segment.get(INT, at);
  }

  public static long getLong(MemorySegment segment, long at) {
    return segment.isNative()
        ? UNSAFE.getLong(address(segment, at, Long.BYTES))
        : segment.get(LONG, at);
  }

  public static void setByte(MemorySegment segment, long at, byte value) {
    if (segment.isNative()) {
      UNSAFE.putByte(writable(segment, at, Byte.BYTES), value);
    } else {
      segment.set(BYTE, at, value);
    }
  }

  public static void setShort(MemorySegment segment, long at, short value) {
    if (segment.isNative()) {
      UNSAFE.putShort(writable(segment, at, Short.BYTES), value);
    } else {
      segment.set(SHORT, at, value);
    }
  }

  public static void setInt(MemorySegment segment, long at, int value) {
    if (segment.isNative()) {
      UNSAFE.putInt(writable(segment, at, Integer.BYTES), value);
    } else {
      segment.set(INT, at, value);
    }
  }

  public static void setLong(MemorySegment segment, long at, long value) {
    if (segment.isNative()) {
      UNSAFE.putLong(writable(segment, at, Long.BYTES), value);
    } else {
      segment.set(LONG, at, value);
    }
  }

  /** Copies bytes; the ranges may overlap. */
  public static void copy(
      MemorySegment from, long fromAt, MemorySegment to, long toAt, long length) {
    if (from.isNative() && to.isNative()) {
      UNSAFE.copyMemory(address(from, fromAt, length), writable(to, toAt, length), length);
    } else {
      MemorySegment.copy(from, fromAt, to, toAt, length);
    }
  }

  /** Copies bytes of an array. */
  public static void copy(byte[] from, MemorySegment to, long toAt) {
    if (to.isNative()) {
      long address = writable(to, toAt, from.length);
      UNSAFE.copyMemory(from, Unsafe.ARRAY_BYTE_BASE_OFFSET, null, address, from.length);
    } else {
      MemorySegment.copy(from, 0, to, ValueLayout.JAVA_BYTE, toAt, from.length);
    }
  }

  /** Sets all bytes of a range. */
  public static void fill(MemorySegment segment, long at, long length, byte value) {
    if (segment.isNative()) {
      UNSAFE.setMemory(writable(segment, at, length), length, value);
    } else {
      segment.asSlice(at, length).fill(value);
    }
  }

  /** Whether two ranges have the same bytes. */
  public static boolean equal(MemorySegment a, long aAt, MemorySegment b, long bAt, long length) {
    if (!a.isNative() || !b.isNative()) {
      return MemorySegment.mismatch(a, aAt, aAt + length, b, bAt, bAt + length) < 0;
    }
    long first = address(a, aAt, length);
    long second = address(b, bAt, length);
    long done = 0;
    for (; done + STRIDE <= length; done += STRIDE) {
      if (differ(first + done, second + done)) {
        return false;
      }
    }
    // One branch for what is left, whatever its length: code is compiled again when a branch goes
    // another way for the first time, and names of the same hash differ seldom.
    long different = 0;
    for (; done + Long.BYTES <= length; done += Long.BYTES) {
      different |= UNSAFE.getLong(first + done) ^ UNSAFE.getLong(second + done);
    }
    if (done == 0) {
      different = shortWord(first, (int) length) ^ shortWord(second, (int) length);
    } else {
      // The last bytes with some of those before them, which are equal.
      done = length - Long.BYTES;
      different |= UNSAFE.getLong(first + done) ^ UNSAFE.getLong(second + done);
    }
    return different == 0;
  }

  /** Four words at once, without a branch between them. */
  private static boolean differ(long first, long second) {
    return ((UNSAFE.getLong(first) ^ UNSAFE.getLong(second))
            | (UNSAFE.getLong(first + Long.BYTES) ^ UNSAFE.getLong(second + Long.BYTES))
            | (UNSAFE.getLong(first + 2 * Long.BYTES) ^ UNSAFE.getLong(second + 2 * Long.BYTES))
            | (UNSAFE.getLong(first + 3 * Long.BYTES) ^ UNSAFE.getLong(second + 3 * Long.BYTES)))
        != 0;
  }

  /** Distance from {@code at} to the first NUL before {@code limit}, or to {@code limit}. */
  public static long lengthUntilNul(MemorySegment segment, long at, long limit) {
    long length = Math.max(0, limit - at);
    long done = 0;
    if (segment.isNative()) {
      long address = address(segment, at, length);
      for (; done + Long.BYTES <= length; done += Long.BYTES) {
        long zeros = zeros(UNSAFE.getLong(address + done));
        if (zeros != 0) {
          // Bits above the lowest one may be false; the lowest marks the first zero byte.
          return done + (Long.numberOfTrailingZeros(zeros) >>> 3);
        }
      }
      if (done > 0) {
        // The last bytes with some of those before them, which are not zero.
        done = length - Long.BYTES;
        long zeros = zeros(UNSAFE.getLong(address + done));
        return zeros == 0 ? length : done + (Long.numberOfTrailingZeros(zeros) >>> 3);
      }
      long zeros = zeros(shortWord(address, (int) length));
      return zeros == 0 ? length : Long.numberOfTrailingZeros(zeros) >>> 3;
    }
    while (done < length && getByte(segment, at + done) != 0) {
      done++;
    }
    return done;
  }

  /** Less than eight bytes as a word whose other bytes are not zero. */
  private static long shortWord(long address, int length) {
    long word = -1L << Byte.SIZE * length;
    int done = length & Integer.BYTES;
    if (done != 0) {
      word |= UNSAFE.getInt(address) & 0xffff_ffffL;
    }
    if ((length & Short.BYTES) != 0) {
      word |= (UNSAFE.getShort(address + done) & 0xffffL) << Byte.SIZE * done;
      done += Short.BYTES;
    }
    if ((length & Byte.BYTES) != 0) {
      word |= (UNSAFE.getByte(address + done) & 0xffL) << Byte.SIZE * done;
    }
    return word;
  }

  /** Not zero if one of the bytes of the word is zero. */
  private static long zeros(long word) {
    return (word - ONES) & ~word & HIGHS;
  }

  private static long address(MemorySegment segment, long at, long length) {
    if (at < 0 || length < 0 || at > segment.byteSize() - length) {
      throw outside(segment, at, length);
    }
    assert segment.scope().isAlive();
    return segment.address() + at;
  }

  private static long writable(MemorySegment segment, long at, long length) {
    if (segment.isReadOnly()) {
      // As the JDK does: the bytes of an input belong to all outputs that use it.
      throw new IllegalArgumentException("read-only segment");
    }
    return address(segment, at, length);
  }

  private static IndexOutOfBoundsException outside(MemorySegment segment, long at, long length) {
    return new IndexOutOfBoundsException(length + " bytes at " + at + " of " + segment.byteSize());
  }
}
