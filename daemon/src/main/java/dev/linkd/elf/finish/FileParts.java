package dev.linkd.elf.finish;

import static dev.linkd.object.ElfConstants.EHDR_SIZE;
import static dev.linkd.object.ElfConstants.PHDR_SIZE;
import static dev.linkd.object.ElfConstants.PT_LOAD;
import static dev.linkd.object.ElfConstants.SHDR_SIZE;
import static dev.linkd.object.ElfConstants.SHT_NULL;

import dev.linkd.elf.EhdrDescriptor;
import dev.linkd.elf.PhdrDescriptor;
import dev.linkd.elf.ShdrDescriptor;
import dev.linkd.object.Bytes;
import dev.linkd.table.Layouts;
import dev.linkd.table.Segments;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image taken apart into its sections, and put together again as a file: what is loaded stays
 * where it is, everything else follows back to back. Section numbers do not change.
 */
final class FileParts {
  private static final int SHSTRNDX = 62;
  private static final int XINDEX = 0xffff;
  private static final int TABLE_ALIGNMENT = 8;

  private final MemorySegment image;

  /** By section number; the first one is empty. */
  private final List<FilePart> parts = new ArrayList<>();

  private final int names;

  /** Whether the file contains what segments load, and not only sections that are left. */
  private boolean loaded = true;

  FileParts(MemorySegment image) {
    this.image = image;
    long table = EhdrDescriptor.shoff(image, 0);
    int stored = EhdrDescriptor.shnum(image, 0);
    int count = stored == 0 && table != 0 ? (int) ShdrDescriptor.size(image, table) : stored;
    int index = Bytes.u16(image, SHSTRNDX);
    names = index == XINDEX ? ShdrDescriptor.link(image, table) : index;
    long text = count == 0 ? 0 : ShdrDescriptor.offset(image, header(table, names));
    for (int i = 0; i < count; i++) {
      long at = header(table, i);
      long start = text + ShdrDescriptor.name(image, at);
      int length = Bytes.lengthUntilNul(image, start, image.byteSize());
      parts.add(new FilePart(Bytes.text(image, start, length), image, at));
    }
  }

  private static long header(long table, int number) {
    return table + (long) number * SHDR_SIZE;
  }

  List<FilePart> all() {
    return parts;
  }

  @Nullable FilePart find(String name) {
    for (FilePart part : parts) {
      if (part.type != SHT_NULL && part.name.equals(name)) {
        return part;
      }
    }
    return null;
  }

  /** What a section contains, nothing when it does not exist. */
  MemorySegment content(String name) {
    FilePart part = find(name);
    return part == null ? MemorySegment.NULL : part.content;
  }

  /** Adds a section behind the others. An image without section headers gets none. */
  void add(FilePart part) {
    if (parts.isEmpty()) {
      return;
    }
    FilePart table = parts.get(names);
    byte[] name = (part.name + "\0").getBytes(StandardCharsets.UTF_8);
    byte[] longer = new byte[Math.toIntExact(table.size + name.length)];
    MemorySegment.copy(table.content, Layouts.BYTE, 0, longer, 0, (int) table.size);
    System.arraycopy(name, 0, longer, (int) table.size, name.length);
    part.nameOffset = (int) table.size;
    table.replace(MemorySegment.ofArray(longer));
    parts.add(part);
  }

  /** Of what is loaded the file contains only the sections that still have contents. */
  void unload() {
    loaded = false;
  }

  /** Puts the file together. */
  MemorySegment assemble(Arena arena) {
    long at = loadedEnd();
    for (FilePart part : parts) {
      if (moves(part)) {
        at = aligned(at, Math.max(1, part.alignment));
        part.offset = at;
        at += part.size;
      }
    }
    long table = aligned(at, TABLE_ALIGNMENT);
    MemorySegment file = arena.allocate(table + (long) parts.size() * SHDR_SIZE, TABLE_ALIGNMENT);
    copyLoaded(file);
    for (FilePart part : parts) {
      if (moves(part)) {
        Segments.copy(part.content, 0, file, part.offset, part.size);
      }
    }
    if (!parts.isEmpty()) {
      headers(file, table);
    }
    return file;
  }

  private boolean moves(FilePart part) {
    return part.filled() && !part.allocated();
  }

  private void headers(MemorySegment file, long table) {
    for (int i = 1; i < parts.size(); i++) {
      FilePart part = parts.get(i);
      if (part.type != SHT_NULL) {
        ShdrDescriptor.put(
            file,
            header(table, i),
            part.nameOffset,
            part.type,
            part.flags,
            part.address,
            Math.min(part.offset, table),
            part.size,
            part.link,
            part.info,
            part.alignment,
            part.entrySize);
      }
    }
    EhdrDescriptor.sectionHeaders(file, 0, table, table, parts.size(), names);
  }

  private int programHeaders() {
    return EhdrDescriptor.phnum(image, 0);
  }

  private long programHeader(int number) {
    return EhdrDescriptor.phoff(image, 0) + (long) number * PHDR_SIZE;
  }

  private long headersEnd() {
    return Math.max(EHDR_SIZE, programHeader(programHeaders()));
  }

  private long loadedEnd() {
    long end = headersEnd();
    for (int i = 0; i < programHeaders(); i++) {
      long at = programHeader(i);
      boolean load = loaded && PhdrDescriptor.type(image, at) == PT_LOAD;
      if (load && PhdrDescriptor.filesz(image, at) > 0) {
        end = Math.max(end, PhdrDescriptor.offset(image, at) + PhdrDescriptor.filesz(image, at));
      }
    }
    for (FilePart part : parts) {
      if (part.allocated() && part.filled()) {
        end = Math.max(end, part.offset + part.size);
      }
    }
    return end;
  }

  private void copyLoaded(MemorySegment file) {
    Segments.copy(image, 0, file, 0, headersEnd());
    for (int i = 0; i < programHeaders(); i++) {
      long at = programHeader(i);
      if (!loaded) {
        PhdrDescriptor.filesz(file, at, left(at));
      } else if (PhdrDescriptor.type(image, at) == PT_LOAD) {
        long offset = PhdrDescriptor.offset(image, at);
        Segments.copy(image, offset, file, offset, PhdrDescriptor.filesz(image, at));
      }
    }
    for (FilePart part : parts) {
      if (part.allocated() && part.filled()) {
        Segments.copy(part.content, 0, file, part.offset, part.size);
      }
    }
  }

  /** Up to where a segment has contents when only those of some sections are left. */
  private long left(long header) {
    long start = PhdrDescriptor.offset(image, header);
    long size = 0;
    for (FilePart part : parts) {
      long end = part.offset + part.size - start;
      if (part.allocated() && part.filled() && part.offset >= start) {
        size = end <= PhdrDescriptor.filesz(image, header) ? Math.max(size, end) : size;
      }
    }
    return size;
  }

  private static long aligned(long value, long alignment) {
    return Math.ceilDiv(value, alignment) * alignment;
  }
}
