package dev.linkd.elf.finish;

import static dev.linkd.object.ElfConstants.CHDR_SIZE;
import static dev.linkd.object.ElfConstants.ELFCOMPRESS_ZLIB;
import static dev.linkd.object.ElfConstants.ELFCOMPRESS_ZSTD;
import static dev.linkd.object.ElfConstants.SHF_COMPRESSED;

import dev.linkd.output.FinishRules;
import dev.linkd.output.FinishRules.Compression;
import dev.linkd.table.Layouts;
import dev.linkd.table.Segments;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.zip.Deflater;

/** Packs debug sections: a compression header, then what the method makes of the content. */
final class DebugCompressor {
  private static final int HEADER_ALIGNMENT = 8;

  /** An array holds less than 2 GiB; what is larger stays as it is. */
  private static final long SIZE_MAX = 1L << 30;

  private final FinishRules rules;

  DebugCompressor(FinishRules rules) {
    this.rules = rules;
  }

  void compress(FileParts parts) {
    for (FilePart part : parts.all()) {
      boolean packed = (part.flags & SHF_COMPRESSED) != 0;
      if (part.debug() && part.name.startsWith(".debug") && part.filled() && !packed) {
        compress(part);
      }
    }
  }

  private void compress(FilePart part) {
    if (part.size > SIZE_MAX) {
      return;
    }
    boolean zstd = rules.compression() == Compression.ZSTD;
    byte[] plain = part.content.toArray(Layouts.BYTE);
    byte[] packed = zstd ? zstd(plain) : zlib(plain);
    MemorySegment all = MemorySegment.ofArray(packed);
    Segments.setInt(all, 0, zstd ? ELFCOMPRESS_ZSTD : ELFCOMPRESS_ZLIB);
    Segments.setLong(all, Long.BYTES, plain.length);
    Segments.setLong(all, 2L * Long.BYTES, Math.max(1, part.alignment));
    part.flags |= SHF_COMPRESSED;
    part.alignment = HEADER_ALIGNMENT;
    part.replace(all);
  }

  /** Leaves room for the header. */
  private byte[] zlib(byte[] plain) {
    Deflater deflater = new Deflater(rules.level());
    try {
      deflater.setInput(plain);
      deflater.finish();
      byte[] packed = new byte[CHDR_SIZE + Math.max(256, plain.length / 2)];
      int size = CHDR_SIZE;
      while (!deflater.finished()) {
        if (size == packed.length) {
          packed = Arrays.copyOf(packed, packed.length + packed.length / 2);
        }
        size += deflater.deflate(packed, size, packed.length - size);
      }
      return Arrays.copyOf(packed, size);
    } finally {
      deflater.end();
    }
  }

  private static byte[] zstd(byte[] plain) {
    ZstdJavaCompressor compressor = new ZstdJavaCompressor();
    byte[] packed = new byte[CHDR_SIZE + compressor.maxCompressedLength(plain.length)];
    int size =
        compressor.compress(plain, 0, plain.length, packed, CHDR_SIZE, packed.length - CHDR_SIZE);
    return Arrays.copyOf(packed, CHDR_SIZE + size);
  }
}
