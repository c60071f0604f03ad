package dev.linkd.elf.finish;

import static dev.linkd.object.ElfConstants.PT_LOAD;

import dev.linkd.elf.EhdrDescriptor;
import dev.linkd.elf.PhdrDescriptor;
import dev.linkd.table.Segments;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A copy of the memory from the first byte of a loaded section to the last one, at the distances
 * that their load addresses have; what no section covers is zero.
 */
final class FlatFile {

  /** A section at its load address. */
  private record Piece(FilePart part, long address) {}

  /** More is surely a mistake: sections that are far apart. */
  static final long SIZE_MAX = 1L << 32;

  private final MemorySegment image;
  private final List<Piece> pieces = new ArrayList<>();
  private long start = Long.MAX_VALUE;
  private long end;

  FlatFile(MemorySegment image, FileParts parts) {
    this.image = image;
    for (FilePart part : parts.all()) {
      if (part.allocated() && part.filled()) {
        Piece piece = new Piece(part, loadAddress(part));
        pieces.add(piece);
        start = Math.min(start, piece.address());
        end = Math.max(end, piece.address() + part.size);
      }
    }
  }

  private long loadAddress(FilePart part) {
    long headers = EhdrDescriptor.phoff(image, 0);
    for (int i = 0; i < EhdrDescriptor.phnum(image, 0); i++) {
      long at = headers + (long) i * PhdrDescriptor.BYTES;
      long distance = part.address - PhdrDescriptor.vaddr(image, at);
      if (PhdrDescriptor.type(image, at) == PT_LOAD
          && distance >= 0
          && distance < PhdrDescriptor.memsz(image, at)) {
        return PhdrDescriptor.paddr(image, at) + distance;
      }
    }
    return part.address;
  }

  long size() {
    return pieces.isEmpty() ? 0 : end - start;
  }

  MemorySegment assemble(Arena arena) {
    MemorySegment file = arena.allocate(size(), Long.BYTES);
    for (Piece piece : pieces) {
      FilePart part = piece.part();
      Segments.copy(part.content, 0, file, piece.address() - start, part.size);
    }
    return file;
  }
}
