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

  /** Fills the room of a statement. */
  void fill(ScriptSection section, OutputSection output, int marker, FillPattern pattern) {
    if (output.type != SHT_NOBITS && section.command != null) {
      long at = file.position(marker);
      pattern.write(file, at, at + file.size(marker));
    }
  }

  /** Writes a number, the least significant byte first. */
  void number(int marker, int size, long value) {
    long at = file.position(marker);
    MemorySegment image = file.image();
    boolean same = true;
    for (long i = 0; i < size; i++) {
      byte one = (byte) (value >>> 8 * i);
      same &= Segments.getByte(image, at + i) == one;
      Segments.setByte(image, at + i, one);
    }
    if (!same) {
      file.dirty(at, at + size);
    }
  }
}
