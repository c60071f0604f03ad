package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.STB_WEAK;
import static dev.linkd.object.ElfConstants.STV_DEFAULT;
import static dev.linkd.object.ElfConstants.STV_HIDDEN;
import static dev.linkd.object.ElfConstants.STV_INTERNAL;
import static dev.linkd.object.ElfConstants.STV_PROTECTED;

import dev.linkd.table.PairIndex;

/**
 * What the symbol tables of all inputs together say about a name that they refer to. A name like
 * {@code memcpy} is mentioned by every other input, so this is counted instead of looked up.
 */
final class ReferenceCounts implements AutoCloseable {
  /** Key of the count of references that are not weak; other keys are visibilities. */
  private static final int REQUIRED = 0;

  private final PairIndex counts = new PairIndex("references by symbol");

  /**
   * Counts a reference or takes it back.
   *
   * @param info st_info in bits 0-7, st_other in bits 8-15
   */
  void add(int symbol, int info, int count) {
    if (SymbolView.binding(info) != STB_WEAK) {
      change(symbol, REQUIRED, count);
    }
    int visibility = SymbolView.visibility(info);
    if (visibility != STV_DEFAULT) {
      change(symbol, visibility, count);
    }
  }

  private void change(int symbol, int key, int by) {
    int count = Math.max(counts.get(symbol, key), 0) + by;
    if (count > 0) {
      counts.put(symbol, key, count);
    } else if (count == 0) {
      counts.remove(symbol, key);
    } else {
      throw new IllegalStateException("references of symbol " + symbol + ": " + count);
    }
  }

  /** Whether an input refers to the name and is not content without it. */
  boolean required(int symbol) {
    return counts.get(symbol, REQUIRED) > 0;
  }

  /** The most constraining visibility of all references. */
  int visibility(int symbol) {
    if (counts.get(symbol, STV_INTERNAL) > 0) {
      return STV_INTERNAL;
    }
    if (counts.get(symbol, STV_HIDDEN) > 0) {
      return STV_HIDDEN;
    }
    return counts.get(symbol, STV_PROTECTED) > 0 ? STV_PROTECTED : STV_DEFAULT;
  }

  long bytes() {
    return counts.bytes();
  }

  @Override
  public void close() {
    counts.close();
  }
}
