package dev.linkd.table;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.internal.misc.Unsafe;

/**
 * The accessible bytes of a {@link Region}: little-endian fields at any offset, each access checked
 * against the committed size. The object stays the same while the region grows. After the region is
 * closed every access fails the check.
 *
 * <p>Why not {@link MemorySegment}: one access of a row is a dozen nested calls there, which cost
 * nothing once the optimising compiler has joined them, but ten times as much before, and most of
 * that compiler's own time. The first link of a fresh daemon is over by then; see
 * docs/adr/0004-checked-raw-memory.md.
 */
public final class Memory {
  private static final Unsafe UNSAFE = Unsafe.getUnsafe();

  static {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new UnsupportedOperationException("linkd runs on little-endian machines");
    }
  }

  private final long address;

  /** Bytes that may be accessed; grows while the region is open, 0 afterwards. */
  private long size;

  Memory(MemorySegment reservation) {
    this.address = reservation.address();
  }

  void resize(long bytes) {
    size = bytes;
  }

  /** Number of accessible bytes. */
  public long size() {
    return size;
  }

  public byte getByte(long at) {
    return UNSAFE.getByte(checked(at, Byte.BYTES));
  }

  public void setByte(long at, byte value) {
    UNSAFE.putByte(checked(at, Byte.BYTES), value);
  }

  public short getShort(long at) {
    return UNSAFE.getShort(checked(at, Short.BYTES));
  }

  public void setShort(long at, short value) {
    UNSAFE.putShort(checked(at, Short.BYTES), value);
  }

  public int getInt(long at) {
    return UNSAFE.getInt(checked(at, Integer.BYTES));
  }

  public void setInt(long at, int value) {
    UNSAFE.putInt(checked(at, Integer.BYTES), value);
  }

  public long getLong(long at) {
    return UNSAFE.getLong(checked(at, Long.BYTES));
  }

  public void setLong(long at, long value) {
    UNSAFE.putLong(checked(at, Long.BYTES), value);
  }

  /** Sets bytes to zero. */
  public void clear(long at, long bytes) {
    if (at < 0 || bytes < 0 || bytes > size - at) {
      throw outside(at, bytes);
    }
    UNSAFE.setMemory(address + at, bytes, (byte) 0);
  }

  private long checked(long at, int bytes) {
    if (at < 0 || at > size - bytes) {
      throw outside(at, bytes);
    }
    return address + at;
  }

  private IndexOutOfBoundsException outside(long at, long bytes) {
    return new IndexOutOfBoundsException(bytes + " bytes at " + at + " of " + size);
  }
}
