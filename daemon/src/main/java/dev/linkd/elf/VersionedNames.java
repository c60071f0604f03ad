package dev.linkd.elf;

import dev.linkd.object.Bytes;
import dev.linkd.table.Names;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * Names in symbol tables of objects that carry a version (GNU extension): {@code name@VERSION} is
 * one version of many, {@code name@@VERSION} the one that a reference without version means.
 */
final class VersionedNames {

  private VersionedNames() {}

  /** Length of the name without its version; all of it when there is none. */
  static int base(MemorySegment bytes, long offset, int length) {
    for (int i = 1; i < length; i++) {
      if (Segments.getByte(bytes, offset + i) == '@') {
        return i;
      }
    }
    return length;
  }

  /** Where the version begins behind a base name that is followed by one. */
  static int version(MemorySegment bytes, long offset, int length, int base) {
    return base + (isDefault(bytes, offset, length, base) ? 2 : 1);
  }

  /** Whether two signs stand behind the base name. */
  static boolean isDefault(MemorySegment bytes, long offset, int length, int base) {
    return base + 1 < length && Segments.getByte(bytes, offset + base + 1) == '@';
  }

  /** The version of a name that carries one. */
  static String version(MemorySegment bytes, long offset, int length) {
    int at = version(bytes, offset, length, base(bytes, offset, length));
    return Bytes.text(bytes, offset + at, length - at);
  }

  /** The version that a symbol's name carries; empty for none. */
  static String version(LinkState state, int symbol) {
    Names names = state.names;
    int name = state.symbols.name(symbol);
    int length = names.length(name);
    int base = state.nameLength(symbol);
    if (base == length) {
      return "";
    }
    return version(names.bytes(), names.offset(name), length);
  }
}
