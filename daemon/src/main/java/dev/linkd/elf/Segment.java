package dev.linkd.elf;

/**
 * A PT_LOAD with an address window of its own. The window moves only when a segment outgrew its
 * own; the place of the bytes in the file may change at any time.
 */
final class Segment {
  final int number;
  final SegmentKind kind;

  /** PF_ flags. */
  final int flags;

  /** Node of the bytes; in a root without content for .bss. */
  final int node;

  long address;

  /** Size of the window in bytes. */
  long window;

  /** Bytes from its start to the end of its last section, as measured last. */
  long used;

  /** What its address has to be aligned to, log2, as measured last. */
  int alignmentLog2;

  /** Not the segment of its kind, but of one section with an address of its own. */
  final boolean anchored;

  /** The address that was asked for, when anchored. */
  final long wanted;

  Segment(int number, SegmentKind kind, int flags, int node) {
    this(number, kind, flags, node, false, 0);
  }

  Segment(int number, SegmentKind kind, int flags, int node, boolean anchored, long wanted) {
    this.number = number;
    this.kind = kind;
    this.flags = flags;
    this.node = node;
    this.anchored = anchored;
    this.wanted = wanted;
  }

  String name() {
    return anchored ? kind.name() + " at 0x" + Long.toHexString(wanted) : kind.name();
  }

  /** Whether the segment has bytes in the file. */
  boolean content() {
    return kind.content();
  }
}
