package dev.linkd.oracle.image;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Looks names up in .gnu.hash as the dynamic linker does. */
public final class GnuHash {
  private final ElfImage image;
  private final List<ElfSymbol> symbols;
  private final long table;
  private final long end;
  private final long buckets;
  private final long firstSymbol;
  private final long bloomWords;
  private final long bloomShift;

  public GnuHash(ElfImage image, Section section) {
    this.image = image;
    symbols = image.dynamicSymbols();
    table = section.offset();
    end = section.offset() + section.size();
    buckets = image.u32(table);
    firstSymbol = image.u32(table + 4);
    bloomWords = image.u32(table + 8);
    bloomShift = image.u32(table + 12);
    if (Long.bitCount(bloomWords) != 1 || bloomShift > 31) {
      throw new MalformedImage("Bloom filter of " + bloomWords + " words, shift " + bloomShift);
    }
  }

  public static long hash(String name) {
    int hash = 5381;
    for (byte letter : name.getBytes(StandardCharsets.UTF_8)) {
      hash = hash * 33 + (letter & 0xff);
    }
    return Integer.toUnsignedLong(hash);
  }

  /** Whether the symbol with that index is met by a lookup of its name. */
  public boolean finds(String name, int index) {
    return walk(name, index);
  }

  /** Whether any symbol has that name; a chain that runs out of the section is malformed. */
  public boolean finds(String name) {
    return walk(name, -1);
  }

  private boolean walk(String name, int index) {
    long hash = hash(name);
    long word = image.u64(table + 16 + 8 * (hash / 64 % bloomWords));
    long bits = (1L << hash % 64) | (1L << (hash >>> bloomShift) % 64);
    if ((word & bits) != bits || buckets == 0) {
      return false;
    }
    long bucketTable = table + 16 + 8 * bloomWords;
    long chains = bucketTable + 4 * buckets;
    long symbol = image.u32(bucketTable + 4 * (hash % buckets));
    if (symbol == 0) {
      return false;
    }
    if (symbol < firstSymbol) {
      throw new MalformedImage("bucket leads to symbol " + symbol);
    }
    while (true) {
      long at = chains + 4 * (symbol - firstSymbol);
      if (at + 4 > end || symbol >= symbols.size()) {
        throw new MalformedImage("hash chain of '" + name + "' does not end");
      }
      long entry = image.u32(at);
      boolean same = (entry | 1) == (hash | 1) && symbols.get((int) symbol).name().equals(name);
      if (same && (index < 0 || symbol == index)) {
        return true;
      }
      if ((entry & 1) != 0) {
        return false;
      }
      symbol++;
    }
  }
}
