package dev.linkd.object;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Little-endian fields and NUL-terminated names in a segment. Nothing is checked beyond the bounds
 * of the segment: parsers check ranges once, before they read.
 */
public final class Bytes {
  private static final ValueLayout.OfShort U16 =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt I32 =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong I64 =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private Bytes() {}

  public static int u8(MemorySegment bytes, long offset) {
    return bytes.get(JAVA_BYTE, offset) & 0xff;
  }

  public static int u16(MemorySegment bytes, long offset) {
    return bytes.get(U16, offset) & 0xffff;
  }

  public static int i32(MemorySegment bytes, long offset) {
    return bytes.get(I32, offset);
  }

  public static long u32(MemorySegment bytes, long offset) {
    return bytes.get(I32, offset) & 0xffff_ffffL;
  }

  public static long i64(MemorySegment bytes, long offset) {
    return bytes.get(I64, offset);
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
    long at = offset;
    for (; at <= limit - Long.BYTES; at += Long.BYTES) {
      long word = bytes.get(I64, at);
      long zeros = (word - ONES) & ~word & HIGHS;
      if (zeros != 0) {
        // Bits above the lowest one may be false; the lowest marks the first zero byte.
        return (int) (at - offset) + (Long.numberOfTrailingZeros(zeros) >>> 3);
      }
    }
    while (at < limit && bytes.get(JAVA_BYTE, at) != 0) {
      at++;
    }
    return (int) (at - offset);
  }

  /** The bytes as text; bytes that are not UTF-8 become replacement characters. */
  public static String text(MemorySegment bytes, long offset, int length) {
    return new String(bytes.asSlice(offset, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /** Whether the bytes at {@code offset} are exactly those of {@code text}, which must be ASCII. */
  public static boolean startsWith(MemorySegment bytes, long offset, long limit, String text) {
    if (!inside(offset, text.length(), limit)) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (bytes.get(JAVA_BYTE, offset + i) != (byte) text.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
