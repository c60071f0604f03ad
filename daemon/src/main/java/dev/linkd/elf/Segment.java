package dev.linkd.elf;

/**
 * A PT_LOAD with an address window of its own. The window's start never changes; the place of the
 * bytes in the file may.
 */
final class Segment {
  final String name;

  /** PF_ flags. */
  final int flags;

  final long address;

  /** Size of the window in bytes. */
  final long limit;

  /** Node of the bytes; in a root without content for .bss. */
  final int node;

  /** Whether the segment has bytes in the file. */
  final boolean content;

  final int number;

  Segment(int number, String name, int flags, long address, long limit, int node, boolean content) {
    this.number = number;
    this.name = name;
    this.flags = flags;
    this.address = address;
    this.limit = limit;
    this.node = node;
    this.content = content;
  }
}
