package dev.linkd.elf;

/** What the owner field of a node means: an atom, a section or a segment. */
final class Owners {

  /** Nodes whose events nobody waits for. */
  static final int HEADERS = Integer.MIN_VALUE;

  private static final int SEGMENT_FIRST = -1_000_000_000;

  private Owners() {}

  static int section(int number) {
    return -1 - number;
  }

  static int segment(int number) {
    return SEGMENT_FIRST - number;
  }

  static boolean isAtom(int owner) {
    return owner >= 0;
  }

  static boolean isSection(int owner) {
    return owner < 0 && owner > SEGMENT_FIRST;
  }

  static int sectionNumber(int owner) {
    return -1 - owner;
  }

  static int segmentNumber(int owner) {
    return SEGMENT_FIRST - owner;
  }
}
