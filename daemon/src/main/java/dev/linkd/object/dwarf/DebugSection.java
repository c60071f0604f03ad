package dev.linkd.object.dwarf;

import dev.linkd.diag.LinkException;
import dev.linkd.object.Bytes;
import dev.linkd.object.CompressedSection;
import dev.linkd.object.ElfConstants;
import dev.linkd.object.ElfObject;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** A debug section of an object: its bytes, unpacked, and the relocations that apply to them. */
final class DebugSection {
  private static final int NONE = -1;

  private final ElfObject object;
  private final int section;
  private final MemorySegment bytes;

  /** Number of the relocation at an offset. */
  private final Map<Long, Integer> relocations = new HashMap<>();

  private DebugSection(ElfObject object, int section, MemorySegment bytes) {
    this.object = object;
    this.section = section;
    this.bytes = bytes;
    for (int r = 0; r < object.relocationCount(section); r++) {
      relocations.put(object.relocationOffset(section, r), r);
    }
  }

  /** The section with that name; empty when the object has none. */
  static DebugSection find(ElfObject object, String name) throws LinkException {
    for (int s = 1; s < object.sections(); s++) {
      if (object.sectionNameIs(s, name)) {
        return new DebugSection(object, s, content(object, s));
      }
    }
    return new DebugSection(object, 0, MemorySegment.NULL);
  }

  private static MemorySegment content(ElfObject object, int s) throws LinkException {
    if ((object.sectionFlags(s) & ElfConstants.SHF_COMPRESSED) == 0) {
      return object.sectionBytes(s);
    }
    MemorySegment unpacked = Arena.ofAuto().allocate(CompressedSection.size(object, s));
    CompressedSection.inflate(object, s, unpacked);
    return unpacked;
  }

  MemorySegment bytes() {
    return bytes;
  }

  /** Number of the section that an address field means; 0 when nothing relocates it. */
  int target(long offset) {
    int r = relocations.getOrDefault(offset, NONE);
    return r == NONE ? 0 : object.symbolSection(object.relocationSymbol(section, r));
  }

  /** Value of a field: where its relocation leads, or what stands in it. */
  long value(long offset, long field) {
    int r = relocations.getOrDefault(offset, NONE);
    if (r == NONE) {
      return field;
    }
    int symbol = object.relocationSymbol(section, r);
    return object.symbolValue(symbol) + object.relocationAddend(section, r);
  }

  /** The text at an offset, up to its NUL. */
  String text(long offset) throws DwarfException {
    if (offset < 0 || offset >= bytes.byteSize()) {
      throw new DwarfException("a string outside of its section");
    }
    return Bytes.text(bytes, offset, Bytes.lengthUntilNul(bytes, offset, bytes.byteSize()));
  }
}
