package dev.linkd.object;

import static dev.linkd.object.ElfConstants.CHDR_SIZE;
import static dev.linkd.object.ElfConstants.ELFCOMPRESS_ZLIB;
import static dev.linkd.object.ElfConstants.ELFCOMPRESS_ZSTD;

import dev.linkd.diag.LinkException;
import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.lang.foreign.MemorySegment;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks an SHF_COMPRESSED section: a compression header, then a zlib stream or zstd frames.
 * Relocations apply to what comes out.
 *
 * <pre>
 *  0 ch_type   8 ch_size  16 ch_addralign
 * </pre>
 */
public final class CompressedSection {
  /** The methods cannot expand more than this, so a greater size is a lie. */
  private static final long ZLIB_RATIO_MAX = 1032;

  /** A block of zstd has 4 bytes at least and makes 128 KiB at most (RFC 8878, 3.1.1.2). */
  private static final long ZSTD_RATIO_MAX = (128 << 10) / 4;

  /** Buffers are limited to 2 GiB. */
  private static final int PIECE = 1 << 30;

  private CompressedSection() {}

  /** Checks that an SHF_COMPRESSED section can be unpacked; returns the size that it then has. */
  public static long size(ElfObject object, int s) throws LinkException {
    InputBytes in = new InputBytes(object.name(), object.bytes());
    long start = object.sectionOffset(s);
    int type = in.i32(start);
    if (type != ELFCOMPRESS_ZLIB && type != ELFCOMPRESS_ZSTD) {
      throw in.unsupported(
          object.sectionName(s),
          "section " + s + " is compressed with method " + type,
          "compile it with -gz=zlib, -gz=zstd or -gz=none");
    }
    if (object.sectionSize(s) > Integer.MAX_VALUE) {
      throw in.unsupported(object.sectionName(s), "section " + s + " is packed and over 2 GiB");
    }
    long size = object.contentSize(s);
    long ratio = type == ELFCOMPRESS_ZSTD ? ZSTD_RATIO_MAX : ZLIB_RATIO_MAX;
    if (size / ratio > object.sectionSize(s)) {
      throw in.malformed(
          object.sectionName(s),
          0,
          "corrupted compressed section " + s + ": " + size + " bytes cannot come out of it");
    }
    return size;
  }

  /**
   * Unpacks into memory of the caller.
   *
   * @param into exactly {@link #size} bytes
   */
  public static void inflate(ElfObject object, int s, MemorySegment into) throws LinkException {
    MemorySegment packed = object.sectionBytes(s);
    if (Bytes.i32(packed, 0) == ELFCOMPRESS_ZSTD) {
      zstd(object, s, packed.asSlice(CHDR_SIZE), into);
      return;
    }
    Inflater inflater = new Inflater();
    try {
      long left = fill(inflater, packed.asSlice(CHDR_SIZE), into);
      boolean more = left == 0 && inflater.inflate(new byte[1]) != 0;
      if (left != 0 || more || !inflater.finished()) {
        throw fault(object, s, "does not have the size that its header says");
      }
    } catch (DataFormatException e) {
      throw fault(object, s, "is damaged: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }

  private static void zstd(ElfObject object, int s, MemorySegment packed, MemorySegment into)
      throws LinkException {
    try {
      if (new ZstdJavaDecompressor().decompress(packed, into) != into.byteSize()) {
        throw fault(object, s, "does not have the size that its header says");
      }
    } catch (MalformedInputException e) {
      throw fault(object, s, "is damaged: " + e.getMessage());
    }
  }

  /** Returns how many bytes are missing when the stream ends early. */
  private static long fill(Inflater inflater, MemorySegment packed, MemorySegment into)
      throws DataFormatException {
    inflater.setInput(packed.asByteBuffer());
    long size = into.byteSize();
    long at = 0;
    int count = 1;
    while (at < size && count > 0) {
      count = inflater.inflate(into.asSlice(at, Math.min(PIECE, size - at)).asByteBuffer());
      at += count;
    }
    return size - at;
  }

  private static LinkException fault(ElfObject object, int s, String message) {
    InputBytes in = new InputBytes(object.name(), object.bytes());
    return in.malformed(
        object.sectionName(s), 0, "corrupted compressed section " + s + ": it " + message);
  }
}
