package dev.linkd.object;

import static dev.linkd.object.ElfConstants.DT_GNU_HASH;
import static dev.linkd.object.ElfConstants.DT_HASH;

import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;

/**
 * The hash tables of a shared library. They are the only part of the dynamic section that tells how
 * many dynamic symbols there are, and find a name without reading all of them.
 *
 * <p>DT_GNU_HASH: {@code nbuckets, symoffset, bloomWords, bloomShift} (4 bytes each), bloom filter
 * of 8-byte words, buckets, then one hash value for each symbol from {@code symoffset} on, whose
 * bit 0 marks the end of a bucket's chain.
 */
final class DynamicHash {
  private static final int HEADER_SIZE = 16;

  private final InputBytes in;
  private long buckets;
  private long chains;
  private int bucketCount;
  private int firstHashed;
  private int symbols = -1;

  private DynamicHash(InputBytes in) {
    this.in = in;
  }

  static DynamicHash read(InputBytes in, DynamicSection dynamic) throws LinkException {
    DynamicHash hash = new DynamicHash(in);
    if (dynamic.has(DT_GNU_HASH)) {
      hash.readGnu(dynamic);
    }
    if (dynamic.has(DT_HASH)) {
      long table = dynamic.table(DT_HASH, "DT_HASH", 8);
      long count = in.u32(table + 4);
      if (count > dynamic.stored(DT_HASH) / Integer.BYTES) {
        throw in.malformed(table, "DT_HASH has more chains than the file has room for");
      }
      hash.symbols = Math.max(hash.symbols, (int) count);
    }
    return hash;
  }

  private void readGnu(DynamicSection dynamic) throws LinkException {
    long table = dynamic.table(DT_GNU_HASH, "DT_GNU_HASH", HEADER_SIZE);
    long stored = dynamic.stored(DT_GNU_HASH);
    long nbuckets = in.u32(table);
    long bloom = in.u32(table + 8);
    long head = HEADER_SIZE + bloom * Long.BYTES + nbuckets * Integer.BYTES;
    if (head > stored || nbuckets > Integer.MAX_VALUE) {
      throw in.malformed(table, "DT_GNU_HASH reaches beyond its segment");
    }
    bucketCount = (int) nbuckets;
    firstHashed = in.i32(table + 4);
    buckets = table + HEADER_SIZE + bloom * Long.BYTES;
    chains = table + head;
    long room = (stored - head) / Integer.BYTES;
    long last = checkBuckets(table, room);
    if (last >= 0) {
      while ((in.i32(chains + (last - firstHashed) * Integer.BYTES) & 1) == 0) {
        last++;
        if (last - firstHashed >= room) {
          throw in.malformed(table, "a chain of DT_GNU_HASH does not end");
        }
      }
      symbols = (int) last + 1;
    }
  }

  /** Returns the greatest symbol that starts a chain, or -1 when all buckets are empty. */
  private long checkBuckets(long table, long room) throws LinkException {
    long last = -1;
    for (int b = 0; b < bucketCount; b++) {
      long first = in.u32(buckets + (long) b * Integer.BYTES);
      if (first != 0) {
        if (firstHashed < 0
            || first < firstHashed
            || first - firstHashed >= room
            || first >= Integer.MAX_VALUE) {
          throw in.malformed(table, "a bucket of DT_GNU_HASH points outside the table");
        }
        last = Math.max(last, first);
      }
    }
    return last;
  }

  /** Number of dynamic symbols, or -1 when the tables do not tell. */
  int symbols() {
    return symbols;
  }

  /** Whether {@link #first} and {@link #next} can be used. */
  boolean searchable() {
    return bucketCount > 0;
  }

  /** First symbol whose name may have that hash, or -1. */
  int first(int hash) {
    int bucket = Integer.remainderUnsigned(hash, bucketCount);
    int y = in.i32(buckets + (long) bucket * Integer.BYTES);
    return y == 0 ? -1 : matching(y, hash);
  }

  /** Next symbol after {@code y} whose name may have that hash, or -1. */
  int next(int y, int hash) {
    return (value(y) & 1) != 0 ? -1 : matching(y + 1, hash);
  }

  private int matching(int from, int hash) {
    for (int y = from; ; y++) {
      int value = value(y);
      if ((value | 1) == (hash | 1)) {
        return y;
      }
      if ((value & 1) != 0) {
        return -1;
      }
    }
  }

  private int value(int y) {
    return in.i32(chains + (long) (y - firstHashed) * Integer.BYTES);
  }

  /** The hash function of DT_GNU_HASH. */
  static int hash(MemorySegment bytes, long offset, int length) {
    int hash = 5381;
    for (int i = 0; i < length; i++) {
      hash = hash * 33 + Bytes.u8(bytes, offset + i);
    }
    return hash;
  }
}
