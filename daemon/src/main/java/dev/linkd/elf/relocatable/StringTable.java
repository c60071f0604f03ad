package dev.linkd.elf.relocatable;

import dev.linkd.table.Segments;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** NUL-terminated strings, each once. */
final class StringTable {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Map<String, Integer> offsets = new HashMap<>();

  StringTable() {
    add("");
  }

  /** Offset of a string, which is added when it is new. */
  int add(String text) {
    Integer known = offsets.get(text);
    if (known != null) {
      return known;
    }
    int offset = bytes.size();
    bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    bytes.write(0);
    offsets.put(text, offset);
    return offset;
  }

  int size() {
    return bytes.size();
  }

  void write(MemorySegment image, long at) {
    Segments.copy(MemorySegment.ofArray(bytes.toByteArray()), 0, image, at, bytes.size());
  }
}
