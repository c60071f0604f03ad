package dev.linkd.object;

import static dev.linkd.object.ElfConstants.SHF_COMPRESSED;
import static dev.linkd.object.ElfConstants.SHF_MERGE;
import static dev.linkd.object.ElfConstants.SHF_STRINGS;
import static dev.linkd.object.ElfConstants.SHF_WRITE;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;

import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;

/**
 * The pieces of an SHF_MERGE section: constants of one size, or strings with their terminator.
 * Equal pieces of different inputs may become one. Offsets count from the start of the section.
 */
public final class MergePieces {
  private static final int[] NOTHING = {};

  private final int size;
  private final int entrySize;
  private final long alignment;
  private final boolean strings;
  private final int count;

  /** Start of each string; unused for constants, whose starts are multiples of their size. */
  private final int[] starts;

  /** The string that contains the first byte of each stretch; made when somebody looks. */
  private int[] stretches = NOTHING;

  /**
   * So short that few strings are looked at, so long that the index is smaller than the strings.
   */
  private static final int STRETCH_LOG2 = 5;

  private MergePieces(ElfObject object, int s, int count, int[] starts) {
    this.size = (int) object.sectionSize(s);
    this.entrySize = (int) object.sectionEntrySize(s);
    this.alignment = object.sectionAlignment(s);
    this.strings = (object.sectionFlags(s) & SHF_STRINGS) != 0;
    this.count = count;
    this.starts = starts;
  }

  /**
   * Whether the section can be split. Others that carry the flag are atoms like any section:
   * without an entry size that makes sense, writable, compressed, or with relocations, where equal
   * bytes do not mean equal content.
   */
  public static boolean mergeable(ElfObject object, int s) {
    long flags = object.sectionFlags(s);
    long entry = object.sectionEntrySize(s);
    boolean strings = (flags & SHF_STRINGS) != 0;
    return object.sectionType(s) == SHT_PROGBITS
        && (flags & SHF_MERGE) != 0
        && (flags & (SHF_WRITE | SHF_COMPRESSED)) == 0
        && Bytes.powerOfTwo(entry)
        && entry <= (strings ? 4 : 32)
        && object.relocationCount(s) == 0
        && object.sectionSize(s) <= Integer.MAX_VALUE;
  }

  /** Splits a section that is {@link #mergeable}. */
  public static MergePieces split(ElfObject object, int s) throws LinkException {
    long size = object.sectionSize(s);
    int entry = (int) object.sectionEntrySize(s);
    InputBytes in = new InputBytes(object.name(), object.bytes());
    if (size % entry != 0) {
      throw in.malformed(
          object.sectionName(s),
          size,
          "the size of section " + s + " is not a multiple of " + entry);
    }
    if ((object.sectionFlags(s) & SHF_STRINGS) == 0) {
      return new MergePieces(object, s, (int) size / entry, NOTHING);
    }
    MemorySegment bytes = object.sectionBytes(s);
    if (size > 0 && !terminator(bytes, size - entry, entry)) {
      throw in.malformed(
          object.sectionName(s), size - entry, "the last string of section " + s + " does not end");
    }
    int[] starts = new int[countStrings(bytes, size, entry)];
    long at = 0;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = (int) at;
      at = end(bytes, at, size, entry);
    }
    return new MergePieces(object, s, starts.length, starts);
  }

  private static int countStrings(MemorySegment bytes, long size, int entry) {
    int count = 0;
    for (long at = 0; at < size; at = end(bytes, at, size, entry)) {
      count++;
    }
    return count;
  }

  /** End of the string at {@code at} behind its terminator, which exists. */
  private static long end(MemorySegment bytes, long at, long size, int entry) {
    if (entry == 1) {
      return at + Bytes.lengthUntilNul(bytes, at, size) + 1;
    }
    long end = at;
    while (!terminator(bytes, end, entry)) {
      end += entry;
    }
    return end + entry;
  }

  private static boolean terminator(MemorySegment bytes, long at, int entry) {
    return switch (entry) {
      case 1 -> Bytes.u8(bytes, at) == 0;
      case 2 -> Bytes.u16(bytes, at) == 0;
      default -> Bytes.i32(bytes, at) == 0;
    };
  }

  public int count() {
    return count;
  }

  public boolean strings() {
    return strings;
  }

  /** Bytes of one constant or of one character. */
  public int entrySize() {
    return entrySize;
  }

  public int start(int piece) {
    return strings ? starts[piece] : piece * entrySize;
  }

  /** Bytes of the piece; of a string with its terminator. */
  public int size(int piece) {
    return (piece + 1 == count ? size : start(piece + 1)) - start(piece);
  }

  /**
   * Alignment that the piece has in its section: code may rely on it, as compilers align some
   * strings and pad between them with empty ones.
   */
  public long alignment(int piece) {
    int start = start(piece);
    return start == 0 ? alignment : Math.min(alignment, Integer.lowestOneBit(start));
  }

  /** Whether an offset lies in a piece. */
  public boolean contains(int piece, long offset) {
    return piece >= 0 && offset >= start(piece) && offset - start(piece) < size(piece);
  }

  /**
   * The piece that contains an offset; the first one for offsets before the start, the last one for
   * offsets at or behind the end, and -1 when there are no pieces.
   */
  public int pieceAt(long offset) {
    if (!strings) {
      return (int) Math.min(Math.max(offset, 0) / entrySize, count - 1);
    }
    if (count == 0) {
      return -1;
    }
    int at = (int) Math.clamp(offset, 0, size - 1);
    if (stretches.length == 0) {
      stretches = index();
    }
    int piece = stretches[at >>> STRETCH_LOG2];
    while (piece + 1 < count && starts[piece + 1] <= at) {
      piece++;
    }
    return piece;
  }

  /** Debug information refers to most strings of a large section, in no order. */
  private int[] index() {
    int[] index = new int[(size - 1 >>> STRETCH_LOG2) + 1];
    int piece = 0;
    for (int i = 0; i < index.length; i++) {
      int at = i << STRETCH_LOG2;
      while (piece + 1 < count && starts[piece + 1] <= at) {
        piece++;
      }
      index[i] = piece;
    }
    return index;
  }
}
