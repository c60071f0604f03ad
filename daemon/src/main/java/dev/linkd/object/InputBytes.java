package dev.linkd.object;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import java.lang.foreign.MemorySegment;

/**
 * The bytes of one input with its name, so that every fault found in them names the input.
 *
 * @param name path, or {@code archive(member)}
 */
record InputBytes(String name, MemorySegment bytes) {

  long size() {
    return bytes.byteSize();
  }

  boolean contains(long offset, long length) {
    return Bytes.inside(offset, length, bytes.byteSize());
  }

  int u8(long offset) {
    return Bytes.u8(bytes, offset);
  }

  int u16(long offset) {
    return Bytes.u16(bytes, offset);
  }

  int i32(long offset) {
    return Bytes.i32(bytes, offset);
  }

  long u32(long offset) {
    return Bytes.u32(bytes, offset);
  }

  long i64(long offset) {
    return Bytes.i64(bytes, offset);
  }

  LinkException malformed(long offset, String message) {
    return new LinkException(Code.MALFORMED_INPUT, Place.offset(name, offset), message);
  }

  LinkException malformed(String section, long offset, String message) {
    return new LinkException(Code.MALFORMED_INPUT, Place.section(name, section, offset), message);
  }

  LinkException unsupported(String section, String message, String... notes) {
    return new LinkException(
        Code.UNSUPPORTED_INPUT, Place.section(name, section, Place.NO_OFFSET), message, notes);
  }

  LinkException incompatible(String message, String... notes) {
    return new LinkException(Code.INCOMPATIBLE_INPUT, Place.input(name), message, notes);
  }
}
