package dev.linkd.elf;

import dev.linkd.table.Layouts;
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
      hash = (hash << 4) + Byte.toUnsignedInt(bytes.get(Layouts.BYTE, offset + i));
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
    segment.set(Layouts.INT, at + NBUCKET, buckets);
    segment.set(Layouts.INT, at + NCHAIN, symbols);
    for (long i = 0; i < (long) buckets + symbols; i++) {
      segment.set(Layouts.INT, at + BUCKETS + i * Integer.BYTES, 0);
    }
  }

  /** Makes a symbol first of its bucket. */
  public static void insert(MemorySegment segment, long at, int hash, int symbol) {
    long bucket = bucketAt(segment, at, hash);
    segment.set(Layouts.INT, chainAt(segment, at, symbol), segment.get(Layouts.INT, bucket));
    segment.set(Layouts.INT, bucket, symbol);
  }

  /**
   * Takes a symbol out of its bucket.
   *
   * @return whether it was there
   */
  public static boolean remove(MemorySegment segment, long at, int hash, int symbol) {
    long link = bucketAt(segment, at, hash);
    for (int i = segment.get(Layouts.INT, link); i != NONE; i = segment.get(Layouts.INT, link)) {
      long next = chainAt(segment, at, i);
      if (i == symbol) {
        segment.set(Layouts.INT, link, segment.get(Layouts.INT, next));
        segment.set(Layouts.INT, next, NONE);
        return true;
      }
      link = next;
    }
    return false;
  }

  /** First symbol of the hash's bucket that matches, or {@link #NONE}. */
  public static int find(MemorySegment segment, long at, int hash, GnuHash.Match match) {
    int symbol = segment.get(Layouts.INT, bucketAt(segment, at, hash));
    while (symbol != NONE && !match.test(symbol)) {
      symbol = segment.get(Layouts.INT, chainAt(segment, at, symbol));
    }
    return symbol;
  }

  private static long bucketAt(MemorySegment segment, long at, int hash) {
    long bucket = Integer.remainderUnsigned(hash, segment.get(Layouts.INT, at + NBUCKET));
    return at + BUCKETS + bucket * Integer.BYTES;
  }

  private static long chainAt(MemorySegment segment, long at, int symbol) {
    long buckets = segment.get(Layouts.INT, at + NBUCKET);
    return at + BUCKETS + (buckets + symbol) * Integer.BYTES;
  }
}
