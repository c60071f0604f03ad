package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Assembles the bytes of a small table that is rebuilt as a whole, and writes only what differs
 * from the image.
 */
final class ByteBuilder {
  private byte[] bytes = new byte[256];
  private int size;
  private final Map<String, Integer> strings = new HashMap<>();

  void clear() {
    size = 0;
    strings.clear();
  }

  int size() {
    return size;
  }

  ByteBuilder putByte(int value) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, size * 2);
    }
    bytes[size++] = (byte) value;
    return this;
  }

  ByteBuilder putShort(int value) {
    return putByte(value).putByte(value >> 8);
  }

  ByteBuilder putInt(int value) {
    return putShort(value).putShort(value >> 16);
  }

  ByteBuilder putLong(long value) {
    return putInt((int) value).putInt((int) (value >> 32));
  }

  ByteBuilder putAll(MemorySegment all) {
    for (long i = 0; i < all.byteSize(); i++) {
      putByte(Segments.getByte(all, i));
    }
    return this;
  }

  /** Adds a NUL-terminated string once and returns its offset. */
  int putString(String text) {
    Integer known = strings.get(text);
    if (known != null) {
      return known;
    }
    int offset = size;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      putByte(b);
    }
    putByte(0);
    strings.put(text, offset);
    return offset;
  }

  /** Whether a section contains exactly these bytes. */
  boolean equal(LinkState state, OutputSection section) {
    long position = state.file.position(section.node);
    MemorySegment source = MemorySegment.ofArray(bytes);
    return section.tableSize == size
        && MemorySegment.mismatch(source, 0, size, state.file.image(), position, position + size)
            < 0;
  }

  /** Makes a section contain exactly these bytes. */
  void writeTo(LinkState state, Layout layout, OutputSection section) {
    layout.resizeTable(section, size);
    MemorySegment source = MemorySegment.ofArray(bytes);
    MemorySegment image = state.file.image();
    long position = state.file.position(section.node);
    long first = MemorySegment.mismatch(source, 0, size, image, position, position + size);
    if (first < 0) {
      return;
    }
    Segments.copy(source, first, image, position + first, size - first);
    state.file.dirty(position + first, position + size);
  }
}
