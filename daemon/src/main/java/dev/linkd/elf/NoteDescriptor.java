package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * A note of the vendor GNU (Elf64_Nhdr, gABI chapter 5).
 *
 * <pre>
 *  0  4  namesz   4
 *  4  4  descsz   bytes of the descriptor
 *  8  4  type     NT_GNU_*
 * 12  4  name     "GNU" and a NUL
 * 16     descriptor
 * </pre>
 */
public final class NoteDescriptor {

  public static final int NAMESZ = 0;
  public static final int DESCSZ = NAMESZ + Integer.BYTES;
  public static final int TYPE = DESCSZ + Integer.BYTES;
  public static final int NAME = TYPE + Integer.BYTES;
  public static final int DESCRIPTOR = NAME + Integer.BYTES;

  /** The name as a little-endian int. */
  static final int GNU = 'G' | 'N' << 8 | 'U' << 16;

  private NoteDescriptor() {}

  /** Writes what precedes the descriptor. */
  public static void put(MemorySegment segment, long at, int type, int descriptorBytes) {
    Segments.setInt(segment, at + NAMESZ, Integer.BYTES);
    Segments.setInt(segment, at + DESCSZ, descriptorBytes);
    Segments.setInt(segment, at + TYPE, type);
    Segments.setInt(segment, at + NAME, GNU);
  }
}
