package dev.linkd.elf;

import dev.linkd.mapped.Arrangement;
import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.WindowFullException;
import java.util.Arrays;

/** Places in the file for all sections of an image that a linker script lays out. */
final class ScriptFile {

  /** How far sections of one segment may lie from each other in the file. */
  private static final long DISTANCE_MAX = 1L << 34;

  private final MappedFile file;
  private int[] nodes = new int[64];
  private long[] offsets = new long[64];
  private int count;

  /** End of what has a place. */
  private long cursor;

  ScriptFile(MappedFile file) {
    this.file = file;
  }

  /** Begins again, behind the headers. */
  void begin(int headers) {
    count = 0;
    put(headers, 0, Layout.HEADER_BYTES);
  }

  long cursor() {
    return cursor;
  }

  /** The first place from here on that is as far behind a boundary as an address is. */
  long like(long address, long alignment) {
    return cursor + ((address - cursor) & (alignment - 1));
  }

  /** Whether a place is free and aligned as its section needs it. */
  boolean fits(OutputSection section, long offset) {
    long alignment = 1L << file.alignment(section.node);
    return offset >= cursor && offset - cursor < DISTANCE_MAX && (offset & (alignment - 1)) == 0;
  }

  void put(int node, long offset, long size) {
    if (count == nodes.length) {
      nodes = Arrays.copyOf(nodes, count * 2);
      offsets = Arrays.copyOf(offsets, count * 2);
    }
    nodes[count] = node;
    offsets[count++] = offset;
    cursor = offset + size;
  }

  /** Puts a section behind the others; returns its place. */
  long append(int node, long size) {
    long offset = like(0, 1L << file.alignment(node));
    put(node, offset, size);
    return offset;
  }

  /** Place of the last section. */
  long last() {
    return offsets[count - 1];
  }

  boolean contains(int node) {
    for (int i = 0; i < count; i++) {
      if (nodes[i] == node) {
        return true;
      }
    }
    return false;
  }

  /** Moves the bytes to their places. */
  void arrange(int image) {
    try {
      Arrangement.arrange(file, image, nodes, offsets, count);
    } catch (WindowFullException e) {
      throw new TableTooLargeException("of the script's layout", e);
    }
  }
}
