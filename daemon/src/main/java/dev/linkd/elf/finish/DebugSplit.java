package dev.linkd.elf.finish;

import static dev.linkd.object.ElfConstants.SHT_NOTE;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;

import dev.linkd.table.Layouts;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * Debug information in a file of its own, as {@code objcopy --only-keep-debug} makes it: of what is
 * loaded it has the headers only, so that addresses can be told, and the notes, by which debuggers
 * know that the two files belong together. The program names the file in {@code .gnu_debuglink}.
 */
final class DebugSplit {
  private static final int LINK_ALIGNMENT = 4;

  /** Buffers are limited to 2 GiB. */
  private static final long PIECE = 1 << 30;

  private DebugSplit() {}

  /** Keeps what goes into the debug file. */
  static void keepDebug(FileParts parts) {
    for (FilePart part : parts.all()) {
      if (part.allocated() && part.filled() && part.type != SHT_NOTE) {
        part.empty();
      }
    }
    parts.unload();
  }

  /** Removes what is in the debug file, and says where that is. */
  static void removeDebug(FileParts parts, Path file, MemorySegment content) {
    parts.all().stream().filter(FilePart::debug).forEach(FilePart::remove);
    parts.add(new FilePart(".gnu_debuglink", SHT_PROGBITS, LINK_ALIGNMENT, link(file, content)));
  }

  /** The name of the file, padding, and the sum of its bytes. */
  private static MemorySegment link(Path file, MemorySegment content) {
    byte[] name = String.valueOf(file.getFileName()).getBytes(StandardCharsets.UTF_8);
    int sumAt = Math.ceilDiv(name.length + 1, Integer.BYTES) * Integer.BYTES;
    byte[] bytes = new byte[sumAt + Integer.BYTES];
    System.arraycopy(name, 0, bytes, 0, name.length);
    MemorySegment.ofArray(bytes).set(Layouts.INT, sumAt, (int) sum(content));
    return MemorySegment.ofArray(bytes);
  }

  private static long sum(MemorySegment content) {
    CRC32 sum = new CRC32();
    for (long at = 0; at < content.byteSize(); at += PIECE) {
      long size = Math.min(PIECE, content.byteSize() - at);
      sum.update(content.asSlice(at, size).asByteBuffer());
    }
    return sum.getValue();
  }
}
