package dev.linkd.object;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Little-endian fields and NUL-terminated names in a segment. Nothing is checked beyond the bounds
 * of the segment: parsers check ranges once, before they read.
 */
public final class Bytes {
  private Bytes() {}

  public static int u8(MemorySegment bytes, long offset) {
    return Segments.getByte(bytes, offset) & 0xff;
  }

  public static int u16(MemorySegment bytes, long offset) {
    return Segments.getShort(bytes, offset) & 0xffff;
  }

  public static int i32(MemorySegment bytes, long offset) {
    return Segments.getInt(bytes, offset);
  }

  public static long u32(MemorySegment bytes, long offset) {
    return Segments.getInt(bytes, offset) & 0xffff_ffffL;
  }

  public static long i64(MemorySegment bytes, long offset) {
    return Segments.getLong(bytes, offset);
  }

  /** Whether {@code [offset, offset + size)} lies in {@code [0, limit)}, for any values. */
  public static boolean inside(long offset, long size, long limit) {
    return offset >= 0 && size >= 0 && offset <= limit && size <= limit - offset;
  }

  /** Whether the value is a power of two; 2^63 counts as negative and is not. */
  public static boolean powerOfTwo(long value) {
    return value > 0 && (value & (value - 1)) == 0;
  }

  /** Distance from {@code offset} to the first NUL before {@code limit}, or to {@code limit}. */
  public static int lengthUntilNul(MemorySegment bytes, long offset, long limit) {
    return (int) Segments.lengthUntilNul(bytes, offset, limit);
  }

  /** The bytes as text; bytes that are not UTF-8 become replacement characters. */
  public static String text(MemorySegment bytes, long offset, int length) {
    return new String(bytes.asSlice(offset, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /** Whether two ranges, from an offset to a limit, have the same bytes. */
  public static boolean same(
      MemorySegment a, long from, long limit, MemorySegment b, long otherFrom, long otherLimit) {
    return limit - from == otherLimit - otherFrom
        && Segments.equal(a, from, b, otherFrom, limit - from);
  }

  /** Whether the bytes at {@code offset} are exactly those of {@code text}, which must be ASCII. */
  public static boolean startsWith(MemorySegment bytes, long offset, long limit, String text) {
    if (!inside(offset, text.length(), limit)) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (Segments.getByte(bytes, offset + i) != (byte) text.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
