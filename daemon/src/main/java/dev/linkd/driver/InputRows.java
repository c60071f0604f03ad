package dev.linkd.driver;

import java.util.Arrays;
import java.util.BitSet;

/** Which input each answer of the file system is about. Inputs are numbered in their order. */
final class InputRows {
  static final int NONE = -1;

  private int[] inputOfRow = {};
  private final BitSet objects = new BitSet();

  /**
   * Notes what an answer is about.
   *
   * @param object nothing but the output depends on what the file contains
   */
  void add(int row, int input, boolean object) {
    if (row >= inputOfRow.length) {
      int before = inputOfRow.length;
      inputOfRow = Arrays.copyOf(inputOfRow, Math.max(2 * before, row + 1));
      Arrays.fill(inputOfRow, before, inputOfRow.length, NONE);
    }
    inputOfRow[row] = input;
    objects.set(input, object);
  }

  /** The input that an answer is about; NONE when it is about something else. */
  int input(int row) {
    return row < inputOfRow.length ? inputOfRow[row] : NONE;
  }

  /** Whether an input was an object. */
  boolean isObject(int input) {
    return objects.get(input);
  }
}
