package dev.linkd.oracle;

import dev.linkd.oracle.image.Dynamic;
import dev.linkd.oracle.image.DynamicRelocation;
import dev.linkd.oracle.image.ElfImage;
import dev.linkd.oracle.image.MalformedImage;
import dev.linkd.oracle.model.Atom;
import dev.linkd.oracle.model.Relocation;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** Reads atoms of one image: relocated fields backwards, all other bytes as they are. */
final class FieldReader {
  private final ElfImage image;
  private final Map<Long, DynamicRelocation> dynamic = new HashMap<>();

  FieldReader(ElfImage image) {
    this.image = image;
    for (DynamicRelocation relocation : new Dynamic(image).allRelocations()) {
      dynamic.put(relocation.address(), relocation);
    }
  }

  Field read(long address, Atom atom, Relocation relocation) throws Field.Unreadable {
    try {
      return Field.read(image, dynamic, address, atom, relocation);
    } catch (MalformedImage outside) {
      throw new Field.Unreadable(outside.reason());
    }
  }

  /** The whole address that a field refers to; empty when it tells only a part, or nothing. */
  OptionalLong implied(long address, Atom atom, Relocation relocation) {
    try {
      Field field = read(address, atom, relocation);
      return field.mask() == -1L ? OptionalLong.of(field.implied()) : OptionalLong.empty();
    } catch (Field.Unreadable unreadable) {
      return OptionalLong.empty();
    }
  }

  /** Offset of the first byte outside of relocated fields that differs; -1 when there is none. */
  long firstDifference(long address, Atom atom) {
    boolean[] relocated = new boolean[Math.toIntExact(atom.size())];
    for (Relocation relocation : atom.relocations()) {
      try {
        Field field = read(address, atom, relocation);
        for (long i = Math.max(0, field.from()); i < Math.min(field.to(), atom.size()); i++) {
          relocated[(int) i] = true;
        }
      } catch (Field.Unreadable unreadable) {
        return relocation.offset();
      }
    }
    long at = image.fileOffset(address);
    if (at < 0 || image.fileOffset(address + atom.size() - 1) != at + atom.size() - 1) {
      return 0;
    }
    byte[] published = image.bytes(at, atom.size());
    for (int i = 0; i < published.length; i++) {
      if (!relocated[i] && published[i] != atom.bytes()[i]) {
        return i;
      }
    }
    return -1;
  }

  /** Whether the image holds this atom's bytes at the address, whatever its fields refer to. */
  boolean contentEquals(long address, Atom atom) {
    return !atom.content() || atom.size() == 0 || firstDifference(address, atom) < 0;
  }

  /**
   * Where a forwarder at that address leads: an optional {@code endbr64} and a {@code jmp}. Empty
   * when there is other code.
   */
  OptionalLong forwarded(long address) {
    try {
      long at = image.fileOffset(address);
      boolean marked = at >= 0 && image.u32(at) == 0xfa1e0ff3L;
      long jump = marked ? at + 4 : at;
      long next = address + (marked ? 9 : 5);
      return at >= 0 && image.u8(jump) == 0xe9
          ? OptionalLong.of(next + image.s32(jump + 1))
          : OptionalLong.empty();
    } catch (MalformedImage outside) {
      return OptionalLong.empty();
    }
  }
}
