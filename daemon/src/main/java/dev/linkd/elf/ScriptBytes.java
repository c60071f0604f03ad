package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHT_NOBITS;

import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/** Bytes that statements of a linker script add themselves: padding and numbers. */
final class ScriptBytes {
  private final MappedFile file;

  ScriptBytes(MappedFile file) {
    this.file = file;
  }

  /** Gives a statement room; returns whether it had another size. */
  boolean resize(OutputSection output, int marker, long bytes) {
    if (file.size(marker) == bytes) {
      return false;
    }
    try {
      file.resize(marker, bytes);
    } catch (WindowFullException e) {
      throw new TableTooLargeException(output.name, e);
    }
    return true;
  }

  /** Repeats four bytes, the most significant first. */
  void fill(ScriptSection section, OutputSection output, int marker, long value) {
    if (output.type != SHT_NOBITS && section.command != null) {
      write(marker, file.size(marker), value, false);
    }
  }

  /** Writes a number, the least significant byte first. */
  void number(int marker, int size, long value) {
    write(marker, size, value, true);
  }

  private void write(int marker, long size, long value, boolean littleEndian) {
    long at = file.position(marker);
    MemorySegment image = file.image();
    boolean same = true;
    for (long i = 0; i < size; i++) {
      long shift = littleEndian ? 8 * i : 24 - 8 * (i & 3);
      byte one = (byte) (value >>> shift);
      same &= Segments.getByte(image, at + i) == one;
      Segments.setByte(image, at + i, one);
    }
    if (!same) {
      file.dirty(at, at + size);
    }
  }
}
