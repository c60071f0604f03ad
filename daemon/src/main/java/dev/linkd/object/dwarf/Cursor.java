package dev.linkd.object.dwarf;

import dev.linkd.object.Bytes;
import java.lang.foreign.MemorySegment;

/** Reads one value of DWARF after the other, never beyond a limit. */
final class Cursor {
  private static final long ESCAPE_64_BIT = 0xffff_ffffL;

  /** LEB128 numbers have at most 64 bits. */
  private static final int LEB_SHIFT_MAX = 63;

  private final MemorySegment bytes;
  private long at;
  private long limit;

  /** Whether offsets have eight bytes, as the last initial length said. */
  private boolean wide;

  Cursor(MemorySegment bytes) {
    this.bytes = bytes;
    this.limit = bytes.byteSize();
  }

  long at() {
    return at;
  }

  boolean more() {
    return at < limit;
  }

  /** Goes to an offset that was computed from lengths. */
  void seek(long offset) throws DwarfException {
    if (offset < at || offset > limit) {
      throw new DwarfException("a length that leads outside");
    }
    at = offset;
  }

  void skip(long count) throws DwarfException {
    need(count);
    at += count;
  }

  /** Nothing beyond this offset is read any more; returns the limit before. */
  long narrow(long end) throws DwarfException {
    if (end < at || end > limit) {
      throw new DwarfException("a unit that is longer than its section");
    }
    long before = limit;
    limit = end;
    return before;
  }

  void widen(long end) {
    limit = end;
  }

  private void need(long count) throws DwarfException {
    if (count < 0 || count > limit - at) {
      throw new DwarfException("a value beyond the end");
    }
  }

  int u8() throws DwarfException {
    need(1);
    return Bytes.u8(bytes, at++);
  }

  int u16() throws DwarfException {
    need(Short.BYTES);
    at += Short.BYTES;
    return Bytes.u16(bytes, at - Short.BYTES);
  }

  long u32() throws DwarfException {
    need(Integer.BYTES);
    at += Integer.BYTES;
    return Bytes.u32(bytes, at - Integer.BYTES);
  }

  long u64() throws DwarfException {
    need(Long.BYTES);
    at += Long.BYTES;
    return Bytes.i64(bytes, at - Long.BYTES);
  }

  /** A length in front of a unit, which also says how long offsets are (DWARF 5, 7.4). */
  long initialLength() throws DwarfException {
    long length = u32();
    wide = length == ESCAPE_64_BIT;
    return wide ? u64() : length;
  }

  /** Whether the last initial length says that offsets have eight bytes. */
  boolean wide() {
    return wide;
  }

  long offset() throws DwarfException {
    return wide ? u64() : u32();
  }

  long unsignedLeb() throws DwarfException {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      int part = u8();
      if (shift > LEB_SHIFT_MAX) {
        throw new DwarfException("a number of more than 64 bits");
      }
      value |= (part & 0x7fL) << shift;
      if (part < 0x80) {
        return value;
      }
    }
  }

  long signedLeb() throws DwarfException {
    long value = 0;
    for (int shift = 0; ; ) {
      int part = u8();
      if (shift > LEB_SHIFT_MAX) {
        throw new DwarfException("a number of more than 64 bits");
      }
      value |= (part & 0x7fL) << shift;
      shift += 7;
      if (part < 0x80) {
        return (part & 0x40) != 0 && shift <= LEB_SHIFT_MAX ? value | -1L << shift : value;
      }
    }
  }

  /** Text up to a NUL. */
  String text() throws DwarfException {
    int length = Bytes.lengthUntilNul(bytes, at, limit);
    need(length + 1L);
    at += length + 1L;
    return Bytes.text(bytes, at - length - 1L, length);
  }
}
