package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * The section {@code .hash} (gABI chapter 5): number of buckets, number of symbols, first symbol of
 * each bucket, next symbol of each symbol; 0 ends a list. Symbols may be in any order, so single
 * ones come and go.
 */
public final class SysvHash {

  public static final int NBUCKET = 0;
  public static final int NCHAIN = NBUCKET + Integer.BYTES;
  public static final int BUCKETS = NCHAIN + Integer.BYTES;

  /** Returned by {@link #find} when no symbol matches: the null symbol. */
  public static final int NONE = 0;

  private SysvHash() {}

  /** Hash of a name: 28 bits. */
  public static int hash(MemorySegment bytes, long offset, int length) {
    int hash = 0;
    for (int i = 0; i < length; i++) {
      hash = (hash << 4) + Byte.toUnsignedInt(Segments.getByte(bytes, offset + i));
      hash = (hash ^ hash >>> 24 & 0xf0) & 0x0fff_ffff;
    }
    return hash;
  }

  /** Size of the section in bytes. */
  public static long size(int buckets, int symbols) {
    return BUCKETS + ((long) buckets + symbols) * Integer.BYTES;
  }

  /**
   * Writes a section without names.
   *
   * @param symbols number of entries of {@code .dynsym}, the null symbol included
   */
  public static void clear(MemorySegment segment, long at, int buckets, int symbols) {
    Segments.setInt(segment, at + NBUCKET, buckets);
    Segments.setInt(segment, at + NCHAIN, symbols);
    for (long i = 0; i < (long) buckets + symbols; i++) {
      Segments.setInt(segment, at + BUCKETS + i * Integer.BYTES, 0);
    }
  }

  /** Makes a symbol first of its bucket. */
  public static void insert(MemorySegment segment, long at, int hash, int symbol) {
    long bucket = bucketAt(segment, at, hash);
    Segments.setInt(segment, chainAt(segment, at, symbol), Segments.getInt(segment, bucket));
    Segments.setInt(segment, bucket, symbol);
  }

  /**
   * Takes a symbol out of its bucket.
   *
   * @return whether it was there
   */
  public static boolean remove(MemorySegment segment, long at, int hash, int symbol) {
    long link = bucketAt(segment, at, hash);
    for (int i = Segments.getInt(segment, link); i != NONE; i = Segments.getInt(segment, link)) {
      long next = chainAt(segment, at, i);
      if (i == symbol) {
        Segments.setInt(segment, link, Segments.getInt(segment, next));
        Segments.setInt(segment, next, NONE);
        return true;
      }
      link = next;
    }
    return false;
  }

  /** First symbol of the hash's bucket that matches, or {@link #NONE}. */
  public static int find(MemorySegment segment, long at, int hash, GnuHash.Match match) {
    int symbol = Segments.getInt(segment, bucketAt(segment, at, hash));
    while (symbol != NONE && !match.test(symbol)) {
      symbol = Segments.getInt(segment, chainAt(segment, at, symbol));
    }
    return symbol;
  }

  private static long bucketAt(MemorySegment segment, long at, int hash) {
    long bucket = Integer.remainderUnsigned(hash, Segments.getInt(segment, at + NBUCKET));
    return at + BUCKETS + bucket * Integer.BYTES;
  }

  private static long chainAt(MemorySegment segment, long at, int symbol) {
    long buckets = Segments.getInt(segment, at + NBUCKET);
    return at + BUCKETS + (buckets + symbol) * Integer.BYTES;
  }
}
