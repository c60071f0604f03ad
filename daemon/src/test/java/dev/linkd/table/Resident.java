package dev.linkd.table;

import dev.linkd.os.VirtualMemory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How much of a range is backed by memory. */
final class Resident {
  private static final long PRESENT = 1L << 63;

  private Resident() {}

  /** Bytes in pages that are present, of a range that starts with a page. */
  static long bytes(MemorySegment range) throws IOException {
    long page = VirtualMemory.pageBytes();
    byte[] entries = new byte[Math.toIntExact(range.byteSize() / page * Long.BYTES)];
    try (RandomAccessFile map = new RandomAccessFile("/proc/self/pagemap", "r")) {
      map.seek(range.address() / page * Long.BYTES);
      map.readFully(entries);
    }
    long bytes = 0;
    for (ByteBuffer each = ByteBuffer.wrap(entries).order(ByteOrder.LITTLE_ENDIAN);
        each.hasRemaining(); ) {
      bytes += (each.getLong() & PRESENT) != 0 ? page : 0;
    }
    return bytes;
  }
}
