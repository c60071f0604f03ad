package dev.linkd.linkbench;

/**
 * What differs in a unit from how it was first.
 *
 * @param name names the compiled variant; unique for each unit
 * @param bodies the first so many functions have another body
 * @param extraLines lines that those bodies have more
 * @param added functions more than at first
 * @param renames how often the function with a changing name was renamed
 * @param dataBytes size of the unit's array
 * @param member number of the archive member that is called, or NONE
 * @param headerVersion version of the header that some units include
 */
record Variation(
    String name,
    int bodies,
    int extraLines,
    int added,
    int renames,
    int dataBytes,
    int member,
    int headerVersion) {
  static final int NONE = -1;
  private static final int DATA_BYTES = 64;

  static final Variation BASE = new Variation("base", 0, 0, 0, 0, DATA_BYTES, NONE, 0);

  static Variation ofBodies(int functions, int extraLines) {
    String name = "bodies-" + functions + "-" + extraLines;
    return new Variation(name, functions, extraLines, 0, 0, DATA_BYTES, NONE, 0);
  }

  static Variation ofAddition() {
    return new Variation("added", 0, 0, 1, 0, DATA_BYTES, NONE, 0);
  }

  static Variation ofRename() {
    return new Variation("renamed", 0, 0, 0, 1, DATA_BYTES, NONE, 0);
  }

  static Variation ofGrowth() {
    return new Variation("grown", 0, 0, 0, 0, 4096, NONE, 0);
  }

  static Variation ofMember(int member) {
    return new Variation("member-" + member, 0, 0, 0, 0, DATA_BYTES, member, 0);
  }

  static Variation ofHeader() {
    return new Variation("header", 0, 0, 0, 0, DATA_BYTES, NONE, 1);
  }
}
