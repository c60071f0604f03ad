package dev.linkd.elf;

import org.jspecify.annotations.Nullable;

/**
 * The PT_TLS block: .tdata, then .tbss. x86-64 counts offsets from the end of the block (psABI, TLS
 * variant II), so its size stays constant, with slack in both halves; outgrowing it re-bases the
 * block, which concerns every thread-local reference.
 */
final class ThreadLocals {

  private static final long RESERVE_MIN = 64;

  /** A block that is this much larger than its contents shrinks. */
  private static final long SLACK_FACTOR_MAX = 4;

  private final Layout layout;
  private @Nullable OutputSection data;
  private @Nullable OutputSection bss;
  private long dataReserve;
  private long bssReserve;
  private int alignmentLog2;

  /** Where a linker script puts the block. */
  private long scriptStart;

  ThreadLocals(Layout layout) {
    this.layout = layout;
  }

  boolean present() {
    return dataReserve + bssReserve > 0;
  }

  long start() {
    if (layout.scripted()) {
      return scriptStart;
    }
    return layout.threadLocalStart();
  }

  long memorySize() {
    return dataReserve + bssReserve;
  }

  long fileSize() {
    return data == null ? 0 : layout.size(data);
  }

  int alignmentLog2() {
    return alignmentLog2;
  }

  /** Address that %fs:0 stands for: the end of the block, aligned. */
  long threadPointer() {
    return alignUp(start() + memorySize(), alignmentLog2);
  }

  /**
   * Makes the block large enough.
   *
   * @return whether offsets changed, so that all thread-local references have to be written again
   */
  boolean settle() {
    data = layout.find(".tdata");
    bss = layout.find(".tbss");
    long dataSize = data == null ? 0 : layout.size(data);
    long bssSize = bss == null ? 0 : layout.size(bss);
    int alignment =
        Math.max(data == null ? 0 : data.alignmentLog2, bss == null ? 0 : bss.alignmentLog2);
    if (layout.scripted()) {
      return settleScript(dataSize, bssSize, alignment);
    }
    boolean fits = dataSize <= dataReserve && bssSize <= bssReserve;
    if (fits && alignment <= alignmentLog2 && !wasteful(dataSize + bssSize)) {
      return false;
    }
    if (fits && wasteful(dataSize + bssSize)) {
      dataReserve = 0;
      bssReserve = 0;
    }
    alignmentLog2 = Math.max(alignment, 4);
    dataReserve = reserve(dataSize, dataReserve);
    bssReserve = reserve(bssSize, bssReserve);
    moved();
    return true;
  }

  /** A linker script says where both halves are; there is no slack. */
  private boolean settleScript(long dataSize, long bssSize, int alignment) {
    OutputSection initialized = dataSize > 0 ? data : null;
    OutputSection zeros = bssSize > 0 ? bss : null;
    OutputSection first = initialized == null ? zeros : initialized;
    long start = first == null ? 0 : first.planned;
    long zeroStart = zeros == null ? start + dataSize : zeros.planned;
    long before = zeroStart - start;
    boolean same =
        start == scriptStart
            && before == dataReserve
            && bssSize == bssReserve
            && alignment == alignmentLog2;
    scriptStart = start;
    dataReserve = before;
    bssReserve = bssSize;
    alignmentLog2 = alignment;
    return !same;
  }

  /** .tbss follows the start of the block. */
  void moved() {
    OutputSection zeros = layout.scripted() ? null : bss;
    if (zeros != null) {
      zeros.address = start() + dataReserve;
    }
  }

  /** Room in every thread, and libraries with initial-exec code get little of it at run time. */
  private boolean wasteful(long size) {
    long least = 2 * Math.max(RESERVE_MIN, 1L << alignmentLog2);
    return memorySize() > Math.max(least, size * SLACK_FACTOR_MAX);
  }

  private long reserve(long size, long reserved) {
    if (size <= reserved) {
      return alignUp(reserved, alignmentLog2);
    }
    return alignUp(Math.max(RESERVE_MIN, size + size / 2), alignmentLog2);
  }

  private static long alignUp(long value, int log2) {
    long mask = (1L << log2) - 1;
    return (value + mask) & ~mask;
  }
}
