package dev.linkd.elf.finish;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHT_NOBITS;
import static dev.linkd.object.ElfConstants.SHT_NULL;

import dev.linkd.elf.ShdrDescriptor;
import java.lang.foreign.MemorySegment;

/** A section of a file that is put together: its header, and what it contains. */
final class FilePart {
  final String name;
  int nameOffset;
  int type;
  long flags;
  final long address;
  long offset;
  final int link;
  final int info;
  long alignment;
  final long entrySize;

  /** Bytes in memory; those in the file are {@link #content}. */
  long size;

  MemorySegment content;

  /** A section of an image. */
  FilePart(String name, MemorySegment image, long header) {
    this.name = name;
    nameOffset = ShdrDescriptor.name(image, header);
    type = ShdrDescriptor.type(image, header);
    flags = ShdrDescriptor.flags(image, header);
    address = ShdrDescriptor.addr(image, header);
    offset = ShdrDescriptor.offset(image, header);
    size = ShdrDescriptor.size(image, header);
    link = ShdrDescriptor.link(image, header);
    info = ShdrDescriptor.info(image, header);
    alignment = ShdrDescriptor.addralign(image, header);
    entrySize = ShdrDescriptor.entsize(image, header);
    content = filled() ? image.asSlice(offset, size) : MemorySegment.NULL;
  }

  /** A section that no program reads. */
  FilePart(String name, int type, long alignment, MemorySegment content) {
    this.name = name;
    this.type = type;
    this.alignment = alignment;
    address = 0;
    link = 0;
    info = 0;
    entrySize = 0;
    size = content.byteSize();
    this.content = content;
  }

  boolean allocated() {
    return (flags & SHF_ALLOC) != 0;
  }

  /** Whether it has bytes in the file. */
  boolean filled() {
    return type != SHT_NULL && type != SHT_NOBITS && size > 0;
  }

  /** Whether it describes the program for debuggers. */
  boolean debug() {
    return !allocated()
        && (name.startsWith(".debug") || name.startsWith(".zdebug") || name.equals(".gdb_index"));
  }

  void replace(MemorySegment bytes) {
    content = bytes;
    size = bytes.byteSize();
  }

  /** Takes it out; the sections behind keep their numbers. */
  void remove() {
    type = SHT_NULL;
    flags = 0;
    size = 0;
    content = MemorySegment.NULL;
  }

  /** Only its header stays. */
  void empty() {
    type = SHT_NOBITS;
    content = MemorySegment.NULL;
  }
}
