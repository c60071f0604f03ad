package dev.linkd.server.rehearsal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Fields of a message on the wire of protocol buffers. The daemon parses such messages and writes
 * none; with the generated builders the virtual machine would compile what it never uses.
 */
final class Fields {
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED64 = 1;
  private static final int TYPE_BITS = 3;
  private static final int VARINT_BITS = 7;
  private static final int MORE = 0x80;
  private static final int VARINT_BYTES_MAX = 10;
  private static final int FIRST_CAPACITY = 1 << 10;

  private byte[] out = new byte[FIRST_CAPACITY];
  private int size;

  int size() {
    return size;
  }

  Fields clear() {
    size = 0;
    return this;
  }

  byte[] toBytes() {
    return Arrays.copyOf(out, size);
  }

  /**
   * Zero is written, too, as the client in C does: code that has never met it is compiled again.
   */
  Fields number(int field, long value) {
    return varint((long) field << TYPE_BITS).varint(value);
  }

  Fields fixed64(int field, long value) {
    varint((long) field << TYPE_BITS | FIXED64);
    reserve(Long.BYTES);
    for (int i = 0; i < Long.BYTES; i++) {
      out[size++] = (byte) (value >>> i * Byte.SIZE);
    }
    return this;
  }

  Fields text(int field, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return bytes(field, bytes, bytes.length);
  }

  /** A message, or a packed array. */
  Fields fields(int field, Fields value) {
    return bytes(field, value.out, value.size);
  }

  Fields bytes(int field, byte[] value, int length) {
    varint((long) field << TYPE_BITS | LENGTH_DELIMITED).varint(length);
    reserve(length);
    System.arraycopy(value, 0, out, size, length);
    size += length;
    return this;
  }

  /** An element of a packed array. */
  Fields varint(long value) {
    reserve(VARINT_BYTES_MAX);
    long rest = value;
    while ((rest & -MORE) != 0) {
      out[size++] = (byte) (rest | MORE);
      rest >>>= VARINT_BITS;
    }
    out[size++] = (byte) rest;
    return this;
  }

  /** An element of a packed array of signed numbers. */
  Fields signed(long value) {
    return varint(value << 1 ^ value >> (Long.SIZE - 1));
  }

  private void reserve(int bytes) {
    if (out.length - size < bytes) {
      out = Arrays.copyOf(out, (out.length + bytes) * 2);
    }
  }
}
