package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.STB_WEAK;
import static dev.linkd.object.ElfConstants.STV_DEFAULT;
import static dev.linkd.object.ElfConstants.STV_HIDDEN;
import static dev.linkd.object.ElfConstants.STV_INTERNAL;
import static dev.linkd.object.ElfConstants.STV_PROTECTED;

import dev.linkd.table.IntColumn;
import dev.linkd.table.PairIndex;

/**
 * What the symbol tables of all inputs together say about a name that they refer to. A name like
 * {@code memcpy} is mentioned by every other input, so this is counted instead of looked up. Nearly
 * all references are of default visibility; only the others are in an index.
 */
final class ReferenceCounts implements AutoCloseable {
  /** By symbol: the references that are not weak. */
  private final IntColumn required = new IntColumn("required symbols", LinkState.ROWS_MAX);

  /** (symbol, visibility) to the references of that visibility. */
  private final PairIndex narrowed = new PairIndex("references by symbol and visibility");

  /**
   * Counts a reference or takes it back.
   *
   * @param info st_info in bits 0-7, st_other in bits 8-15
   */
  void add(int symbol, int info, int count) {
    if (SymbolView.binding(info) != STB_WEAK) {
      required.set(symbol, sum(symbol, required.get(symbol), count));
    }
    int visibility = SymbolView.visibility(info);
    if (visibility != STV_DEFAULT) {
      narrow(symbol, visibility, count);
    }
  }

  private void narrow(int symbol, int visibility, int by) {
    int count = sum(symbol, Math.max(narrowed.get(symbol, visibility), 0), by);
    if (count > 0) {
      narrowed.put(symbol, visibility, count);
    } else {
      narrowed.remove(symbol, visibility);
    }
  }

  private static int sum(int symbol, int count, int by) {
    int sum = count + by;
    if (sum < 0) {
      throw new IllegalStateException("references of symbol " + symbol + ": " + sum);
    }
    return sum;
  }

  /** Whether an input refers to the name and is not content without it. */
  boolean required(int symbol) {
    return required.get(symbol) > 0;
  }

  /** Whether every reference to every name is of default visibility. */
  boolean open() {
    return narrowed.size() == 0;
  }

  /** The most constraining visibility of all references. */
  int visibility(int symbol) {
    if (open()) {
      return STV_DEFAULT;
    }
    if (narrowed.get(symbol, STV_INTERNAL) > 0) {
      return STV_INTERNAL;
    }
    if (narrowed.get(symbol, STV_HIDDEN) > 0) {
      return STV_HIDDEN;
    }
    return narrowed.get(symbol, STV_PROTECTED) > 0 ? STV_PROTECTED : STV_DEFAULT;
  }

  long bytes() {
    return required.bytes() + narrowed.bytes();
  }

  @Override
  public void close() {
    required.close();
    narrowed.close();
  }
}
