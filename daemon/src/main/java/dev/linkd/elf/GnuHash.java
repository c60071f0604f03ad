package dev.linkd.elf;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * The section {@code .gnu.hash}: by it the dynamic linker finds a name in {@code .dynsym}.
 *
 * <pre>
 *   0  4         nbuckets
 *   4  4         symoffset   index of the first symbol that can be found
 *   8  4         words       of the Bloom filter, a power of two
 *  12  4         shift       of the filter's second hash
 *  16  8*words   filter
 *      4*nbuckets  first symbol of each bucket, 0 for none
 *      4*symbols   chain: hash of each symbol from symoffset on; bit 0 marks the last of a bucket
 * </pre>
 *
 * The symbols of a bucket follow each other in {@code .dynsym}. A symbol that is undefined may be
 * among them: readers skip it, so a place can be reserved or given up without moving symbols.
 */
public final class GnuHash {

  public static final int NBUCKETS = 0;
  public static final int SYMOFFSET = NBUCKETS + Integer.BYTES;
  public static final int WORDS = SYMOFFSET + Integer.BYTES;
  public static final int SHIFT = WORDS + Integer.BYTES;
  public static final int FILTER = SHIFT + Integer.BYTES;

  /** Returned by {@link #find} when no symbol matches. */
  public static final int NONE = -1;

  private static final int SECOND_HASH_SHIFT = 26;
  private static final int SYMBOLS_PER_BUCKET = 4;
  private static final int FILTER_BITS_PER_SYMBOL = 12;

  private GnuHash() {}

  /** Compares a symbol's name with the one that is looked for. */
  @FunctionalInterface
  public interface Match {
    boolean test(int symbol);
  }

  /** Hash of a name: h = h * 33 + c, starting with 5381. */
  public static int hash(MemorySegment bytes, long offset, int length) {
    int hash = 5381;
    for (int i = 0; i < length; i++) {
      hash = hash * 33 + Byte.toUnsignedInt(Segments.getByte(bytes, offset + i));
    }
    return hash;
  }

  /** Number of buckets for a number of symbols: odd, about four symbols in each. */
  public static int buckets(int symbols) {
    return symbols / SYMBOLS_PER_BUCKET | 1;
  }

  /** Words of the filter for a number of symbols: 12 to 24 bits each; one miss in 40 passes. */
  public static int filterWords(int symbols) {
    long words = ((long) symbols * FILTER_BITS_PER_SYMBOL + Long.SIZE - 1) / Long.SIZE;
    return words <= 1 ? 1 : Math.toIntExact(Long.highestOneBit(words - 1) << 1);
  }

  /** Size of the section in bytes. */
  public static long size(int buckets, int words, int symbols) {
    return FILTER + (long) words * Long.BYTES + ((long) buckets + symbols) * Integer.BYTES;
  }

  public static int bucket(int hash, int buckets) {
    return Integer.remainderUnsigned(hash, buckets);
  }

  /**
   * Puts hashes into the order that {@link #build} needs: grouped by bucket, otherwise as they
   * come.
   *
   * @param order receives for each place in the order the index of the hash that belongs there
   */
  public static void order(int[] hashes, int count, int buckets, int[] order) {
    int[] next = new int[buckets + 1];
    for (int i = 0; i < count; i++) {
      next[bucket(hashes[i], buckets) + 1]++;
    }
    for (int bucket = 0; bucket < buckets; bucket++) {
      next[bucket + 1] += next[bucket];
    }
    for (int i = 0; i < count; i++) {
      order[next[bucket(hashes[i], buckets)]++] = i;
    }
  }

  /**
   * Writes the whole section.
   *
   * @param first index in {@code .dynsym} of the symbol with hash 0
   * @param hashes of the symbols in the order of {@code .dynsym}, grouped by bucket
   * @throws IllegalArgumentException if they are not grouped
   */
  public static void build(
      MemorySegment segment, long at, int buckets, int words, int first, int[] hashes, int count) {
    Segments.setInt(segment, at + NBUCKETS, buckets);
    Segments.setInt(segment, at + SYMOFFSET, first);
    Segments.setInt(segment, at + WORDS, words);
    Segments.setInt(segment, at + SHIFT, SECOND_HASH_SHIFT);
    for (long word = 0; word < words; word++) {
      Segments.setLong(segment, at + FILTER + word * Long.BYTES, 0);
    }
    for (int bucket = 0; bucket < buckets; bucket++) {
      Segments.setInt(segment, bucketAt(segment, at, bucket), 0);
    }
    int previous = NONE;
    for (int i = 0; i < count; i++) {
      int bucket = bucket(hashes[i], buckets);
      if (bucket != previous) {
        if (Segments.getInt(segment, bucketAt(segment, at, bucket)) != 0) {
          throw new IllegalArgumentException("symbols are not grouped by bucket");
        }
        Segments.setInt(segment, bucketAt(segment, at, bucket), first + i);
        previous = bucket;
      }
      boolean last = i + 1 == count || bucket(hashes[i + 1], buckets) != bucket;
      addToFilter(segment, at, hashes[i]);
      chain(segment, at, first + i, hashes[i], last);
    }
  }

  /** Lets a hash pass the filter. The filter forgets nothing until the next {@link #build}. */
  public static void addToFilter(MemorySegment segment, long at, int hash) {
    long word = filterAt(segment, at, hash);
    Segments.setLong(
        segment, word, Segments.getLong(segment, word) | filterBits(segment, at, hash));
  }

  /** Sets the chain entry of a symbol. */
  public static void chain(MemorySegment segment, long at, int symbol, int hash, boolean last) {
    Segments.setInt(segment, chainAt(segment, at, symbol), last ? hash | 1 : hash & ~1);
  }

  /** Sets the first symbol of a bucket; 0 for none. */
  public static void bucket(MemorySegment segment, long at, int bucket, int symbol) {
    Segments.setInt(segment, bucketAt(segment, at, bucket), symbol);
  }

  /**
   * Looks a hash up as the dynamic linker does.
   *
   * @param match is asked for each symbol with that hash (but for bit 0)
   * @return index of the symbol in {@code .dynsym}, or {@link #NONE}
   */
  public static int find(MemorySegment segment, long at, int hash, Match match) {
    long bits = filterBits(segment, at, hash);
    if ((Segments.getLong(segment, filterAt(segment, at, hash)) & bits) != bits) {
      return NONE;
    }
    int bucket = bucket(hash, Segments.getInt(segment, at + NBUCKETS));
    int symbol = Segments.getInt(segment, bucketAt(segment, at, bucket));
    if (symbol == 0) {
      return NONE;
    }
    for (; ; symbol++) {
      int entry = Segments.getInt(segment, chainAt(segment, at, symbol));
      if ((entry ^ hash) >>> 1 == 0 && match.test(symbol)) {
        return symbol;
      }
      if ((entry & 1) != 0) {
        return NONE;
      }
    }
  }

  private static long filterBits(MemorySegment segment, long at, int hash) {
    return 1L << hash | 1L << (hash >>> Segments.getInt(segment, at + SHIFT));
  }

  private static long filterAt(MemorySegment segment, long at, int hash) {
    int words = Segments.getInt(segment, at + WORDS);
    return at + FILTER + (hash >>> 6 & words - 1L) * Long.BYTES;
  }

  private static long bucketAt(MemorySegment segment, long at, int bucket) {
    long words = Segments.getInt(segment, at + WORDS);
    return at + FILTER + words * Long.BYTES + (long) bucket * Integer.BYTES;
  }

  private static long chainAt(MemorySegment segment, long at, int symbol) {
    int buckets = Segments.getInt(segment, at + NBUCKETS);
    long index = (long) symbol - Segments.getInt(segment, at + SYMOFFSET);
    return bucketAt(segment, at, buckets) + index * Integer.BYTES;
  }
}
