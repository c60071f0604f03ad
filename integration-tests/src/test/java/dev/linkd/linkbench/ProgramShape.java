package dev.linkd.linkbench;

/**
 * Size and kind of a generated program.
 *
 * @param name names it on the command line and in reports
 * @param units number of objects
 * @param functionsPerUnit number of functions in each
 * @param seed decides who calls whom
 */
record ProgramShape(String name, int units, int functionsPerUnit, long seed) {
  /** Units of a library, when the program is taken as libraries. */
  static final int LIBRARY_UNITS = 100;

  /** Units that only call each other, when the program is taken as libraries. */
  static final int CLUSTER_UNITS = 25;

  int functions() {
    return units * functionsPerUnit;
  }
}
