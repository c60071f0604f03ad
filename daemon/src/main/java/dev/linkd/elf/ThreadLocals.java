package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHF_TLS;
import static dev.linkd.object.ElfConstants.SHF_WRITE;
import static dev.linkd.object.ElfConstants.SHT_NOBITS;

import org.jspecify.annotations.Nullable;

/**
 * The PT_TLS block: .tdata, then .tbss and the common symbols. x86-64 counts offsets from the end
 * of the block (psABI, TLS variant II), so its size stays constant, with slack in every part;
 * outgrowing it re-bases the block, which concerns every thread-local reference.
 *
 * <p>{@code strip} and {@code objcopy} derive the program header from the headers of the sections,
 * so that of .tbss covers the slack.
 */
final class ThreadLocals {

  private static final SectionRule ZEROS =
      SectionRule.of(".tbss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE | SHF_TLS);

  private static final long RESERVE_MIN = 64;

  /** A block that is this much larger than its contents shrinks. */
  private static final long SLACK_FACTOR_MAX = 4;

  private final Layout layout;
  private @Nullable OutputSection data;
  private @Nullable OutputSection bss;
  private @Nullable OutputSection commons;
  private long dataReserve;
  private long bssReserve;
  private long commonsReserve;
  private int alignmentLog2;

  /** Where a linker script puts the block. */
  private long scriptStart;

  ThreadLocals(Layout layout) {
    this.layout = layout;
  }

  boolean present() {
    return memorySize() > 0;
  }

  long start() {
    if (layout.scripted()) {
      return scriptStart;
    }
    return layout.threadLocalStart();
  }

  long memorySize() {
    return dataReserve + bssReserve + commonsReserve;
  }

  long fileSize() {
    return size(data);
  }

  private long size(@Nullable OutputSection section) {
    return section == null ? 0 : layout.size(section);
  }

  private static int alignmentOf(@Nullable OutputSection section) {
    return section == null ? 0 : section.alignmentLog2;
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
    commons = layout.find(SectionRule.THREAD_LOCAL_COMMONS);
    long dataSize = size(data);
    long bssSize = size(bss);
    long commonsSize = size(commons);
    int alignment = Math.max(alignmentOf(data), Math.max(alignmentOf(bss), alignmentOf(commons)));
    if (layout.scripted()) {
      return settleScript(dataSize, bssSize, alignment);
    }
    boolean fits =
        dataSize <= dataReserve && bssSize <= bssReserve && commonsSize <= commonsReserve;
    boolean wasteful = wasteful(dataSize + bssSize + commonsSize);
    if (bss == null && dataSize + commonsSize > 0) {
      bss = layout.sectionFor(ZEROS); // the block ends with it
    }
    if (fits && alignment <= alignmentLog2 && !wasteful) {
      return false;
    }
    if (fits && wasteful) {
      dataReserve = 0;
      bssReserve = 0;
      commonsReserve = 0;
    }
    alignmentLog2 = Math.max(alignment, 4);
    dataReserve = reserve(dataSize, dataReserve);
    bssReserve = reserve(bssSize, bssReserve);
    if (commonsSize > 0 || commonsReserve > 0) {
      commonsReserve = reserve(commonsSize, commonsReserve);
    }
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

  /** Zeros follow the start of the block. */
  void moved() {
    if (layout.scripted()) {
      return;
    }
    place(bss, start() + dataReserve);
    place(commons, start() + dataReserve + bssReserve);
  }

  private static void place(@Nullable OutputSection zeros, long address) {
    if (zeros != null) {
      zeros.address = address;
    }
  }

  /**
   * File offset of a block without data: that of the zeros, from which readers count, and always
   * equal to the address modulo the page.
   */
  long fileOffset() {
    OutputSection zeros = bss;
    return zeros == null || layout.scripted()
        ? start() & (Layout.PAGE - 1)
        : layout.fileOffset(zeros) - (zeros.address - start());
  }

  /** Address in the header of a section: the zeros follow the data there. */
  long headerAddress(OutputSection section) {
    return section == bss && !layout.scripted()
        ? start() + alignUp(fileSize(), section.alignmentLog2)
        : section.address;
  }

  /** Bytes in the header of a section. */
  long headerSize(OutputSection section) {
    if (layout.scripted() || !section.threadLocalZero()) {
      return layout.size(section);
    }
    long reserve = section == bss ? bssReserve : commonsReserve;
    return section.address + reserve - headerAddress(section);
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
